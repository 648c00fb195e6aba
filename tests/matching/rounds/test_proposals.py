"""A round at the desk: proposed, changed, confirmed; who may, what is checked again, and what two clicks do."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches
from matching.agreements import withdraw_agreement
from matching.desk_states import RoundState
from matching.models import Ask, Match, Round, Volunteer
from matching.rounds.confirming import confirm
from matching.rounds.proposals import StaleRound, drop, pin, propose_round, solve_again, strike, unpin, unstrike
from matching.states import MatchState
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return factories.coordinator()


def pairs(row):
    return {(UUID(each["ask"]), UUID(each["volunteer"])) for each in row.rows}


def states(row):
    return [each["state"] for each in row.rows]


def test_a_round_serves_more_than_first_come_first_served(by, errand, helper):
    """The first who asked could have either helper; the second only the one who speaks Punjabi, whom the first would take."""
    first = errand(person_=factories.person(facts={"languages": ["english", "punjabi"], "interests": ["chess"]}))
    second = errand(person_=factories.person(facts={"languages": ["punjabi"]}))
    english, punjabi = helper(), helper(languages=["punjabi"], interests=["chess"])
    row = propose_round(by=by)

    assert pairs(row) == {(first.pk, english.pk), (second.pk, punjabi.pk)}
    assert row.figures["ways"]["round"]["served"] == 2
    assert row.figures["ways"]["arrival"]["served"] == row.figures["ways"]["best_pair"]["served"] == 1
    assert Match.objects.count() == 0


def test_the_most_urgent_comes_first_and_then_who_has_waited_longest(by, errand, helper):
    soon, urgent = errand(), errand(urgency=Ask.Urgency.TODAY)
    longest = errand()
    Ask.objects.filter(pk=longest.pk).update(made_at=clock.now() - timedelta(days=30))
    helper(capacity=2)
    row = propose_round(by=by)

    assert [UUID(each["ask"]) for each in row.rows] == [urgent.pk, longest.pk]
    assert row.gaps == [{"ask": str(soon.pk), "nearest_miss": None, "may": 1, "not_now": 0}]


def test_who_is_not_served_has_the_nearest_miss(by, errand, helper):
    helper(languages=["urdu"])
    ask = errand()

    assert propose_round(by=by).gaps == [{"ask": str(ask.pk), "nearest_miss": "language", "may": 0, "not_now": 0}]


def test_the_parts_add_up_and_the_second_person_of_a_volunteer_costs(by, errand, helper):
    errand(), errand()
    helper(capacity=2)
    row = propose_round(by=by)

    assert len(row.rows) == 2
    assert all(each["points"] == sum(points for _, points in each["parts"]) for each in row.rows)
    assert sum(each["points"] for each in row.rows) == row.figures["score"]
    assert ["spread", -20] in row.rows[1]["parts"]


def test_two_errands_at_the_same_time_are_flagged(by, errand, helper):
    for _ in range(2):
        errand(windows=[[0, 540, 600]])
    errand(windows=[[2, 540, 600]])
    helper(capacity=3)
    row = propose_round(by=by)

    assert [each["flags"] for each in row.rows] == [["same_time"], ["same_time"], []]


def test_only_requests_that_nobody_is_on_and_that_say_what_is_to_be_done(by, errand, helper, offer_in):
    offer_in(MatchState.OFFERED)
    offer_in(MatchState.ACTIVE)
    factories.ask()
    open_one = errand()
    helper()
    row = propose_round(by=by)

    assert [UUID(each["ask"]) for each in row.rows] == [open_one.pk]
    assert row.figures["unsaid"] == 1


def test_company_and_regular_help_are_introduced_one_pair_at_a_time_and_left_out(by, errand, helper):
    ask, weekly, company = errand(), errand(often="weekly"), factories.ask(activity="befriend-at-home", need_="friendships")
    willing = factories.volunteer("shop-together", "befriend-at-home", level="enhanced", capacity=3)
    row = propose_round(by=by)

    assert [UUID(each["ask"]) for each in row.rows] == [ask.pk]
    assert (row.gaps, row.figures["asks"], row.figures["one_by_one"], row.figures["unsaid"]) == ([], 1, 2, 0)
    for other in (weekly, company):
        with pytest.raises(WrongState, match="one pair at a time"):
            pin(row, other, willing, by=by)
    Ask.objects.filter(pk=ask.pk).update(often=Ask.Often.WEEKLY)
    assert [(each["state"], each["codes"]) for each in confirm(row, by=by).rows] == [("refused", ["gone_on"])]
    assert Match.objects.count() == 0


def test_the_same_form_proposes_one_round_and_another_form_another(by):
    rows = [propose_round(by=by, once=mark) for mark in ("one", "one", "two", "", "")]

    assert [row.number for row in rows] == [101, 101, 102, 103, 104]
    assert propose_round(by=factories.coordinator(), once="one").number == 105


def test_what_nobody_has_looked_at_stays_proposed_and_is_asked_later(by, errand, helper):
    first, second, third, fourth = (errand() for _ in range(4))
    for _ in range(4):
        helper()
    row = propose_round(by=by)
    row = pin(row, first, Volunteer.objects.get(pk=next(each["volunteer"] for each in row.rows if each["ask"] == str(first.pk))), by=by)
    row = confirm(row, chosen=[first.pk], seen=[first.pk, second.pk], by=by)

    told = {UUID(each["ask"]): each["state"] for each in row.rows}
    assert told == {first.pk: "offered", second.pk: "left", third.pk: "proposed", fourth.pk: "proposed"}
    assert (row.state, row.pins, [match.ask_id for match in Match.objects.all()]) == (RoundState.PROPOSED, [], [first.pk])
    row = solve_again(row, by=by, version=row.version)
    assert {UUID(each["ask"]): each["state"] for each in row.rows} == told
    assert row.figures["let_go"] == []
    with pytest.raises(ValidationError):
        confirm(row, chosen=[first.pk, second.pk], by=by)
    row = confirm(row, chosen=[third.pk], seen=[third.pk, fourth.pk], by=by)
    assert (row.state, states(row)) == (RoundState.CONFIRMED, ["offered", "left", "offered", "left"])
    assert [event.kind for event in Event.objects.about(row)][-3:] == ["round.asked", "round.solved_again", "round.confirmed"]
    assert verify() == []


def test_what_was_left_can_be_kept_after_all_and_the_rest_dropped(by, errand, helper):
    first, second, third = (errand() for _ in range(3))
    willing = [helper() for _ in range(3)]
    row = confirm(propose_round(by=by), chosen=[first.pk], seen=[first.pk, second.pk], by=by)
    free = next(each for each in willing if not Match.objects.filter(volunteer=each).exists())
    row = pin(row, second, free, by=by)
    assert {UUID(each["ask"]): each["state"] for each in row.rows} == {first.pk: "offered", second.pk: "proposed", third.pk: "proposed"}
    row = drop(row, by=by)
    assert (row.state, Match.objects.count()) == (RoundState.DROPPED, 1)


def test_who_said_no_to_a_request_is_not_asked_again_for_it(by, errand, helper):
    ask, willing = errand(), helper()
    match = matches.offer(ask, willing, by=by)
    matches.decline(match, by=willing.user)
    row = propose_round(by=by)

    assert row.rows == []
    assert row.gaps == [{"ask": str(ask.pk), "nearest_miss": None, "may": 0, "not_now": 1}]


def test_nobody_is_proposed_for_more_than_they_may_be_asked_for(by, errand, helper, settings):
    settings.OFFERS_IN_A_WEEK = 2
    for _ in range(4):
        errand()
    willing, resting = helper(capacity=4), helper(capacity=4)
    refused = matches.offer(errand(), resting, by=by)
    matches.decline(refused, by=resting.user)
    row = confirm(propose_round(by=by), by=by)

    assert states(row) == ["offered", "offered"]
    assert {each["volunteer"] for each in row.rows} == {str(willing.pk)}
    again = propose_round(by=by)
    assert again.rows == []
    assert [(each["may"], each["not_now"]) for each in again.gaps] == [(0, 2)] * 3


def test_a_pin_stays_and_a_strike_is_kept_out(by, errand, helper):
    ask, near, other = errand(), helper(), helper()
    row = propose_round(by=by)
    first, second = (near, other) if (ask.pk, near.pk) in pairs(row) else (other, near)
    row = strike(row, ask, first, by=by, version=row.version)
    assert pairs(row) == {(ask.pk, second.pk)}
    row = unstrike(row, ask, first, by=by, version=row.version)
    assert pairs(row) == {(ask.pk, first.pk)}
    row = pin(row, ask, second, by=by, version=row.version)
    assert pairs(row) == {(ask.pk, second.pk)}
    assert row.pins == [[str(ask.pk), str(second.pk)]]
    row = unpin(row, ask, second, by=by, version=row.version)
    assert pairs(row) == {(ask.pk, first.pk)}
    row = strike(pin(row, ask, second, by=by), ask, second, by=by)
    assert (row.pins, len(row.strikes)) == ([], 1)
    assert Match.objects.count() == 0


def test_a_pin_that_cannot_be_is_refused_and_nothing_changes(by, errand, helper):
    ask, other, able, unable = errand(), errand(), helper(capacity=1), helper(languages=["urdu"])
    row = propose_round(by=by)
    with pytest.raises(WrongState):
        pin(row, ask, unable, by=by)
    row = pin(row, ask, able, by=by)
    with pytest.raises(WrongState, match="no room"):
        pin(row, other, able, by=by)
    assert Round.objects.get().version == row.version


def test_a_pin_that_no_longer_holds_is_let_go_and_told(by, errand, helper):
    ask, leaving = errand(), helper()
    row = pin(propose_round(by=by), ask, leaving, by=by)
    set_status(leaving, "paused", by=by)
    row = solve_again(row, by=by)

    assert (row.pins, row.rows) == ([], [])
    assert row.figures["let_go"] == [[str(ask.pk), str(leaving.pk)]]


def test_confirmed_pairs_are_offers_and_a_new_round_proposes_nothing(by, errand, helper):
    wanted = [errand(), errand(), errand(windows=[[1, 240, 400], [3, 540, 700]])]
    for _ in range(2):
        factories.volunteer("shop-together", level="enhanced", capacity=2)
    row = confirm(propose_round(by=by), by=by)

    assert states(row) == ["offered"] * 3
    assert (row.state, row.ended_by) == (RoundState.CONFIRMED, by)
    assert {match.ask_id for match in Match.objects.filter(state=MatchState.OFFERED)} == {ask.pk for ask in wanted}
    for match in Match.objects.all():
        matches.say_yes(match, by=match.volunteer.user)
    again = propose_round(by=by)
    assert (again.rows, again.gaps) == ([], [])
    assert verify() == []


def test_some_are_confirmed_and_the_others_stay_open_for_the_next_round(by, errand, helper):
    one, other = errand(), errand()
    helper(), helper()
    row = confirm(propose_round(by=by), chosen=[one.pk], by=by)

    assert {each["ask"]: each["state"] for each in row.rows} == {str(one.pk): "offered", str(other.pk): "left"}
    assert [UUID(each["ask"]) for each in propose_round(by=by).rows] == [other.pk]


@pytest.mark.parametrize("chosen", [[], [UUID(int=1)]])
def test_something_must_be_chosen(by, errand, helper, chosen):
    errand(), helper()
    row = propose_round(by=by)
    with pytest.raises(ValidationError):
        confirm(row, chosen=chosen, by=by)
    assert Round.objects.get().state == RoundState.PROPOSED


def test_what_no_longer_holds_at_confirmation_is_refused_with_its_reason_and_the_others_go_through(by, errand, helper):
    people = [factories.person() for _ in range(5)]
    agreeing, withdrawing, pausing, taken, withdrawn = (errand(person_=person) for person in people)
    for _ in range(5):
        helper()
    row = propose_round(by=by)
    chosen_for = {each["ask"]: UUID(each["volunteer"]) for each in row.rows}
    withdraw_agreement(people[1].agreements.get(), by=by)
    set_status(Volunteer.objects.get(pk=chosen_for[str(pausing.pk)]), "paused", by=by)
    offered = matches.offer(taken, Volunteer.objects.get(pk=chosen_for[str(agreeing.pk)]), by=by)
    matches.say_yes(offered, by=offered.volunteer.user)
    matches.decline(Match.objects.get(pk=offered.pk), by=offered.volunteer.user)
    before = Match.objects.count()
    asks.withdraw(withdrawn, by=by)
    row = confirm(row, by=by)

    told = {each["ask"]: (each["state"], each.get("codes")) for each in row.rows}
    assert told[str(agreeing.pk)] == ("offered", None)
    assert told[str(taken.pk)] == ("offered", None)
    assert told[str(withdrawing.pk)] == ("refused", ["no_consent"])
    assert told[str(pausing.pk)] == ("refused", ["volunteer_not_active"])
    assert told[str(withdrawn.pk)] == ("refused", ["gone_on"])
    assert Match.objects.count() == before + 2
    assert verify() == []


def test_a_stale_page_changes_nothing(by, errand, helper):
    ask, willing = errand(), helper()
    seen = propose_round(by=by)
    solve_again(seen, by=by)
    for verb in (pin, unpin, strike, unstrike):
        with pytest.raises(StaleRound):
            verb(seen, ask, willing, by=by, version=seen.version)
    for verb in (confirm, drop, solve_again):
        with pytest.raises(StaleRound):
            verb(seen, by=by, version=seen.version)
    assert Match.objects.count() == 0


def test_a_round_that_has_ended_does_not_move_any_more(by, errand, helper):
    ask, willing = errand(), helper()
    for end in (drop, confirm):
        row = end(propose_round(by=by), by=by)
        for verb in (confirm, drop, solve_again):
            with pytest.raises(WrongState):
                verb(row, by=by)
        with pytest.raises(WrongState):
            pin(row, ask, willing, by=by)
    assert Match.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators_have_to_do_with_rounds(by, errand, helper, role):
    ask, willing, stranger = errand(), helper(), factories.user(role)
    row = propose_round(by=by)
    doings = [
        lambda: propose_round(by=stranger),
        lambda: confirm(row, by=stranger),
        lambda: drop(row, by=stranger),
        lambda: solve_again(row, by=stranger),
        *(lambda verb=verb: verb(row, ask, willing, by=stranger) for verb in (pin, unpin, strike, unstrike)),
    ]
    for doing in doings:
        with pytest.raises(PermissionDenied):
            doing()
    assert Round.objects.count() == 1


def test_the_journal_tells_every_step_and_nothing_about_anybody(by, errand, helper):
    ask, willing = errand(), helper()
    row = confirm(pin(propose_round(by=by), ask, willing, by=by), by=by)
    drop(propose_round(by=by), by=by)
    told = Event.objects.about(row)

    assert [event.kind for event in told] == ["round.proposed", "round.pinned", "round.confirmed"]
    assert told[1].codes == {"served": 1, "ask": str(ask.pk), "volunteer": str(willing.pk)}
    assert told[2].codes == {"from": "proposed", "to": "confirmed", "offered": 1, "refused": 0}
    assert verify() == []
    assert ask.person.name not in str([row.rows, row.gaps, row.figures, row.pins])


def test_proposals_are_numbered_one_after_the_other(by):
    assert [propose_round(by=by).number for _ in range(3)] == [101, 102, 103]
