"""Visits: every move by the table and by whoever's visit it is; what hangs on a match ends with it; the wall clock decides."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches
from matching.models import Task, Visit
from matching.people import correct_person
from matching.states import AskState, MatchState, VisitState
from matching.visiting.hours import hours_of
from matching.visiting.moves import cancel, done, missed, replace
from matching.visiting.planning import NotOnThatDay, plan, plan_care_visit
from matching.visiting.series import agree_times, plan_ahead_some
from matching.visiting.trial import ask_both_some, begin, go_on, plan_trial, seen
from matching.visits.times import moment_of, written
from matching.volunteers import set_status
from tests import factories
from tests.matching.visiting.conftest import at, begun

pytestmark = pytest.mark.django_db
TOMORROW, YESTERDAY = timedelta(days=1), timedelta(days=-1)


def test_a_volunteer_plans_and_tells_of_their_own_visit(pair):
    visit = plan(pair, at(-1), by=pair.volunteer.user, minutes=45)
    assert (visit.person, visit.volunteer, visit.state) == (pair.ask.person, pair.volunteer, "planned")
    visit = done(visit, by=pair.volunteer.user, minutes=50, note="All well.")
    assert (visit.state, visit.minutes_done, visit.note) == ("done", 50, "All well.")
    assert hours_of(pair.volunteer, clock.today() - timedelta(days=2), clock.today()) == 50 / 60
    assert hours_of(pair.volunteer, clock.today() - timedelta(days=9), clock.today() - timedelta(days=8)) == 0
    assert verify() == []


def test_two_clicks_plan_one_visit_and_the_second_done_says_so(pair):
    moment = at(-1)
    assert plan(pair, moment, by=pair.volunteer.user) == plan(pair, moment, by=factories.coordinator())
    visit = done(Visit.objects.get(), by=pair.volunteer.user)
    with pytest.raises(WrongState, match="noted already"):
        done(visit, by=pair.volunteer.user)
    with pytest.raises(WrongState):
        missed(visit, by=pair.volunteer.user)


def test_strangers_other_volunteers_and_other_roles_move_nothing(pair, helper):
    visit = plan(pair, at(-1), by=factories.coordinator())
    strangers = [helper().user, factories.user(Role.CARE_WORKER), factories.user(Role.SAFEGUARDING_LEAD), factories.user(Role.FAMILY)]
    for stranger, verb in product(strangers, (done, missed, cancel, replace)):
        with pytest.raises(PermissionDenied):
            verb(visit, by=stranger)
    with pytest.raises(PermissionDenied):
        plan(pair, at(1), by=strangers[0])
    assert Visit.objects.get().state == "planned"


def test_what_is_to_come_is_neither_done_nor_missed_and_nobody_plans_in_another_year(pair):
    visit = plan(pair, at(1), by=factories.coordinator())
    for verb in (done, missed):
        with pytest.raises(WrongState, match="still to come"):
            verb(visit, by=factories.coordinator())
    for moment, minutes in ((at(-100), 60), (at(500), 60), (at(1), 2), (at(1), 1441)):
        with pytest.raises(ValidationError):
            plan(pair, moment, by=factories.coordinator(), minutes=minutes)


@pytest.mark.parametrize("state", [MatchState.OFFERED, MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.DECLINED, MatchState.ENDED])
def test_who_does_not_meet_has_no_visits(offer_in, state):
    with pytest.raises(WrongState):
        plan(offer_in(state), at(1), by=factories.coordinator())


def test_a_missed_visit_is_rung_about_once_and_the_person_is_told_when_somebody_cannot_come(pair):
    missed(plan(pair, at(-1), by=pair.volunteer.user), by=pair.volunteer.user, note="Nobody opened.")
    ring = Task.objects.get()
    assert (ring.kind, ring.match, ring.person) == ("ring", pair, pair.ask.person)
    cancel(plan(pair, at(1), by=pair.volunteer.user), by=pair.volunteer.user)
    assert Task.objects.count() == 2
    cancel(plan(pair, at(2), by=pair.volunteer.user), by=factories.coordinator())
    assert Task.objects.count() == 2


def test_another_moment_takes_the_place_of_a_visit(pair):
    visit, later = plan(pair, at(1), by=pair.volunteer.user), at(3)
    new = replace(visit, by=pair.volunteer.user, starts_at=later)
    visit.refresh_from_db()
    assert (visit.state, new.replaces, new.starts_at, new.state) == ("replaced", visit, later, "planned")
    with pytest.raises(ValidationError):
        replace(new, by=pair.volunteer.user)
    plan(pair, at(5), by=pair.volunteer.user)
    with pytest.raises(WrongState):
        replace(new, by=pair.volunteer.user, starts_at=Visit.objects.order_by("-starts_at").first().starts_at)
    assert verify() == []


def test_somebody_else_stands_in_only_by_a_coordinator_and_only_who_may(pair, helper):
    visit = plan(pair, at(1), by=factories.coordinator())
    other, unchecked = helper(), factories.volunteer("shop-together", level="none", capacity=0)
    with pytest.raises(PermissionDenied):
        replace(visit, by=pair.volunteer.user, volunteer=other)
    with pytest.raises(NotOnThatDay):
        replace(visit, by=factories.coordinator(), volunteer=unchecked)
    new = replace(visit, by=factories.coordinator(), volunteer=other)
    assert (new.volunteer, new.match, new.starts_at) == (other, pair, visit.starts_at)
    with pytest.raises(PermissionDenied):
        cancel(new, by=pair.volunteer.user)
    with clock.held_at(new.starts_at + timedelta(hours=2)), pytest.raises(PermissionDenied):
        done(new, by=other.user, last=True)
    pair.refresh_from_db()
    assert pair.state == MatchState.ACTIVE


def test_on_the_day_the_volunteer_is_active_and_checked(pair):
    with pytest.raises(NotOnThatDay) as refused, clock.held_at(clock.now() + timedelta(days=3 * 365)):
        plan(pair, clock.now() + timedelta(days=1), by=factories.coordinator())
    assert [str(code) for code in refused.value.codes] == ["dbs_out_of_date"]
    set_status(pair.volunteer, "paused", by=factories.coordinator())
    with pytest.raises(NotOnThatDay):
        plan(pair, at(1), by=pair.volunteer.user)


def test_an_errand_is_done_met_and_ended_in_one_step_by_a_coordinator(pair):
    done(plan(pair, at(-1), by=factories.coordinator()), by=factories.coordinator(), last=True)
    pair.refresh_from_db()
    assert (pair.state, pair.ask.state) == (MatchState.ENDED, AskState.MET)
    assert verify() == []


def test_the_volunteer_ends_the_errand_and_the_coordinator_says_that_it_is_met(pair):
    done(plan(pair, at(-1), by=pair.volunteer.user), by=pair.volunteer.user, last=True)
    pair.refresh_from_db()
    assert (pair.state, pair.ask.state) == (MatchState.ENDED, AskState.OPEN)


def test_what_is_to_come_is_cancelled_with_the_match_the_request_and_the_contact(offer_in):
    by = factories.coordinator()
    stops = {
        "volunteer ends": lambda pair: matches.end(pair, by=pair.volunteer.user),
        "withdrawn": lambda pair: asks.withdraw(pair.ask, by=by),
        "not to be contacted": lambda pair: correct_person(pair.ask.person, by=by, do_not_contact=True),
    }
    for why, stop in stops.items():
        pair = offer_in(MatchState.ACTIVE)
        past, coming = plan(pair, at(-1), by=by), plan(pair, at(1), by=by)
        stop(pair)
        past.refresh_from_db()
        coming.refresh_from_db()
        assert (past.state, coming.state) == ("planned", "cancelled"), why
        with pytest.raises(WrongState):
            plan(pair, at(2), by=by)
    assert verify() == []


def test_two_trial_visits_then_both_are_asked_and_after_six_weeks_again(weekly):
    by, first = factories.coordinator(), moment_of(clock.today() + timedelta(days=2), 10 * 60)
    match = begin(weekly, first, by=by, how="phone")
    trials = list(match.visits.order_by("starts_at"))
    assert [visit.starts_at for visit in trials] == [first, moment_of(clock.today() + timedelta(days=9), 600)]
    assert all(visit.trial and visit.minutes == 90 for visit in trials)
    with pytest.raises(WrongState, match="planned already"):
        plan_trial(match, at(20), by=by)
    with clock.held_at(first + timedelta(days=8)):
        done(trials[0], by=match.volunteer.user)
        assert not Task.objects.exists()
        done(trials[1], by=match.volunteer.user)
    trial = Task.objects.get()
    assert (trial.kind, trial.match) == ("review", match)

    weekday = clock.local(first).weekday()
    with clock.held_at(first + timedelta(days=9)):
        match = go_on(match, by=by, times=[[weekday, 600]])
        assert match.review_on == clock.today() + timedelta(weeks=6)
        assert match.visits.filter(state="planned", trial=False).count() == 4
    trial.refresh_from_db()
    assert trial.state == "dropped"

    with clock.held_at(first + timedelta(days=9 + 6 * 7)):
        assert ask_both_some()
        assert ask_both_some()
        review = Task.objects.get(state="open", kind="review")
        match = go_on(match, by=by)
        assert match.review_on is None
        assert ask_both_some()
    review.refresh_from_db()
    assert review.state == "dropped"
    assert not Task.objects.filter(state="open", kind="review").exists()
    assert verify() == []


def test_the_missing_trial_visit_alone_is_planned_and_by_nobody_else(weekly, helper):
    by = factories.coordinator()
    match = begin(weekly, at(2), by=by, how="phone")
    cancel(match.visits.order_by("starts_at").last(), by=by)
    with pytest.raises(PermissionDenied):
        plan_trial(match, at(20), by=helper().user)
    first = match.visits.order_by("starts_at")[0]
    for moment in (first.starts_at, at(-1)):
        with pytest.raises(ValidationError):
            plan_trial(match, moment, by=by)
    with pytest.raises(ValidationError, match="still to come"):
        replace(first, by=by, starts_at=at(-1))
    assert [visit.trial for visit in plan_trial(match, at(20), by=by)] == [True]


def test_going_on_is_refused_to_a_page_that_has_grown_old(weekly):
    by = factories.coordinator()
    match = begun(weekly, days=20)
    mark = seen(match)
    match = go_on(match, by=by, times=[[1, 600]], mark=mark)
    with clock.held_at(at(43)):
        later = seen(match)
        match = go_on(match, by=by, mark=later)
        for old in (mark, later):
            with pytest.raises(WrongState, match="Since you opened"):
                go_on(match, by=by, times=[[2, 600]], mark=old)
    match.refresh_from_db()
    assert (match.review_on, match.times) == (None, [[1, 600]])


def test_either_may_end_it_and_what_was_to_be_asked_is_asked_no_more(weekly):
    by = factories.coordinator()
    match = begun(weekly, days=15)
    for visit in match.visits.order_by("starts_at"):
        done(visit, by=match.volunteer.user)
    agree_times(match, [[0, 600]], by=by)
    matches.end(match, by=match.volunteer.user)
    assert list(Task.objects.filter(state="open").values_list("kind", flat=True)) == ["ring"]  # the person is told
    assert not match.visits.filter(state="planned").exists()
    assert plan_ahead_some()
    assert not match.visits.filter(state="planned").exists()


@pytest.mark.parametrize("days", [500, -1])
def test_nothing_is_begun_where_the_first_visit_cannot_be(weekly, days):
    with pytest.raises(ValidationError):
        begin(weekly, at(days), by=factories.coordinator(), how="phone")
    weekly.refresh_from_db()
    assert weekly.state == MatchState.INTRODUCED


def test_the_timer_plans_four_weeks_and_leaves_what_was_moved_or_cancelled(weekly):
    by = factories.coordinator()
    weekly = begun(weekly, days=20)
    weekday = (clock.today() + timedelta(days=1)).weekday()
    planned = agree_times(weekly, [[weekday, 14 * 60]], by=by)
    assert len(planned) == 4
    cancel(planned[0], by=by)
    replace(planned[1], by=by, starts_at=planned[1].starts_at + timedelta(days=1))
    before = weekly.visits.count()
    assert plan_ahead_some()
    assert weekly.visits.count() == before
    with clock.held_at(clock.now() + timedelta(days=7)):
        assert plan_ahead_some()
        assert plan_ahead_some()
    assert weekly.visits.count() == before + 1
    agree_times(weekly, [], by=by)
    assert [visit.replaces for visit in weekly.visits.filter(state="planned", starts_at__gt=clock.now())] == [planned[1]]


def test_a_pause_and_a_check_that_runs_out_stop_the_timer(weekly):
    by = factories.coordinator()
    weekly = begun(weekly, days=20)
    agree_times(weekly, [[clock.today().weekday(), 0]], by=by)
    planned = weekly.visits.filter(trial=False)
    before = planned.count()
    with clock.held_at(clock.now() + timedelta(days=3 * 365 - 10)):
        plan_ahead_some()
        assert planned.count() == before + 1  # the check is due in ten days
    set_status(weekly.volunteer, "paused", by=by)
    with clock.held_at(clock.now() + timedelta(days=14)):
        plan_ahead_some()
        assert planned.count() == before + 1


@pytest.mark.parametrize("changes", [date(2027, 3, 28), date(2027, 10, 31)])
def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change(weekly, changes):
    by = factories.coordinator()
    with clock.held_at(datetime.combine(changes - timedelta(days=10), time(12), UTC)):
        weekly = begun(weekly, days=20)
        planned = agree_times(weekly, [[6, 10 * 60], [0, 10 * 60]], by=by)
    local = [clock.local(visit.starts_at) for visit in planned]
    assert {(moment.hour, moment.minute) for moment in local} == {(10, 0)}
    assert len({visit.starts_at.hour for visit in planned}) == 2
    assert changes in {moment.date() for moment in local}


def test_a_time_that_does_not_exist_is_refused_on_a_form_and_moved_in_a_series_and_one_that_comes_twice_is_the_first():
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    with pytest.raises(ValidationError):
        written(spring, time(1, 30))
    assert moment_of(spring, 90) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert clock.local(moment_of(spring, 90)).hour == 2
    assert written(autumn, time(1, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert moment_of(autumn, 60) < moment_of(autumn, 120) - timedelta(hours=1)


def test_a_care_worker_plans_and_tells_of_own_visits_to_own_people_only():
    tess, by = factories.user(Role.CARE_WORKER), factories.coordinator()
    own, other = factories.person(by=tess, agreed=False), factories.person()
    visit = plan_care_visit(own, tess, at(-1), by=tess, minutes=30)
    assert plan_care_visit(own, tess, visit.starts_at, by=tess) == visit
    with pytest.raises(PermissionDenied):
        plan_care_visit(other, tess, at(1), by=tess)
    with pytest.raises(PermissionDenied):
        plan_care_visit(own, tess, at(1), by=factories.user(Role.CARE_WORKER))
    with pytest.raises(ValidationError):
        plan_care_visit(other, factories.user(Role.PARTNER), at(1), by=by)
    plan_care_visit(other, tess, at(1), by=by)
    plan_care_visit(other, tess, at(2), by=tess)
    assert done(visit, by=tess, minutes=25).minutes_done == 25
    for stranger in (factories.user(Role.CARE_WORKER), factories.user(Role.VOLUNTEER)):
        with pytest.raises(PermissionDenied):
            cancel(Visit.objects.filter(state=VisitState.PLANNED).first(), by=stranger)
    correct_person(other, by=by, do_not_contact=True)
    assert not Visit.objects.filter(person=other, state=VisitState.PLANNED).exists()
    assert verify() == []
