"""Why a volunteer may not take a request: the codes, in the order in which they are always told, and what they say to staff."""

from typing import NamedTuple

from django.db.models import TextChoices


class Code(TextChoices):
    """Shown to staff only, never to a volunteer or outside. The order is that of every list of reasons, and breaks ties."""

    NO_CONSENT = "no_consent", "No agreement"
    CQC_PERSONAL_CARE = "cqc_personal_care", "Personal care"
    VOLUNTEER_NOT_ALLOWED = "volunteer_not_allowed", "Not for volunteers"
    TRAINING_MISSING = "training_missing", "Not trained for it"
    VOLUNTEER_NOT_ACTIVE = "volunteer_not_active", "Not active"
    ACTIVITY_NOT_OFFERED = "activity_not_offered", "Does not offer it"
    DBS_LEVEL = "dbs_level", "Check too low"
    DBS_OUT_OF_DATE = "dbs_out_of_date", "Recheck overdue"
    UNDER_18_AT_HOME = "under_18_at_home", "Under 18, at home"
    GENDER = "gender", "The person's wish"
    LANGUAGE = "language", "No language in common"
    ALLERGY = "allergy", "Allergy"
    SMOKE = "smoke", "Smoke"
    LONE_VISIT = "lone_visit", "Visits alone"
    CAR = "car", "No insured car"
    DISTANCE = "distance", "Too far"
    TIME = "time", "No time in common"
    CAPACITY = "capacity", "Has enough to do"
    CONFLICT_OF_INTEREST = "conflict_of_interest", "Too close"
    BLOCKED = "blocked", "Not to be paired"


class Explanation(NamedTuple):
    """`means`: why it cannot be. `mend`: what would change that, or whom to turn to."""

    means: str
    mend: str


EXPLANATIONS: dict[Code, Explanation] = {
    Code.NO_CONSENT: Explanation(
        "The person has not agreed to be put in touch with somebody, or has taken the agreement back.",
        "Ask the person, and write down who said yes, how and when.",
    ),
    Code.CQC_PERSONAL_CARE: Explanation(
        "This is, or may be, personal care: only a registered provider may do it.",
        "Refer to a registered provider.",
    ),
    Code.VOLUNTEER_NOT_ALLOWED: Explanation(
        "The co-op does not let volunteers do this, or nobody has confirmed yet that they may.",
        "Look for a service. If it should be open to volunteers, an administrator confirms or opens the activity, with name and source.",
    ),
    Code.TRAINING_MISSING: Explanation(
        "This needs training, and none is written down for this volunteer.",
        "Invite the volunteer to the training, or write it down if it was done.",
    ),
    Code.VOLUNTEER_NOT_ACTIVE: Explanation(
        "The volunteer is not active: still applying or being checked, pausing, or no longer with us.",
        "Finish the checks, or ask when the pause ends.",
    ),
    Code.ACTIVITY_NOT_OFFERED: Explanation(
        "The volunteer does not offer this activity.",
        "Ask whether they would like to; nobody is pressed.",
    ),
    Code.DBS_LEVEL: Explanation(
        "The check that was seen is lower than this activity needs for this person.",
        "Ask the volunteer for the level that is needed, and for no higher one.",
    ),
    Code.DBS_OUT_OF_DATE: Explanation(
        "The day for a new check comes before the visit.",
        "Renew the check, then write down when it was seen and when the next one is due.",
    ),
    Code.UNDER_18_AT_HOME: Explanation(
        "This happens in somebody's home, and the volunteer is under 18 or their age is not known.",
        "Write down the date of birth if it is missing; a younger volunteer can help outside the home.",
    ),
    Code.GENDER: Explanation(
        "The person asks for a visitor of one gender for something private, and the volunteer is not, or it is not known.",
        "Look for another volunteer; if the person's wish has changed, change the request.",
    ),
    Code.LANGUAGE: Explanation(
        "No language in common is written down; British Sign Language counts as one.",
        "Check the languages of both, or plan for an interpreter and another way of helping.",
    ),
    Code.ALLERGY: Explanation(
        "There is an animal in the home to which the volunteer is allergic.",
        "Ask both whether they could meet elsewhere, and make the request for that.",
    ),
    Code.SMOKE: Explanation(
        "Somebody smokes in the home, or it is not known, and the volunteer avoids smoke.",
        "Ask about the home if it is not known, or look for another volunteer.",
    ),
    Code.LONE_VISIT: Explanation(
        "Two visitors are needed, and the volunteer visits alone.",
        "Ask whether they would go with somebody.",
    ),
    Code.CAR: Explanation(
        "This needs a car, and the volunteer has none, or the insurer has not been told.",
        "Ask for the insurer's word if there is a car.",
    ),
    Code.DISTANCE: Explanation(
        "It is further than the volunteer goes, or one of the two addresses is not known.",
        "Complete the address, or ask whether they would go this far once.",
    ),
    Code.TIME: Explanation(
        "There is no time that suits both and is long enough.",
        "Ask both for other times, or make the visit shorter.",
    ),
    Code.CAPACITY: Explanation(
        "The volunteer already helps as many people as they wish.",
        "Wait until a pair ends, or ask whether they would take one more.",
    ),
    Code.CONFLICT_OF_INTEREST: Explanation(
        "The two live in one household, or have declared that they are close.",
        "Choose somebody else; what they do for each other is their own.",
    ),
    Code.BLOCKED: Explanation(
        "One of the two has asked not to be paired with the other.",
        "Choose somebody else, and do not ask why.",
    ),
}
