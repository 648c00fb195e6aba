"""What tests of casework share: an activity whose rule is confirmed, and matches brought to any state through the verbs."""

from collections.abc import Callable

import pytest

from matching import matches
from matching.models import Ask, Match
from matching.states import MatchState
from tests import factories

ERRAND = "shop-together"


@pytest.fixture
def errand() -> Callable[..., Ask]:
    """A request that a volunteer can do once: going shopping together."""

    def make(**fields: object) -> Ask:
        return factories.ask(activity=ERRAND, **fields)

    return make


@pytest.fixture
def helper() -> Callable[..., object]:
    """A volunteer who can do it."""

    def make(**fields: object) -> object:
        return factories.volunteer(ERRAND, level="basic", **fields)

    return make


@pytest.fixture
def offer_in(errand, helper) -> Callable[..., Match]:
    """A match for a new request and a new volunteer, brought to this state."""

    def make(state: MatchState = MatchState.OFFERED, **fields: object) -> Match:
        by = factories.coordinator()
        volunteer = helper()
        match = matches.offer(errand(**fields), volunteer, by=by)
        steps = {
            MatchState.OFFERED: [],
            MatchState.LAPSED: [lambda m: matches.lapse(m)],
            MatchState.DECLINED: [lambda m: matches.decline(m, by=volunteer.user)],
            MatchState.ACCEPTED: [lambda m: matches.say_yes(m, by=volunteer.user)],
        }
        steps[MatchState.INTRODUCED] = [*steps[MatchState.ACCEPTED], lambda m: matches.introduce(m, by=by)]
        steps[MatchState.ACTIVE] = [*steps[MatchState.INTRODUCED], lambda m: matches.start(m, by=by, how="phone")]
        steps[MatchState.ENDED] = [*steps[MatchState.ACTIVE], lambda m: matches.end(m, by=by)]
        for step in steps[state]:
            match = step(match)
        return match

    return make
