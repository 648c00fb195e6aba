"""The timer plans nothing that the verb would refuse: it skips, and tells the desk once."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from directory.journal.verifying import verify
from matching.models import Task, Volunteer, VolunteerActivity
from matching.suggesting.facts import helpers
from matching.tasks import do_task
from matching.visiting.moves import cancel
from matching.visiting.planning import NotOnThatDay, plan
from matching.visiting.series import agree_times, plan_ahead_some
from matching.visits.times import bounds, moment_of, wall_minute, weekly
from matching.volunteering.standing import come_back_some
from matching.volunteers import set_status
from tests import factories
from tests.matching.visiting.conftest import at

TIMES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 24 * 60 - 1)), max_size=8)
CHANGES = [date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29)]


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def in_the_gap(day: date, minute: int) -> bool:
    """On the night of spring the clocks go from one to two."""
    return day == last_sunday(day.year, 3) and 60 <= minute < 120


@given(times=TIMES, first=st.dates(date(2026, 1, 1), date(2031, 12, 31)), days=st.integers(0, 40))
def test_every_agreed_time_of_every_week_comes_once_by_the_clock_on_the_wall(times, first, days):
    last = first + timedelta(days=days)
    moments = weekly(times, first, last)
    assert all(earlier < later for earlier, later in pairwise(moments))
    begins, ends = bounds(first, last)
    assert all(begins <= moment < ends for moment in moments)
    shown = {(clock.local(moment).date(), wall_minute(moment)) for moment in moments}
    for step in range(days + 1):
        day = first + timedelta(days=step)
        asked = {minute for weekday, minute in times if weekday == day.weekday()}
        assert {minute for there, minute in shown if there == day} == {
            minute + 60 if in_the_gap(day, minute) else minute for minute in asked
        }


@given(day=st.sampled_from(CHANGES), minute=st.integers(0, 24 * 60 - 1))
def test_on_the_days_on_which_the_clocks_change_a_time_is_what_the_wall_shows_and_the_first_of_two(day, minute):
    moment = moment_of(day, minute)
    assert wall_minute(moment) == (minute + 60 if in_the_gap(day, minute) else minute)
    earlier = moment - timedelta(hours=1)
    assert (clock.local(earlier).date(), wall_minute(earlier)) != (day, minute)


@pytest.mark.django_db
@pytest.mark.parametrize("changes", CHANGES[1:3])
def test_two_times_that_fall_together_in_the_night_of_spring_are_one_visit(meets, changes):
    with clock.held_at(datetime.combine(changes - timedelta(days=10), time(12), UTC)):
        match = meets()
        made = agree_times(match, [[6, 90], [6, 150]], by=factories.coordinator())
        assert len(made) == len({visit.starts_at for visit in made}) == (7 if changes.month == 3 else 8)


@pytest.mark.django_db
class TestTheTimer:
    def agreed(self, meets):
        match = meets()
        agree_times(match, [[(clock.today() + timedelta(days=1)).weekday(), 10 * 60]], by=factories.coordinator())
        return match

    def after(self, match, days: int) -> int:
        """How many visits the timer adds so many days later, over several runs."""
        before = match.visits.count()
        with clock.held_at(at(days)):
            for _ in range(3):
                assert plan_ahead_some()
        return match.visits.count() - before

    def told(self, match) -> list[Task]:
        return list(match.tasks.filter(once__startswith="not-planned-", state="open"))

    def test_a_check_that_runs_out_within_the_four_weeks_stops_it_on_that_day_and_says_so_once(self, meets):
        match = self.agreed(meets)
        assert self.after(match, 7) == 1
        match.volunteer.recheck_due = clock.today() + timedelta(days=36)
        match.volunteer.save()
        assert self.after(match, 14) == 1
        assert self.told(match) == []
        assert self.after(match, 21) == 0
        [task] = self.told(match)
        assert str(match.volunteer) in task.words
        assert self.after(match, 28) == 0
        assert self.told(match) == [task]
        do_task(task, by=factories.coordinator())
        assert self.after(match, 28) == 0
        assert self.told(match) == []
        assert verify() == []

    def test_a_check_that_is_too_low_now_stops_it_as_it_stops_the_verb(self, meets):
        match = self.agreed(meets)
        Volunteer.objects.filter(pk=match.volunteer.pk).update(check_level="none")
        assert self.after(match, 7) == 0
        [task] = self.told(match)
        assert task.match == match
        with clock.held_at(at(7)), pytest.raises(NotOnThatDay):
            plan(match, at(28), by=factories.coordinator())

    def test_a_training_that_ends_before_the_day_counts_as_none_on_it(self, meets):
        match = self.agreed(meets)
        row = VolunteerActivity.objects.get(volunteer=match.volunteer)
        row.trained_on, row.trained_until = clock.today(), clock.today() + timedelta(days=3)
        row.save()
        known = Volunteer.objects.filter(pk=match.volunteer.pk)
        assert helpers(known)[0].facts.trained_for == {"shop-together"}
        assert helpers(known, on=clock.today() + timedelta(days=4))[0].facts.trained_for == frozenset()

    def test_a_pair_that_is_refused_does_not_make_the_job_run_for_ever(self, meets):
        match = self.agreed(meets)
        Volunteer.objects.filter(pk=match.volunteer.pk).update(check_level="none")
        with clock.held_at(at(7)):
            assert plan_ahead_some()
            assert plan_ahead_some()
        assert len(self.told(match)) == 1

    def test_times_that_were_changed_and_changed_back_are_planned_again_and_what_was_called_off_is_not(self, meets):
        match, by = meets(), factories.coordinator()
        first, second = ((clock.today() + timedelta(days=days)).weekday() for days in (1, 3))
        planned = agree_times(match, [[first, 600]], by=by)
        cancel(planned[1], by=by)
        assert len(agree_times(match, [[second, 600]], by=by)) == 4
        again = agree_times(match, [[first, 600]], by=by)
        assert {visit.starts_at for visit in again} == {visit.starts_at for visit in planned} - {planned[1].starts_at}
        assert agree_times(match, [[first, 600]], by=by) == []

    def test_a_pause_that_is_taken_back_leaves_the_visits_as_they_were_and_nothing_to_tell(self, meets):
        match = self.agreed(meets)
        planned = match.visits.filter(state="planned", starts_at__gt=clock.now())
        before = set(planned.values_list("starts_at", flat=True))
        for _ in range(2):
            set_status(match.volunteer, "paused", by=match.volunteer.user, until=clock.today() + timedelta(days=60))
            assert not planned.exists()
            assert Task.objects.filter(match=match, kind="ring", state="open").count() == 1
            set_status(match.volunteer, "active", by=match.volunteer.user)
            assert set(planned.values_list("starts_at", flat=True)) == before
            assert not Task.objects.filter(match=match, kind="ring", state="open").exists()
        assert len(before) == 4
        assert verify() == []

    def test_after_a_pause_that_is_made_shorter_the_timer_plans_what_fell_away(self, meets):
        match = self.agreed(meets)
        volunteer, day = match.volunteer, clock.today() + timedelta(days=2)
        set_status(volunteer, "paused", by=volunteer.user, until=day + timedelta(days=40))
        set_status(volunteer, "paused", by=volunteer.user, until=day)
        with clock.held_at(at(2)):
            assert come_back_some()
            assert plan_ahead_some()
            assert match.visits.filter(state="planned", starts_at__gt=clock.now()).count() == 4
        assert not Task.objects.filter(match=match, kind="ring", state="open").exists()
