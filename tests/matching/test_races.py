"""Two at the same moment, on a SQLite file and on a PostgreSQL server: one yes wins, and no number is given twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from directory.states import WrongState
from matching import call_backs, matches
from matching.asks import open_ask
from matching.models import Ask, CallBack, Match
from matching.states import MatchState
from tests import factories
from tests.databases import database_url, each_database, migrate  # noqa: F401
from tests.postgres import postgres_url  # noqa: F401

VOLUNTEERS, WRITERS = 4, 8


@pytest.fixture
def casework(each_database) -> str:  # noqa: F811
    """An empty database with the tables of casework."""
    migrate("accounts", "auth", "contenttypes", "geodata", "journal", "directory", "matching")
    return each_database


def at_once(doings: list[Callable[[], Any]]) -> list[Any]:
    """What each gave or raised, all begun at the same moment in threads of their own."""
    start = Barrier(len(doings))

    def do(doing: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return doing()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(do, doings))


def test_of_several_who_say_yes_at_once_exactly_one_is_taken_and_no_number_is_given_twice(casework):
    """One test for both: making the database is what takes the time."""
    by, ask = factories.coordinator(), factories.ask(activity="shop-together")
    offers = [matches.offer(ask, factories.volunteer("shop-together", level="basic"), by=by) for _ in range(VOLUNTEERS)]
    answers = at_once([lambda match=match: matches.say_yes(match, by=match.volunteer.user) for match in offers])

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [WrongState] * (VOLUNTEERS - 1)
    states = sorted(Match.objects.values_list("state", flat=True))
    assert states == [MatchState.ACCEPTED] + [MatchState.LAPSED] * (VOLUNTEERS - 1)

    person, need = factories.person(), factories.need()
    made = at_once([lambda: open_ask(person, by=by, need=need) for _ in range(WRITERS)])
    assert [answer for answer in made if isinstance(answer, Exception)] == []
    assert sorted(Ask.objects.values_list("number", flat=True)) == list(range(ask.number, ask.number + WRITERS + 1))

    form = {"kind": "ask", "name": "Ada Example", "phone": "01484 496000", "when": "any", "voicemail": True, "once": "mark"}
    calls = at_once([lambda: call_backs.ask_for(**form) for _ in range(WRITERS)])
    assert {call.pk for call in calls} == {CallBack.objects.get().pk}
