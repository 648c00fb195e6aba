"""Saying by the link of a reminder, without a log-in, what is new this week: places, full, closed. Once for each link, and taken back once."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from directory import clock, this_week
from directory.freshness.models import CheckToken, WeekPress
from directory.freshness.one_click import NotNow, Standing, may_speak, speaker
from directory.journal.recording import record
from directory.states import WrongState

LINKS_HOLD = timedelta(days=60)


def standing(token: CheckToken, does: str) -> Standing:
    """What this link can do today."""
    if token.reminder.on + LINKS_HOLD < clock.today() or not token.service.is_public or not may_speak(token):
        return Standing.OVER
    return Standing.DONE if token.presses.filter(does=does).exists() else Standing.OPEN


@transaction.atomic
def press(token: CheckToken, does: str, *, left: int = 0, days: Collection[date] = ()) -> WeekPress:
    """The holder of the link says it; `left` with PLACES, `days` with CLOSED. What the page says already is no change.

    Raises NotNow, ValidationError (a number or days that cannot be; the link can be used still).
    """
    fresh = _locked(token)
    how = standing(fresh, does)
    if how != Standing.OPEN:
        raise NotNow(how)
    by = speaker(fresh)
    if does == WeekPress.Does.CLOSED:
        change = this_week.say_closed(fresh.service, days, by=by)
    else:
        change = this_week.say_places(fresh.service, left if does == WeekPress.Does.PLACES else 0, by=by)
    made = WeekPress.objects.create(token=fresh, does=WeekPress.Does(does), change=change)
    record("public.week_link_pressed", fresh.service, by=None, codes={"do": does})
    return made


@transaction.atomic
def take_back(token: CheckToken, does: str) -> None:
    """Take back what this link said, once. Raises NotNow (the link is over), WrongState (taken back before, or changed since)."""
    fresh = _locked(token)
    made = fresh.presses.filter(does=does).select_related("change").first()
    if standing(fresh, does) != Standing.DONE or made is None:
        raise NotNow(Standing.OVER)
    if made.change is None:
        raise WrongState("There is nothing to take back.")
    this_week.take_back(made.change, by=speaker(fresh))


def _locked(token: CheckToken) -> CheckToken:
    rows = CheckToken.objects.select_for_update(of=("self",)).select_related("service", "reminder__user")
    return rows.get(pk=token.pk)
