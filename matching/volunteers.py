"""The co-op's volunteers: written down, put right, what they offer, and with whom they are not to be paired."""

from datetime import date
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW
from matching.models import PairRule, Person, Volunteer, VolunteerActivity
from matching.numbering import hold_numbers, next_number
from matching.people import here
from matching.persons.once import SentAlready, key_of
from matching.persons.versions import still_to_write, version_of
from matching.rules.activities import rules
from matching.visiting.apart import hold_both, part
from matching.volunteer_states import VOLUNTEERING, VolunteerStatus
from matching.volunteering.checks import highest_allowed, record_check
from matching.volunteering.details import CORRECTABLE, VolunteerDetails, cleaned, write_details
from matching.volunteering.records import locked, role_of
from matching.volunteering.standing import set_status
from matching.volunteering.training import train_from_courses

__all__ = [
    "CORRECTABLE",
    "VolunteerDetails",
    "correct_volunteer",
    "drop_activity",
    "highest_allowed",
    "keep_apart",
    "offer_activity",
    "record_check",
    "register_volunteer",
    "set_status",
    "stop_keeping_apart",
]


@transaction.atomic
def register_volunteer(
    *,
    by: User,
    name: str,
    user: User | None = None,
    demo: bool = False,
    status: str = VolunteerStatus.APPLIED,
    external_id: str | None = None,
    once: str = "",
    **details: Unpack[VolunteerDetails],
) -> Volunteer:
    """Write down somebody who wants to help; they start as applied. The position is the postcode's.

    status: where somebody stands already who was a volunteer before the store knew them. external_id: their number in the co-op's other
    systems. once: the form's own mark, by which a form that is sent twice makes one volunteer. Raises PermissionDenied, WrongState,
    ValidationError ({field: [text]}), SentAlready; TypeError for a detail that is none.
    """
    require(by, Permission.KEEP_RECORDS)
    VOLUNTEERING.check(NEW, status, [Relation.COORD])
    volunteer = Volunteer(user=user, demo=demo, status=status, external_id=external_id or None)
    write_details(volunteer, name=name, **details)
    if once:
        volunteer.pk = key_of("volunteer", once, by)
    # Two who send one form at the same moment go one after the other from here.
    hold_numbers("volunteer")
    known = Volunteer.objects.filter(pk=volunteer.pk).first()
    if known is not None:
        return _sent_before(known, volunteer)
    volunteer.number = next_number("volunteer")
    volunteer.save(force_insert=True)
    record("volunteer.registered", volunteer, by=by, role=role_of(by), codes={"to": volunteer.status, "demo": demo})
    return volunteer


def _sent_before(known: Volunteer, volunteer: Volunteer) -> Volunteer:
    """The one whom the same form made when it was sent before. Raises SentAlready where it held other words then."""
    if any(getattr(known, name) != getattr(volunteer, name) for name in ("name", "phone", "email", "postcode")):
        raise SentAlready
    return known


@transaction.atomic
def correct_volunteer(volunteer: Volunteer, *, by: User, version: str = "", **fields: Any) -> Volunteer:
    """Put right what is written about a volunteer; the journal keeps which fields, never what they say.

    fields: any of CORRECTABLE; facts are replaced as a whole. version: what `version_of_volunteer` gave when the form was opened; what somebody
    else changed since then stays. Raises PermissionDenied, ValidationError; ChangedMeanwhile where both changed the same field; TypeError for
    another field.
    """
    require(by, Permission.KEEP_RECORDS)
    wanted = cleaned(fields)
    volunteer = locked(volunteer)
    if version:
        wanted = still_to_write(volunteer, version, wanted, CORRECTABLE)
    before = {name: getattr(volunteer, name) for name in wanted}
    write_details(volunteer, **wanted)
    if changed := sorted(name for name in wanted if getattr(volunteer, name) != before[name]):
        volunteer.save()
        record("volunteer.corrected", volunteer, by=by, role=role_of(by), codes={"fields": changed})
    return volunteer


def version_of_volunteer(volunteer: Volunteer) -> str:
    """The mark that a form for `correct_volunteer` carries."""
    return version_of(volunteer, CORRECTABLE)


@transaction.atomic
def offer_activity(volunteer: Volunteer, activity: str, *, by: User, trained_on: date | None = None) -> VolunteerActivity:
    """The volunteer offers this activity; a course that they went to counts for it, or a training elsewhere, which does not run out.

    trained_on: the day of a training elsewhere. Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    if activity not in rules():
        raise ValidationError({"activity": ["Choose an activity from the list."]})
    volunteer = locked(volunteer)
    row, made = VolunteerActivity.objects.get_or_create(volunteer=volunteer, activity=activity, defaults={"trained_on": trained_on})
    if not made and (trained_on is None or (row.trained_on, row.trained_until) == (trained_on, None)):
        return row
    if not made:
        row.trained_on, row.trained_until = trained_on, None
        row.save(update_fields=["trained_on", "trained_until"])
    else:
        train_from_courses(row)
    codes: Codes = {"activity": activity, "trained": row.trained_on is not None}
    record("volunteer.activity_offered", volunteer, by=by, role=role_of(by), codes=codes)
    return row


@transaction.atomic
def drop_activity(volunteer: Volunteer, activity: str, *, by: User) -> None:
    """The volunteer does not offer this any more. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    # Looked for here and not in the database: what a button sends may hold letters that PostgreSQL refuses.
    row = next((row for row in volunteer.activities.all() if row.activity == activity), None)
    if row is not None:
        row.delete()
        record("volunteer.activity_dropped", volunteer, by=by, role=role_of(by), codes={"activity": activity})


@transaction.atomic
def keep_apart(person: Person, volunteer: Volunteer, kind: str, *, by: User) -> PairRule:
    """These two are related, or are not to be paired: then what is under way between them ends in the same step.

    Raises PermissionDenied, ValidationError; WrongState for a record that became part of another.
    """
    require(by, Permission.KEEP_RECORDS)
    if kind not in PairRule.Kind.values:
        raise ValidationError({"kind": ["Choose from the list."]})
    hold_both(person, volunteer)
    person = here(person)
    rule, made = PairRule.objects.get_or_create(person=person, volunteer=volunteer, kind=kind, defaults={"by": by})
    if made:
        record("volunteer.kept_apart", volunteer, by=by, role=role_of(by), codes={"person": person.pk, "kind": kind})
    if kind == PairRule.Kind.BLOCKED:
        part(person, volunteer, by=by)
    return rule


@transaction.atomic
def stop_keeping_apart(rule: PairRule, *, by: User) -> None:
    """These two may be paired again; nothing happens where the rule is gone already. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    if PairRule.objects.filter(pk=rule.pk).delete()[0]:
        codes: Codes = {"person": rule.person_id, "kind": rule.kind}
        record("volunteer.not_kept_apart", rule.volunteer, by=by, role=role_of(by), codes=codes)
