"""Two at the same moment, on a SQLite file and on a PostgreSQL server: one yes wins, and no number is given twice."""

from directory.states import WrongState
from matching import call_backs, matches
from matching.asks import open_ask
from matching.models import Ask, CallBack, Match
from matching.states import MatchState
from tests import factories
from tests.at_once import at_once

VOLUNTEERS, WRITERS = 4, 8


def test_of_several_who_say_yes_at_once_exactly_one_is_taken_and_no_number_is_given_twice(each_store):
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
