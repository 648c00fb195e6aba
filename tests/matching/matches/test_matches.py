"""A volunteer and a person: every move by the table, one yes wins, nothing personal before the introduction."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches, people, volunteers
from matching.agreements import withdraw_agreement
from matching.eligibility import Code
from matching.lapsing import lapse_some
from matching.models import Look, Match
from matching.offering.answering import answer_by
from matching.offering.rest import AskedEnough, may_be_asked, resting
from matching.rounds.living import waiting
from matching.states import MatchState
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db


def test_from_the_offer_to_the_end(errand, helper):
    by, volunteer, ask = factories.coordinator(), helper(), errand()
    match = matches.offer(ask, volunteer, by=by)
    match = matches.say_yes(match, by=volunteer.user)
    match = matches.introduce(match, by=by)
    match = matches.start(match, by=by, how="phone")
    match = matches.end(match, by=volunteer.user)
    assert match.state == MatchState.ENDED
    told = [(event.kind, event.by_role, event.codes.get("to")) for event in Event.objects.about(match)]
    assert told == [
        ("match.offered", "coord", "offered"),
        ("match.accepted", "volunteer", "accepted"),
        ("match.introduced", "coord", "introduced"),
        ("match.active", "coord", "active"),
        ("match.ended", "volunteer", "ended"),
    ]
    moments = [match.offered_at, match.answered_at, match.introduced_at, match.active_at, match.ended_at]
    assert moments == sorted(moments)
    assert [fault for fault in verify() if fault.code == "match_state"] == []


def test_the_offer_keeps_why_and_the_points_in_the_journal_are_their_sum(errand, helper):
    match = matches.offer(errand(), helper(), by=factories.coordinator())
    assert match.explanation
    assert Event.objects.about(match).get().codes["points"] == sum(points for _, points in match.explanation)


def test_the_first_yes_wins_and_the_other_offers_lapse(errand, helper):
    by, ask, first, second, third = factories.coordinator(), errand(), helper(), helper(), helper()
    one, two, three = (matches.offer(ask, volunteer, by=by) for volunteer in (first, second, third))
    matches.decline(three, by=third.user)
    matches.say_yes(two, by=second.user)
    with pytest.raises(WrongState):
        matches.say_yes(one, by=first.user)
    states = dict(Match.objects.values_list("pk", "state"))
    assert states == {one.pk: MatchState.LAPSED, two.pk: MatchState.ACCEPTED, three.pk: MatchState.DECLINED}


def test_the_database_itself_lets_only_one_volunteer_take_it(errand, helper):
    by, ask = factories.coordinator(), errand()
    for volunteer in (helper(), helper()):
        matches.offer(ask, volunteer, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(ask=ask).update(state=MatchState.ACCEPTED)


def test_a_taken_request_is_not_offered_again_and_nobody_is_asked_twice(errand, helper, offer_in):
    by, ask, volunteer = factories.coordinator(), errand(), helper()
    matches.offer(ask, volunteer, by=by)
    with pytest.raises(WrongState):
        matches.offer(ask, volunteer, by=by)
    with pytest.raises(WrongState):
        matches.offer(offer_in(MatchState.ACCEPTED).ask, helper(), by=by)


def test_who_declined_may_be_asked_again_after_a_rest(errand, helper):
    by, ask, volunteer = factories.coordinator(), errand(), helper()
    matches.decline(matches.offer(ask, volunteer, by=by), by=volunteer.user)
    with pytest.raises(AskedEnough):
        matches.offer(ask, volunteer, by=by)
    with clock.held_at(may_be_asked(volunteer)):
        assert matches.offer(ask, volunteer, by=by).state == MatchState.OFFERED


def test_who_takes_a_yes_back_or_is_stopped_by_others_is_given_no_rest(offer_in):
    match = offer_in(MatchState.ACCEPTED)
    withdraw_agreement(match.ask.person.agreements.get(), by=factories.coordinator())
    assert may_be_asked(match.volunteer) is None


def test_nobody_is_asked_more_often_than_the_house_rule_allows(errand, helper):
    by, volunteer = factories.coordinator(), helper(capacity=9)
    start = clock.now()
    for day in range(3):
        with clock.held_at(start + timedelta(days=day)):
            matches.offer(errand(), volunteer, by=by)
    with clock.held_at(start + timedelta(days=3)):
        with pytest.raises(AskedEnough) as refused:
            matches.offer(errand(), volunteer, by=by)
        assert refused.value.until == start + timedelta(days=7)
        assert resting() == {volunteer.pk: refused.value.until}
    with clock.held_at(start + timedelta(days=7)):
        assert matches.offer(errand(), volunteer, by=by).state == MatchState.OFFERED


def test_an_errand_goes_to_a_few_at_once_and_to_all_of_them_or_none(errand, helper):
    by, ask = factories.coordinator(), errand()
    three, paused = [helper() for _ in range(3)], helper(status="paused")
    with pytest.raises(matches.NotEligible) as refused:
        matches.offer_to(ask, [*three, paused], by=by)
    assert str(paused) in str(refused.value)
    assert not ask.matches.exists()
    assert {match.volunteer for match in matches.offer_to(ask, [*three, three[0]], by=by)} == set(three)
    for nobody in ([], [helper() for _ in range(6)]):
        with pytest.raises(ValidationError):
            matches.offer_to(errand(), nobody, by=by)


def test_company_goes_to_one_of_several_chosen_only(errand):
    by, ask = factories.coordinator(), errand(often="weekly")
    with pytest.raises(WrongState):
        matches.offer_to(ask, [factories.volunteer("shop-together", level="enhanced") for _ in range(2)], by=by)
    assert not ask.matches.exists()


def test_whoever_is_late_or_presses_twice_is_told_kindly(errand, helper):
    by, ask = factories.coordinator(), errand()
    first, second = matches.offer_to(ask, [helper(), helper()], by=by)
    matches.say_yes(first, by=first.volunteer.user)
    with pytest.raises(WrongState, match="You have said yes to this already"):
        matches.say_yes(first, by=first.volunteer.user)
    with pytest.raises(WrongState, match="Somebody else was quicker"):
        matches.say_yes(second, by=second.volunteer.user)
    third = matches.offer(errand(), helper(), by=by)
    set_status(third.volunteer, "paused", by=by)
    for verb in (matches.say_yes, matches.decline):
        with pytest.raises(WrongState, match="no longer open"):
            verb(third, by=third.volunteer.user)


def test_the_persons_yes_asks_again_whether_all_is_right_and_sets_the_review_of_what_is_regular(offer_in):
    gone = offer_in(MatchState.INTRODUCED)
    set_status(gone.volunteer, "paused", by=factories.coordinator())
    with pytest.raises(matches.NotEligible):
        matches.start(gone, by=factories.coordinator(), how="phone")
    assert offer_in(MatchState.ACTIVE).review_on is None
    by, ask = factories.coordinator(), factories.ask(activity="shop-together", often="weekly")
    volunteer = factories.volunteer("shop-together", level="enhanced")
    match = matches.introduce(matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user), by=by)
    for how in ("", "by pigeon"):
        with pytest.raises(ValidationError) as refused:
            matches.start(match, by=by, how=how)
        assert refused.value.message_dict == {"how": ["Choose how it was said."]}
    assert matches.start(match, by=by, how="phone").review_on == clock.today() + timedelta(weeks=6)


def test_what_is_not_answered_in_time_lapses_and_never_at_night(errand, helper):
    by = factories.coordinator()
    with clock.held_at(datetime(2026, 11, 24, 18, 30, tzinfo=UTC)):
        urgent = matches.offer(errand(urgency=3), helper(), by=by)
        errand_ = matches.offer(errand(), helper(), by=by)
    assert answer_by(urgent) == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert answer_by(errand_) == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    with clock.held_at(datetime(2026, 11, 25, 9, 59, tzinfo=UTC)):
        assert lapse_some()
    assert not Match.objects.filter(state=MatchState.LAPSED).exists()
    with clock.held_at(datetime(2026, 11, 25, 10, 0, tzinfo=UTC)):
        assert lapse_some()
    assert Match.objects.get(state=MatchState.LAPSED) == urgent
    with clock.held_at(datetime(2026, 11, 26, 18, 30, tzinfo=UTC)):
        assert lapse_some()
    assert Match.objects.filter(state=MatchState.LAPSED).count() == 2


def test_what_is_regular_is_offered_to_one_at_a_time(errand):
    by, ask = factories.coordinator(), errand(often="weekly")
    first, second = (factories.volunteer("shop-together", level="enhanced") for _ in range(2))
    waiting = matches.offer(ask, first, by=by)
    with pytest.raises(WrongState):
        matches.offer(ask, second, by=by)
    matches.decline(waiting, by=first.user)
    assert matches.offer(ask, second, by=by).state == MatchState.OFFERED


def test_a_request_that_names_only_its_need_gets_its_activity_with_the_offer(helper):
    by, ask = factories.coordinator(), factories.ask()
    with pytest.raises(ValidationError):
        matches.offer(ask, helper(), by=by)
    assert matches.offer(ask, helper(), by=by, activity="shop-together").ask.activity == "shop-together"


def test_nobody_is_offered_what_they_may_not_take_and_staff_learn_every_code(errand):
    young = factories.volunteer("deliver-parcel", level="none", status="paused", languages=["polish"], windows=[])
    with pytest.raises(matches.NotEligible) as caught:
        matches.offer(errand(), young, by=factories.coordinator())
    expected = {Code.VOLUNTEER_NOT_ACTIVE, Code.ACTIVITY_NOT_OFFERED, Code.DBS_LEVEL, Code.LANGUAGE, Code.TIME}
    assert set(caught.value.codes) == expected
    assert not any(str(code) in str(caught.value) for code in Code)
    assert not Match.objects.exists()


def test_without_agreement_nothing_is_offered(errand, helper):
    ask = errand(person_=factories.person(agreed=False))
    with pytest.raises(matches.NotEligible) as caught:
        matches.offer(ask, helper(), by=factories.coordinator())
    assert caught.value.codes == (Code.NO_CONSENT,)


def test_agreement_withdrawn_between_yes_and_introduction_refuses_the_introduction(offer_in):
    match, by = offer_in(MatchState.ACCEPTED), factories.coordinator()
    withdraw_agreement(match.ask.person.agreements.get(), by=by)
    with pytest.raises(WrongState):
        matches.introduce(match, by=by)
    match.refresh_from_db()
    assert match.state == MatchState.DECLINED


def test_an_introduction_asks_for_the_agreement_again(offer_in):
    match, by = offer_in(MatchState.ACCEPTED), factories.coordinator()
    match.ask.person.agreements.update(withdrawn_at=clock.now())
    with pytest.raises(matches.NotEligible) as caught:
        matches.introduce(match, by=by)
    assert caught.value.codes == (Code.NO_CONSENT,)


def test_a_yes_is_checked_again_when_it_is_said(errand, helper):
    by, volunteer = factories.coordinator(), helper(capacity=1)
    one, two = (matches.offer(errand(), volunteer, by=by) for _ in range(2))
    matches.say_yes(one, by=volunteer.user)
    with pytest.raises(matches.NotEligible) as caught:
        matches.say_yes(two, by=volunteer.user)
    assert caught.value.codes == (Code.CAPACITY,)
    assert matches.introduce(one, by=by).state == MatchState.INTRODUCED


def test_a_volunteer_who_pauses_is_asked_nothing(errand, helper):
    by, volunteer = factories.coordinator(), helper()
    match = matches.offer(errand(), volunteer, by=by)
    volunteers.set_status(volunteer, "paused", by=by)
    match.refresh_from_db()
    assert match.state == MatchState.LAPSED


def test_an_offer_that_nobody_answers_lapses_by_the_timer(offer_in):
    match = matches.lapse(offer_in(MatchState.OFFERED))
    event = Event.objects.about(match).last()
    assert (event.kind, event.by_id, event.by_role) == ("system.match.lapsed", None, "system")
    with pytest.raises(WrongState):
        matches.lapse(match)


# Who


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
@pytest.mark.parametrize("verb", [matches.say_yes, matches.decline, matches.introduce, matches.start, matches.end])
def test_a_stranger_moves_nothing_whatever_the_state(offer_in, role, verb):
    match = offer_in(MatchState.OFFERED)
    with pytest.raises(PermissionDenied):
        verb(match, by=factories.user(role))


def test_nobody_says_yes_for_a_volunteer(offer_in):
    with pytest.raises(PermissionDenied):
        matches.say_yes(offer_in(MatchState.OFFERED), by=factories.coordinator())


def test_a_volunteer_does_not_introduce_themselves(offer_in):
    match = offer_in(MatchState.ACCEPTED)
    with pytest.raises(PermissionDenied):
        matches.introduce(match, by=match.volunteer.user)


def test_who_is_no_volunteer_any_more_sees_and_answers_nothing(offer_in):
    match = offer_in(MatchState.OFFERED)
    match.volunteer.user.grants.all().delete()
    match.volunteer.user.__dict__.pop("_roles", None)
    with pytest.raises(PermissionDenied):
        matches.say_yes(match, by=match.volunteer.user)


def test_the_person_says_yes_or_no_to_the_one_they_were_introduced_to(offer_in):
    for verb, state in ((matches.start, MatchState.ACTIVE), (matches.decline, MatchState.DECLINED)):
        match, myself = offer_in(MatchState.INTRODUCED), factories.user(Role.PERSON)
        people.link_account(match.ask.person, myself, by=factories.coordinator())
        match.refresh_from_db()
        assert verb(match, by=myself).state == state
    assert Event.objects.of_kind("match.active").get().codes["how"] == "online"


# What a volunteer sees

SECRETS = {"name": "Edith Canary", "phone": "01484 000111", "address": "1 Canary Row", "email": "canary@birds.example", "notes": "frail"}


def test_before_the_yes_a_volunteer_sees_need_area_times_and_reasons_and_nothing_else(errand, helper):
    person = factories.person(
        **SECRETS, facts={"interests": ["chess"]}, safe_contact="ring the daughter", communication_needs="large print"
    )
    ask = errand(person_=person, windows=[[1, 600, 700]], wishes="Canary seed")
    card = matches.offer_card(matches.offer(ask, helper(interests=["chess"]), by=factories.coordinator()))
    shown = dataclasses.asdict(card)
    assert (shown["need"], shown["activity"], shown["area"]) == ("Shopping", "Go shopping together; they pay", "Colne Valley")
    assert shown["windows"] == ((1, 600, 700),)
    assert "You like the same things" in shown["reasons"]
    for secret in (
        *SECRETS.values(),
        "daughter",
        "large print",
        "Canary",
        "HD7",
        str(factories.HOME[0]),
        str(person.pk),
        str(ask.pk),
        "km",
    ):
        assert secret not in repr(shown)


def test_that_they_know_each_other_is_no_reason_a_volunteer_reads(errand, helper):
    by, volunteer, person = factories.coordinator(), helper(), factories.person()
    earlier = matches.offer(errand(person_=person), volunteer, by=by)
    matches.end(matches.start(matches.introduce(matches.say_yes(earlier, by=volunteer.user), by=by), by=by, how="phone"), by=by)
    again = matches.offer(errand(person_=person), volunteer, by=by)
    assert "continuity" in dict(again.explanation)
    assert not any("know" in reason or "before" in reason for reason in matches.offer_card(again).reasons)


def test_after_the_introduction_the_volunteer_sees_whom_to_visit_and_the_look_is_kept(errand, helper):
    by, volunteer, person = factories.coordinator(), helper(), factories.person(**SECRETS)
    match = matches.say_yes(matches.offer(errand(person_=person), volunteer, by=by), by=volunteer.user)
    with pytest.raises(PermissionDenied):
        matches.introduction(match, by=volunteer.user)
    match = matches.introduce(match, by=by)
    seen = matches.introduction(match, by=volunteer.user)
    assert (seen.name, seen.phone, seen.address) == ("Edith Canary", "01484 000111", "1 Canary Row")
    assert not hasattr(seen, "notes")
    look = Look.objects.get()
    assert (look.by_id, look.by_role, look.person_id, look.where) == (volunteer.user.pk, "volunteer", person.pk, "introduction")


@pytest.mark.parametrize("state", [state for state in MatchState if state not in (MatchState.INTRODUCED, MatchState.ACTIVE)])
def test_before_and_after_nobody_sees_who_it_is(offer_in, state):
    match = offer_in(state)
    with pytest.raises(PermissionDenied):
        matches.introduction(match, by=match.volunteer.user)


def test_another_volunteer_never_sees_who_it_is(offer_in, helper):
    with pytest.raises(PermissionDenied):
        matches.introduction(offer_in(MatchState.ACTIVE), by=helper().user)


def test_a_closed_request_is_neither_taken_nor_introduced(offer_in):
    by, match = factories.coordinator(), offer_in(MatchState.ACCEPTED)
    asks.meet(match.ask, by=by)
    with pytest.raises(WrongState):
        matches.introduce(match, by=by)


def test_a_state_that_was_changed_by_hand_is_found(offer_in):
    match = offer_in(MatchState.OFFERED)
    Match.objects.filter(pk=match.pk).update(state=MatchState.ENDED, ended_at=clock.now())
    assert [fault.code for fault in verify() if fault.code == "match_state"] == ["match_state"]


def test_nobody_is_asked_or_introduced_for_somebody_who_is_not_to_be_contacted(errand, helper):
    by, ask = factories.coordinator(), errand()
    people.correct_person(ask.person, by=by, do_not_contact=True)
    with pytest.raises(WrongState, match="rests"):
        matches.offer(ask, helper(), by=by)
    assert ask not in waiting()
    assert not Match.objects.exists()
