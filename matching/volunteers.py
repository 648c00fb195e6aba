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
from matching.numbering import next_number
from matching.people import here
from matching.rules.activities import rules
from matching.visiting.apart import hold_both, part
from matching.volunteer_states import VOLUNTEERING, VolunteerStatus
from matching.volunteering.checks import highest_allowed, record_check
from matching.volunteering.details import CORRECTABLE, VolunteerDetails, require_known, write_details
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
    **details: Unpack[VolunteerDetails],
) -> Volunteer:
    """Write down somebody who wants to help; they start as applied. The position is the postcode's.

    status: where somebody stands already who was a volunteer before the store knew them. external_id: their number in the co-op's other
    systems. Raises PermissionDenied, WrongState, ValidationError ({field: [text]}); TypeError for a detail that is none.
    """
    require(by, Permission.KEEP_RECORDS)
    VOLUNTEERING.check(NEW, status, [Relation.COORD])
    volunteer = Volunteer(user=user, demo=demo, status=status, external_id=external_id or None)
    write_details(volunteer, name=name, **details)
    volunteer.number = next_number("volunteer")
    volunteer.save(force_insert=True)
    record("volunteer.registered", volunteer, by=by, role=role_of(by), codes={"to": volunteer.status, "demo": demo})
    return volunteer


@transaction.atomic
def correct_volunteer(volunteer: Volunteer, *, by: User, **fields: Any) -> Volunteer:
    """Put right what is written about a volunteer; the journal keeps which fields, never what they say.

    fields: any of CORRECTABLE; facts are replaced as a whole. Raises PermissionDenied, ValidationError; TypeError for another field.
    """
    require(by, Permission.KEEP_RECORDS)
    require_known(fields)
    volunteer = locked(volunteer)
    before = {name: getattr(volunteer, name) for name in fields}
    write_details(volunteer, **fields)
    if changed := sorted(name for name in fields if getattr(volunteer, name) != before[name]):
        volunteer.save()
        record("volunteer.corrected", volunteer, by=by, role=role_of(by), codes={"fields": changed})
    return volunteer


@transaction.atomic
def offer_activity(volunteer: Volunteer, activity: str, *, by: User, trained_on: date | None = None) -> VolunteerActivity:
    """The volunteer offers this activity; a course that they went to counts for it, or a training elsewhere, which does not run out.

    trained_on: the day of a training elsewhere. Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    if activity not in rules():
        raise ValidationError({"activity": ["Choose an activity from the list."]})
    row, made = VolunteerActivity.objects.get_or_create(volunteer=volunteer, activity=activity, defaults={"trained_on": trained_on})
    if not made and trained_on is not None:
        row.trained_on, row.trained_until = trained_on, None
        row.save(update_fields=["trained_on", "trained_until"])
    elif made:
        train_from_courses(row)
    codes: Codes = {"activity": activity, "trained": row.trained_on is not None}
    record("volunteer.activity_offered", volunteer, by=by, role=role_of(by), codes=codes)
    return row


@transaction.atomic
def drop_activity(volunteer: Volunteer, activity: str, *, by: User) -> None:
    """The volunteer does not offer this any more. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    if VolunteerActivity.objects.filter(volunteer=volunteer, activity=activity).delete()[0]:
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
