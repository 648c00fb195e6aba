"""The co-op's volunteers: written down, checked, what they offer, and with whom they are not to be paired."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.geodata.locating import normalise_postcode
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.activities import rules
from matching.eligibility import Level, highest_level
from matching.homes import clean_facts, position_of
from matching.models import Match, PairRule, Person, Volunteer, VolunteerActivity
from matching.numbering import next_number
from matching.states import MatchState
from matching.stopping import write_move
from matching.windows import is_window


class VolunteerDetails(TypedDict, total=False):
    """What is written down about a volunteer beside their name; what is left out is empty, 5 km and one person at a time."""

    phone: str
    email: str
    address: str
    postcode: str
    date_of_birth: date | None
    # gender, household, allergies, avoids_smoke
    facts: Mapping[str, Any]
    notes: str
    village: str
    languages: Iterable[str]
    interests: Iterable[str]
    # [[weekday, start minute, end minute], …]; Monday is 0, and none means never
    windows: Iterable[Sequence[int]]
    visits_in_pair: bool
    has_car: bool
    car_insurance_ok: bool
    max_km: float
    capacity: int


CORRECTABLE = frozenset({"name", *VolunteerDetails.__annotations__})
_WORDS = frozenset({"languages", "interests"})
_AWAY = frozenset({Volunteer.Status.PAUSED, Volunteer.Status.LEFT, Volunteer.Status.REMOVED})


@transaction.atomic
def register_volunteer(
    *, by: User, name: str, user: User | None = None, demo: bool = False, **details: Unpack[VolunteerDetails]
) -> Volunteer:
    """Write down somebody who wants to help; they start as applied. The position is the postcode's.

    Raises PermissionDenied, ValidationError ({field: [text]}); TypeError for a detail that is none.
    """
    require(by, Permission.KEEP_RECORDS)
    volunteer = Volunteer(user=user, demo=demo)
    _write(volunteer, name=name, **details)
    volunteer.number = next_number("volunteer")
    volunteer.save(force_insert=True)
    record("volunteer.registered", volunteer, by=by, role=_role(by), codes={"to": volunteer.status, "demo": demo})
    return volunteer


@transaction.atomic
def correct_volunteer(volunteer: Volunteer, *, by: User, **fields: Any) -> Volunteer:
    """Put right what is written about a volunteer; the journal keeps which fields, never what they say.

    fields: any of CORRECTABLE; facts are replaced as a whole. Raises PermissionDenied, ValidationError; TypeError for another field.
    """
    require(by, Permission.KEEP_RECORDS)
    _require_known(fields)
    volunteer = _locked(volunteer)
    before = {name: getattr(volunteer, name) for name in fields}
    _write(volunteer, **fields)
    if changed := sorted(name for name in fields if getattr(volunteer, name) != before[name]):
        volunteer.save()
        record("volunteer.corrected", volunteer, by=by, role=_role(by), codes={"fields": changed})
    return volunteer


@transaction.atomic
def set_status(volunteer: Volunteer, status: str, *, by: User) -> Volunteer:
    """Applied, being checked, active, paused, left or removed. Who is not there any more is asked nothing: their open offers lapse.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    if status not in Volunteer.Status.values:
        raise ValidationError({"status": ["Choose from the list."]})
    volunteer = _locked(volunteer)
    before = volunteer.status
    if before == status:
        return volunteer
    # Before the journal is written to: everybody locks in this order.
    asked = Match.objects.select_for_update().filter(volunteer=volunteer, state=MatchState.OFFERED).order_by("pk")
    waiting = list(asked) if status in _AWAY else []
    volunteer.status = status
    volunteer.save(update_fields=["status"])
    record("volunteer.status", volunteer, by=by, role=_role(by), codes={"from": before, "to": status})
    for match in waiting:
        write_move(match, MatchState.LAPSED, [Relation.SYSTEM], by=by)
    return volunteer


