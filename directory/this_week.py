"""What a group says of its listing from week to week, in one press: places, days when it is closed, a notice.

Each goes onto the page at once and can be taken back. Said twice it is said once, so that a double click does no harm.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock, moderation
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.change_states import FieldState
from directory.listing_fields import FIELDS
from directory.models import Change, Service
from directory.opening_words import DAYS, closure_lines
from directory.places_left import spaces_words
from directory.states import WrongState

DAY = timedelta(days=1)
# A notice that gives no last day, and how far ahead days are ticked; what is longer stands in the form with its dates.
NOTICE_HOLDS = timedelta(days=7)
DAYS_AHEAD = 14

Rows = list[dict[str, Any]]


@transaction.atomic
def say_places(service: Service, left: int, *, by: User) -> Change | None:
    """So many places are left, counted today; 0 means full. None where the page says so already. Raises PermissionDenied, ValidationError."""
    return moderation.propose(service, {"spaces": {"left": left, "on": clock.today().isoformat()}}, by=by)


@transaction.atomic
def say_closed(service: Service, days: Collection[date], *, by: User) -> Change | None:
    """It is closed on these days; where no notice stands, one says so. None where the page says so already.

    Raises PermissionDenied, ValidationError (days that are over, or too far ahead).
    """
    fresh = _locked(service, by)
    today = clock.today()
    if not days or min(days) < today or max(days) >= today + DAYS_AHEAD * DAY:
        raise ValidationError(f"Choose days from today on, up to {DAYS_AHEAD} days ahead.")
    closures, notice = FIELDS["closures"].read(fresh), FIELDS["notice"].read(fresh)
    wanted = _with_days(closures, days)
    values: dict[str, Any] = {"closures": wanted}
    if notice is None or notice["until"] < today.isoformat() or _is_own(notice, closures):
        values["notice"] = _notice_of([row for row in wanted if any(_covers(row, day) for day in days)])
    return moderation.propose(service, values, by=by)


@transaction.atomic
def say_open(service: Service, *, by: User) -> Change | None:
    """Open as usual again from today on: closures that run, or begin this week, end; so does the notice that told of them.

    Closures of one place, and those that begin later, stay. None where nothing was closed. Raises PermissionDenied.
    """
    fresh = _locked(service, by)
    closures, notice = FIELDS["closures"].read(fresh), FIELDS["notice"].read(fresh)
    kept, ended = _without_this_week(closures)
    values: dict[str, Any] = {"closures": kept}
    if notice is not None and _is_own(notice, closures):
        values["notice"] = _notice_of([row for row in closures if row not in ended and _words(row) in notice["text"]])
    return moderation.propose(service, values, by=by)


@transaction.atomic
def put_notice(service: Service, text: str, *, by: User) -> Change | None:
    """A notice for a week, in the place of the one that stands. None where it stands already. Raises PermissionDenied, ValidationError."""
    return moderation.propose(service, {"notice": {"text": text, "until": (clock.today() + NOTICE_HOLDS).isoformat()}}, by=by)


@transaction.atomic
def take_notice_down(service: Service, *, by: User) -> Change | None:
    """No notice any more. None where there was none. Raises PermissionDenied."""
    return moderation.propose(service, {"notice": None}, by=by)


@transaction.atomic
def take_back(change: Change, *, by: User) -> None:
    """Everything of this change that went live comes off again, or nothing of it.

    Raises PermissionDenied, WrongState (taken back before, or changed again since).
    """
    # All of them before the listing, as every decision on a field does: the other way round, two at once would wait for each other.
    fields = list(change.fields.select_for_update().filter(state=FieldState.LIVE).order_by("pk"))
    if not fields:
        raise WrongState("It was taken back before.")
    for field in fields:
        moderation.undo(field, by=by)


def closed_words(first: date, last: date) -> str:
    """The notice about closed days: "Closed on Tuesday 24 November.", "Closed from Monday 23 to Sunday 29 November."."""
    if first == last:
        return f"Closed on {day_words(first)}."
    begins = f"{DAYS[first.weekday()]} {first.day}" if (first.year, first.month) == (last.year, last.month) else day_words(first)
    return f"Closed from {begins} to {day_words(last)}."


def day_words(day: date) -> str:
    """Tuesday 24 November."""
    return f"{DAYS[day.weekday()]} {day.day} {day:%B}"


def on_the_page(service: Service) -> list[str]:
    """What its page says now of the week, beyond its usual times. Reads `closures__at_location`, prefetched."""
    soon = [each for each in service.closures.all() if each.first <= clock.today() + DAYS_AHEAD * DAY]
    places = {str(at.location_id): str(at.location) for at in service.at_locations.all() if not at.location.masked}
    until = f"Notice until {day_words(service.notice_until)}: " if service.notice_until else ""
    notice = f"{until}{service.notice}" if service.current_notice else ""
    paused = "Paused" if service.status == Service.Status.PAUSED else ""
    return [line for line in (paused, *closure_lines(soon, places), spaces_words(service), notice) if line]


def is_closed_soon(service: Service) -> bool:
    """Is there something that `say_open` would end? Reads `closures`, prefetched."""
    return bool(_without_this_week(FIELDS["closures"].read(service))[1])


def rest_of_week() -> list[date]:
    """Today and what is left of this week, up to Sunday."""
    today = clock.today()
    return [today + ahead * DAY for ahead in range(7 - today.weekday())]


def _locked(service: Service, by: User) -> Service:
    require(by, Permission.EDIT_LISTINGS, service)
    return Service.objects.select_for_update().get(pk=service.pk)


def _day(row: Mapping[str, Any], name: str) -> date:
    return date.fromisoformat(row[name])


def _words(closure: Mapping[str, Any]) -> str:
    return closed_words(_day(closure, "first"), _day(closure, "last"))


def _notice_of(closures: Rows) -> dict[str, str] | None:
    """The notice that tells of these closures, until the last of them is over."""
    if not closures:
        return None
    return {"text": " ".join(_words(row) for row in closures), "until": max(row["last"] for row in closures)}


def _is_own(notice: Mapping[str, str], closures: Iterable[Mapping[str, Any]]) -> bool:
    """Does the notice say nothing but the closures themselves?"""
    rest = notice["text"]
    for row in closures:
        rest = rest.replace(_words(row), "")
    return not rest.strip()


def _covers(closure: Mapping[str, Any], day: date) -> bool:
    return "place" not in closure and _day(closure, "first") <= day <= _day(closure, "last")


def _with_days(closures: Rows, days: Collection[date]) -> Rows:
    """With these days closed as well: what touches and has no reason of its own becomes one closure."""
    plain = [row for row in closures if not {"place", "reason"} & row.keys()]
    if all(any(_covers(row, day) for row in closures) for day in days):
        return closures
    others = [row for row in closures if row not in plain]
    runs: list[list[date]] = []
    for first, last in sorted([(_day(row, "first"), _day(row, "last")) for row in plain] + [(day, day) for day in days]):
        if runs and first <= runs[-1][1] + DAY:
            runs[-1][1] = max(last, runs[-1][1])
        else:
            runs.append([first, last])
    return [*others, *({"first": first.isoformat(), "last": last.isoformat()} for first, last in runs)]


def _without_this_week(closures: Rows) -> tuple[Rows, Rows]:
    """What stays of the closures when it opens today, and those that end by it."""
    today = clock.today()
    sunday = today + (6 - today.weekday()) * DAY
    ended = [row for row in closures if "place" not in row and _day(row, "first") <= sunday and _day(row, "last") >= today]
    kept = [row for row in closures if row not in ended]
    kept += [{**row, "last": (today - DAY).isoformat()} for row in ended if _day(row, "first") < today]
    return kept, ended
