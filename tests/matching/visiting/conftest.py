"""What tests of visits share: two who meet for an errand, and two who were introduced for every week."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from directory import clock
from matching import matches
from matching.models import Match, Visit
from matching.states import MatchState
from matching.visiting.trial import begin
from tests import factories


def at(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def begun(match: Match, days: int) -> Match:
    """Two who were introduced, as if their first visit had been planned for so many days ago."""
    match = begin(match, at(1), by=factories.coordinator(), how="phone")
    for visit in match.visits.all():
        Visit.objects.filter(pk=visit.pk).update(starts_at=visit.starts_at - timedelta(days=days + 1))
    match.refresh_from_db()
    return match


@pytest.fixture
def pair(offer_in) -> Match:
    """Two who meet for an errand."""
    return offer_in(MatchState.ACTIVE)


@pytest.fixture
def weekly() -> Match:
    """Two who have been introduced, for every week."""
    by, ask = factories.coordinator(), factories.ask(activity="shop-together", often="weekly", minutes=90)
    volunteer = factories.volunteer("shop-together", level="enhanced")
    return matches.introduce(matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user), by=by)


@pytest.fixture
def meets(weekly) -> Callable[[], Match]:
    """The same two, who have met before."""

    def make() -> Match:
        return begun(weekly, days=20)

    return make
