"""Two at the same moment, on a SQLite file and on a PostgreSQL server: one yes wins, and no number is given twice."""

from datetime import timedelta
from functools import partial

from directory import clock
from directory.accounts.models import User
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches
from matching.agreements import withdraw_agreement
from matching.asking import call_backs
from matching.asks import open_ask
from matching.models import Ask, CallBack, Match, Task
from matching.people import correct_person
from matching.states import MATCH_TAKEN, MatchState
from matching.tasks import do_task, open_task
from matching.visiting.moves import cancel, done, missed
from matching.visiting.planning import plan
from matching.volunteers import set_status
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


def test_a_yes_at_the_same_moment_as_what_takes_the_offer_away_ends_in_one_clear_state(each_store):
    """A pause, an agreement taken back, the request met, a second click: each against the yes, and visits against the end of the pair."""
    by = factories.coordinator()
    for takes_away in (_pauses, _withdraws, _meets):
        ask, volunteers_ = factories.ask(activity="shop-together"), [factories.volunteer("shop-together", level="basic") for _ in range(2)]
        offers = matches.offer_to(ask, volunteers_, by=by)
        doings = [partial(matches.say_yes, offer, by=offer.volunteer.user) for offer in (offers[0], offers[0], offers[1])]
        answers = at_once([*doings, partial(takes_away, offers[0], by)])
        assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, WrongState)] == []
        assert Match.objects.filter(ask=ask, state__in=MATCH_TAKEN).count() <= 1
        assert not Match.objects.filter(ask=ask, state=MatchState.OFFERED).exists() or takes_away is _pauses
    _what_is_pressed_at_once_is_planned_done_and_told_once(by)
    assert verify() == []


def _pauses(offer: Match, by: User) -> None:
    set_status(offer.volunteer, "paused", by=by)


def _withdraws(offer: Match, by: User) -> None:
    withdraw_agreement(offer.ask.person.agreements.get(), by=by)


def _meets(offer: Match, by: User) -> None:
    asks.meet(offer.ask, by=by)


def _what_is_pressed_at_once_is_planned_done_and_told_once(by: User) -> None:
    volunteer = factories.volunteer("shop-together", level="basic")
    match = matches.say_yes(matches.offer(factories.ask(activity="shop-together"), volunteer, by=by), by=volunteer.user)
    match = matches.start(matches.introduce(match, by=by), by=by, how="phone")
    yesterday, tomorrow = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    assert len({visit.pk for visit in at_once([partial(plan, match, yesterday, by=who) for who in (by, volunteer.user) * 2])}) == 1
    visit = match.visits.get()
    answers = at_once([partial(verb, visit, by=volunteer.user) for verb in (done, done, missed, missed)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Visit", "WrongState", "WrongState", "WrongState"]
    task = at_once([partial(open_task, Task.Kind.RING, by=who, once="one") for who in (by, None) * 2])
    assert {each.pk for each in task} == {Task.objects.get(once="one").pk}
    answers = at_once([partial(do_task, task[0], by=by) for _ in range(3)])
    assert sorted(type(answer).__name__ for answer in answers) == ["NoSuchMove", "NoSuchMove", "Task"]

    coming = plan(match, tomorrow, by=by)
    ends = [partial(matches.end, match, by=volunteer.user), partial(matches.end, match, by=by)]
    at_once([*ends, partial(cancel, coming, by=by), partial(plan, match, tomorrow + timedelta(days=1), by=by)])
    assert not match.visits.filter(state="planned").exists()
    silent = [partial(correct_person, match.ask.person, by=by, do_not_contact=True), partial(asks.withdraw, match.ask, by=by)]
    answers = at_once(silent)
    assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, WrongState)] == []
