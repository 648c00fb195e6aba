"""What must always hold of a round at the desk, over drawn requests and volunteers."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import matches
from matching.models import Ask, Match
from matching.rounds.confirming import confirm
from matching.rounds.proposals import propose_round, solve_again
from matching.states import MatchState
from tests import factories
from tests.matching.undone import undone

pytestmark = pytest.mark.django_db
SETTINGS = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SHOP = "shop-together"


def drawn(seed, by):
    """Some requests of as many people, some volunteers with room, and two who meet already."""
    random = Random(seed)
    tongues = [["english"], ["english"], ["urdu"], ["english", "punjabi"]]
    for _ in range(random.randint(1, 3)):
        factories.volunteer(SHOP, by=by, level="basic", capacity=random.randint(1, 3), languages=random.choice(tongues))
    match = matches.offer(factories.ask(by=by, activity=SHOP), factories.volunteer(SHOP, by=by, level="basic", capacity=2), by=by)
    matches.say_yes(match, by=match.volunteer.user)
    matches.start(matches.introduce(match, by=by), by=by, how="phone")
    for _ in range(random.randint(1, 5)):
        person = factories.person(by=by, facts={"languages": random.choice(tongues)})
        windows = random.choice([[], [], [[random.randrange(7), 540, 660]]])
        factories.ask(person, by=by, activity=SHOP, urgency=random.choice(Ask.Urgency.values), windows=windows)


@SETTINGS
@given(st.integers(0, 10**6))
def test_a_proposal_is_the_same_twice_adds_up_leaves_pairs_alone_and_once_accepted_nothing_is_left(settings, seed):
    settings.OFFERS_IN_A_WEEK = 1000
    with undone():
        by = factories.coordinator()
        drawn(seed, by)
        frozen = list(Match.objects.values_list("pk", "ask", "volunteer", "state"))
        row, again = propose_round(by=by), propose_round(by=by)

        assert (again.rows, again.gaps, again.figures) == (row.rows, row.gaps, row.figures)
        assert solve_again(again, by=by).rows == row.rows
        assert all(each["points"] == sum(points for _, points in each["parts"]) for each in row.rows)
        assert sum(each["points"] for each in row.rows) == row.figures["score"]
        assert list(Match.objects.values_list("pk", "ask", "volunteer", "state")) == frozen
        if not row.rows:
            return
        confirm(row, by=by)
        for match in Match.objects.filter(state=MatchState.OFFERED):
            matches.say_yes(match, by=match.volunteer.user)

        assert propose_round(by=by).rows == []
        assert list(Match.objects.filter(pk__in=[key for key, *_ in frozen]).values_list("pk", "ask", "volunteer", "state")) == frozen