@transaction.atomic
def record_check(volunteer: Volunteer, *, by: User, level: str, seen_on: date, recheck_due: date, workforce: str = "adult") -> Volunteer:
    """Somebody has seen a certificate of this level: level, workforce and days are kept, never what it says.

    A check higher than anything that they offer allows may not lawfully be asked for, so it is refused here too; offer the activity first.
    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    volunteer = _locked(volunteer)
    errors: dict[str, list[str]] = {}
    if level not in Level.values:
        errors["level"] = ["Choose from the list."]
    elif not highest_allowed(volunteer).meets(Level(level)):
        errors["level"] = ["Nothing that this volunteer offers allows so high a check: it would be unlawful to ask for it."]
    if workforce not in ("adult", "child_and_adult"):
        errors["workforce"] = ["Choose from the list."]
    if seen_on > clock.today():
        errors["seen_on"] = ["This day is still to come."]
    if recheck_due <= seen_on:
        errors["recheck_due"] = ["The next check is due after this one was seen."]
    if errors:
        raise ValidationError(errors)
    volunteer.check_level, volunteer.check_workforce = level, workforce
    volunteer.check_seen_on, volunteer.check_seen_by, volunteer.recheck_due = seen_on, by, recheck_due
    volunteer.save(update_fields=["check_level", "check_workforce", "check_seen_on", "check_seen_by", "recheck_due"])
    codes: Codes = {"level": level, "workforce": workforce, "seen_on": seen_on, "recheck_due": recheck_due}
    record("volunteer.check_seen", volunteer, by=by, role=_role(by), codes=codes)
    return volunteer


@transaction.atomic
def offer_activity(volunteer: Volunteer, activity: str, *, by: User, trained_on: date | None = None) -> VolunteerActivity:
    """The volunteer offers this activity; trained_on: the day of their training for it. Raises PermissionDenied, ValidationError."""
    require(by, Permission.KEEP_RECORDS)
    if activity not in rules():
        raise ValidationError({"activity": ["Choose an activity from the list."]})
    row, made = VolunteerActivity.objects.get_or_create(volunteer=volunteer, activity=activity, defaults={"trained_on": trained_on})
    if not made and trained_on is not None:
        row.trained_on = trained_on
        row.save(update_fields=["trained_on"])
    record(
        "volunteer.activity_offered", volunteer, by=by, role=_role(by), codes={"activity": activity, "trained": row.trained_on is not None}
    )
    return row


@transaction.atomic
def drop_activity(volunteer: Volunteer, activity: str, *, by: User) -> None:
    """The volunteer does not offer this any more. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    if VolunteerActivity.objects.filter(volunteer=volunteer, activity=activity).delete()[0]:
        record("volunteer.activity_dropped", volunteer, by=by, role=_role(by), codes={"activity": activity})


@transaction.atomic
def keep_apart(person: Person, volunteer: Volunteer, kind: str, *, by: User) -> PairRule:
    """These two are related, or are not to be paired. Raises PermissionDenied, ValidationError."""
    require(by, Permission.KEEP_RECORDS)
    if kind not in PairRule.Kind.values:
        raise ValidationError({"kind": ["Choose from the list."]})
    rule, made = PairRule.objects.get_or_create(person=person, volunteer=volunteer, kind=kind, defaults={"by": by})
    if made:
        record("volunteer.kept_apart", volunteer, by=by, role=_role(by), codes={"person": person.pk, "kind": kind})
    return rule


def highest_allowed(volunteer: Volunteer) -> Level:
    """The highest level of check that anything the volunteer offers allows, for an adult of whom nothing is known.

    `none` where they offer nothing.
    """
    known = rules()
    levels = [highest_level(known[row.activity]) for row in volunteer.activities.all() if row.activity in known]
    return max(levels, key=lambda level: level.rank, default=Level.NONE)


def _write(volunteer: Volunteer, **fields: Any) -> None:
    """Set and check the fields, so that every fault is told by its field."""
    _require_known(fields)
    for name, value in fields.items():
        if name in _WORDS:
            value = sorted({word.strip().lower() for word in value} - {""})
        elif name == "windows":
            value = [list(window) for window in value]
        setattr(volunteer, name, value.strip() if isinstance(value, str) else value)
    if errors := _faults(volunteer):
        raise ValidationError(errors)
    if "facts" in fields:
        volunteer.facts = clean_facts(volunteer.facts)
    if "postcode" in fields:
        volunteer.position = position_of(volunteer.postcode)


def _require_known(fields: Mapping[str, Any]) -> None:
    if strange := fields.keys() - CORRECTABLE:
        raise TypeError(f"Not a field that is written here: {', '.join(sorted(strange))}.")


def _faults(volunteer: Volunteer) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not volunteer.name:
        errors["name"] = ["Write what the volunteer is called."]
    if volunteer.postcode and normalise_postcode(volunteer.postcode) is None:
        errors["postcode"] = ["Write a whole postcode, such as HD7 5AA, or leave it empty."]
    if not all(is_window(window) for window in volunteer.windows):
        errors["windows"] = ["Each time needs a weekday, a start and a later end."]
    if not 0 <= volunteer.max_km <= 200:
        errors["max_km"] = ["Write how many kilometres they go, from 0 to 200."]
    if not 0 <= volunteer.capacity <= 50:
        errors["capacity"] = ["Write how many people they can help at a time, from 0 to 50."]
    return errors


def _locked(volunteer: Volunteer) -> Volunteer:
    return Volunteer.objects.select_for_update().get(pk=volunteer.pk)


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS)
