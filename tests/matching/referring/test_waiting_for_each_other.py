"""At the same moment, on a SQLite file and on a PostgreSQL server: nobody waits for somebody who waits for them, and no limit is passed."""

from functools import partial

from directory.accounts.roles import Role
from directory.states import WrongState
from matching import matches, referrals
from matching.agreements import withdraw_agreement
from matching.asks import meet
from matching.models import Ask, Match, Referral
from matching.people import link_account
from matching.refer_in import refer_in
from matching.states import MATCH_TAKEN, MatchState
from matching.volunteers import set_status
from tests import factories
from tests.at_once import at_once

ERRAND = "shop-together"
ROUNDS = 4


def body(**more: object) -> dict[str, object]:
    return {"need": "shopping", "volunteers": True, **more}


def test_nobody_waits_in_a_circle_and_no_limit_is_passed(each_store, settings):
    """One test for all: each goes on with what the one before left."""
    settings.OFFERS_IN_A_WEEK = ROUNDS
    _a_volunteer_takes_no_more_than_they_can()
    _referring_in_and_preparing_do_not_stop_each_other()
    _the_same_key_at_the_same_moment_is_one_referral()
    _what_stops_and_what_begins_at_once_both_end()


def _a_volunteer_takes_no_more_than_they_can() -> None:
    by, volunteer = factories.coordinator(), factories.volunteer(ERRAND, level="basic", capacity=1)
    offers = [matches.offer(factories.ask(activity=ERRAND), volunteer, by=by) for _ in range(ROUNDS)]
    answers = at_once([partial(matches.say_yes, offer, by=volunteer.user) for offer in offers])
    assert sorted(type(answer).__name__ for answer in answers) == ["Match"] + ["NotEligible"] * (ROUNDS - 1)
    assert Match.objects.filter(volunteer=volunteer, state__in=MATCH_TAKEN).count() == 1


def _referring_in_and_preparing_do_not_stop_each_other() -> None:
    council, by = factories.council_referrer(), factories.coordinator()
    people = [factories.person(by=council, agreed=False) for _ in range(ROUNDS)]
    asks = [factories.ask() for _ in range(ROUNDS)]
    for number, person in enumerate(people):
        factories.agreement(person, by=council)
        link_account(person, factories.user(Role.PERSON, email=f"own{number}@test.example"), by=by)
    before = Referral.objects.count()
    doings = [partial(refer_in, body(person_id=person.pk), by=council) for person in people]
    doings += [partial(referrals.prepare, ask, by=by, to_volunteers=True, candidates=[]) for ask in asks]
    answers = at_once(doings)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Referral.objects.count() == before + len(doings)


def _the_same_key_at_the_same_moment_is_one_referral() -> None:
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    factories.agreement(person, by=council)
    answers = at_once([partial(refer_in, body(person_id=person.pk), by=council, key="K-1") for _ in range(ROUNDS)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len({answer.referral.pk for answer in answers}) == 1
    assert [answer.is_new for answer in answers].count(True) == 1
    assert Ask.objects.filter(person=person).count() == 1


def _what_stops_and_what_begins_at_once_both_end() -> None:
    by = factories.coordinator()
    for _ in range(ROUNDS):
        ask = factories.ask(activity=ERRAND)
        volunteers = [factories.volunteer(ERRAND, level="basic") for _ in range(3)]
        offers = [matches.offer(ask, volunteer, by=by) for volunteer in volunteers]
        doings = [partial(matches.say_yes, offers[0], by=volunteers[0].user)]
        doings += [partial(set_status, volunteers[1], "paused", by=by), partial(meet, ask, by=by)]
        doings += [partial(withdraw_agreement, agreement, by=by) for agreement in ask.person.agreements.all()]
        answers = at_once(doings)
        assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, WrongState)] == []
        assert not Match.objects.filter(ask=ask, state=MatchState.OFFERED).exists()
