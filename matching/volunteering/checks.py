"""Checks of volunteers: asked for no higher than the law allows, seen, forgotten. Never what a certificate says."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.models import Event
from directory.journal.recording import record
from matching.eligibility import CheckTooHigh, Level, PersonFacts, highest_level, refuse_higher_check
from matching.models import Task, Volunteer
from matching.rules.activities import rules
from matching.rules.decisions import rules_in_force
from matching.tasks import drop_tasks_about
from matching.volunteering.records import locked, role_of

WORKFORCES = {"adult": "Adults", "child_and_adult": "Children and adults"}


@transaction.atomic
def ask_for_check(volunteer: Volunteer, *, by: User, level: str, activity: str, adult: Mapping[str, bool | None], regular: bool) -> None:
    """Ask the volunteer for a check of this level, for one activity with one kind of adult; the journal keeps level, activity and day.

    adult: needs_help_because and receives_care, True, False or None (not known counts as yes). regular: every week, more than 3 days in 30,
    or at night. A level above what these make eligible would be unlawful to ask for, and is refused. Asked twice on one day for the same is asked
    once; with another kind of adult, or for more often, it is another question.
    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    rule = rules_in_force().get(activity)
    errors: dict[str, list[str]] = {}
    if rule is None or not volunteer.activities.filter(activity=activity).exists():
        errors["activity"] = ["Choose something that they offer."]
    elif not rule.open_to_volunteers:
        errors["activity"] = ["No volunteer may do this here, so no check may be asked for."]
    if level not in Level.values or level == Level.NONE:
        errors["level"] = ["Choose which check."]
    if errors or rule is None:
        raise ValidationError(errors)
    person = PersonFacts(id="", needs_help_because=adult.get("needs_help_because"), receives_care=adult.get("receives_care"))
    try:
        refuse_higher_check(Level(level), rule, person, regular)
    except CheckTooHigh as error:
        raise ValidationError({"level": [str(error)]}) from error
    codes: Codes = {"level": level, "activity": activity, "regular": regular, "asked_on": clock.today()}
    codes = {**codes, **{name: adult.get(name) for name in ("needs_help_because", "receives_care")}}
    same = {**codes, "asked_on": clock.today().isoformat()}
    if any(all(row.codes.get(name) == value for name, value in same.items()) for row in _asked(volunteer)):
        return
    record("volunteer.check_asked", volunteer, by=by, role=role_of(by), codes=codes)


def asked_for(volunteer: Volunteer) -> list[tuple[date, Level, str]]:
    """What was asked for since the last check was seen: day, level, activity, each once; the newest first."""
    rows = [(date.fromisoformat(row.codes["asked_on"]), Level(row.codes["level"]), row.codes["activity"]) for row in _asked(volunteer)]
    return list(dict.fromkeys(rows))


def _asked(volunteer: Volunteer) -> QuerySet[Event]:
    events = Event.objects.about(volunteer).of_kind("volunteer.check_asked").order_by("-seq")
    if volunteer.check_seen_on is not None:
        seen = Event.objects.about(volunteer).of_kind("volunteer.check_seen").order_by("-seq").values_list("seq", flat=True).first()
        events = events.filter(seq__gt=seen or 0)
    return events


@transaction.atomic
def record_check(volunteer: Volunteer, *, by: User, level: str, seen_on: date, recheck_due: date, workforce: str = "adult") -> Volunteer:
    """Somebody has seen a certificate of this level: level, workforce and days are kept, never what it says.

    A check higher than anything that they offer allows may not lawfully be asked for, so it is refused here too; offer the activity first.
    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    if errors := check_faults(level, highest_allowed(volunteer), seen_on, recheck_due, workforce):
        raise ValidationError(errors)
    if (volunteer.check_level, volunteer.check_workforce, volunteer.check_seen_on, volunteer.recheck_due) == (
        level,
        workforce,
        seen_on,
        recheck_due,
    ):
        return volunteer
    volunteer.check_level, volunteer.check_workforce = level, workforce
    volunteer.check_seen_on, volunteer.check_seen_by, volunteer.recheck_due = seen_on, by, recheck_due
    volunteer.save(update_fields=["check_level", "check_workforce", "check_seen_on", "check_seen_by", "recheck_due"])
    codes: Codes = {"level": level, "workforce": workforce, "seen_on": seen_on, "recheck_due": recheck_due}
    record("volunteer.check_seen", volunteer, by=by, role=role_of(by), codes=codes)
    drop_tasks_about(by=by, volunteer=volunteer, kinds=[Task.Kind.RECHECK])
    return volunteer


def check_faults(level: str, allowed: Level, seen_on: date, recheck_due: date, workforce: str) -> dict[str, list[str]]:
    """What is wrong with a check that is to be written down, by its field; `allowed` is the highest that may be asked for."""
    errors: dict[str, list[str]] = {}
    if level not in Level.values:
        errors["level"] = ["Choose from the list."]
    elif not allowed.meets(Level(level)):
        errors["level"] = ["Nothing that this volunteer offers allows so high a check: it would be unlawful to ask for it."]
    if workforce not in WORKFORCES:
        errors["workforce"] = ["Choose from the list."]
    if seen_on > clock.today():
        errors["seen_on"] = ["This day is still to come."]
    if recheck_due <= seen_on:
        errors["recheck_due"] = ["The next check is due after this one was seen."]
    return errors


@transaction.atomic
def forget_check(volunteer: Volunteer, *, by: User) -> Volunteer:
    """A check that was written down by mistake, or does not count any more: level none, and no days. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    if volunteer.check_level == Level.NONE:
        return volunteer
    before = volunteer.check_level
    volunteer.check_level, volunteer.check_workforce = Level.NONE, "adult"
    volunteer.check_seen_on = volunteer.check_seen_by = volunteer.recheck_due = None
    volunteer.save(update_fields=["check_level", "check_workforce", "check_seen_on", "check_seen_by", "recheck_due"])
    record("volunteer.check_forgotten", volunteer, by=by, role=role_of(by), codes={"level": before})
    return volunteer


def highest_allowed(volunteer: Volunteer) -> Level:
    """The highest level of check that anything the volunteer offers allows, for an adult of whom nothing is known.

    `none` where they offer nothing.
    """
    return highest_of(row.activity for row in volunteer.activities.all())


def highest_of(activities: Iterable[str]) -> Level:
    """The highest level that any of these activities allows."""
    known = rules()
    levels = [highest_level(known[activity]) for activity in activities if activity in known]
    return max(levels, key=lambda level: level.rank, default=Level.NONE)
