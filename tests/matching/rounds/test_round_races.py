"""The same round confirmed by two clicks at the same moment, on a SQLite file and on a PostgreSQL server."""

from directory.journal.verifying import verify
from matching.models import Match, Round
from matching.rounds.confirming import confirm
from matching.rounds.proposals import StaleRound, propose_round
from tests import factories
from tests.at_once import at_once

CLICKS = 4


def test_nothing_is_sent_twice_by_a_double_click(each_store):
    by = factories.coordinator()
    for _ in range(3):
        factories.ask(activity="shop-together")
        factories.volunteer("shop-together", level="basic")
    row = propose_round(by=by)
    answers = at_once([lambda: confirm(row, by=by, version=row.version) for _ in range(CLICKS)])

    assert sorted(type(answer).__name__ for answer in answers) == [Round.__name__] + [StaleRound.__name__] * (CLICKS - 1)
    assert Match.objects.count() == len(row.rows) == 3
    assert verify() == []

    made = at_once([lambda: propose_round(by=by) for _ in range(CLICKS)])
    assert sorted(each.number for each in made) == list(range(row.number + 1, row.number + 1 + CLICKS))

    same = at_once([lambda: propose_round(by=by, once="one form") for _ in range(CLICKS)])
    assert len({each.pk for each in same}) == 1
    assert Round.objects.count() == 1 + CLICKS + 1
