"""What is known about an activity, whoever asks for it: a row of activities.csv, or of a round's own rules."""

from dataclasses import dataclass

from matching.eligibility.facts import ByVolunteers, Level, PersonalCare, Regulated


@dataclass(frozen=True)
class ActivityRule:
    """One activity.

    `coop_policy` None: the co-op has none, because no volunteer does this. `professional_review`: may not be used before `confirmed`.
    `opened`: an administrator has opened a limited one. `dbs` and `dbs_if_regular` come with a round's own rules and then decide the level
    of check, whatever the adult.
    """

    slug: str
    volunteer: ByVolunteers
    cqc_personal_care: PersonalCare = PersonalCare.NO
    needs_car: bool = False
    at_home: bool = False
    distance_matters: bool = True
    private: bool = True
    regulated_activity: Regulated = Regulated.NONE
    coop_policy: Level | None = None
    enhanced_if_regular_care_recipient: bool = False
    professional_review: bool = False
    confirmed: bool = False
    opened: bool = False
    dbs: Level | None = None
    dbs_if_regular: Level | None = None
    element: str = ""
    need: str = ""
    label: str = ""
    conditions: str = ""

    @property
    def open_to_volunteers(self) -> bool:
        """May volunteers do it, here and now, some perhaps after training?"""
        if self.professional_review and not self.confirmed:
            return False
        return self.volunteer != ByVolunteers.NO and (self.volunteer != ByVolunteers.LIMITED or self.opened)

    @property
    def for_registered_providers(self) -> bool:
        """Is it personal care, or may it be?"""
        return self.cqc_personal_care != PersonalCare.NO
