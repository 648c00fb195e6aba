"""Tasks of the desk: opened once, ended by whose list they are on, taken back, replayed from the journal."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.models import Task
from matching.tasks import do_task, drop_task, drop_tasks_about, ended_lately, open_task, reopen_task, tasks_for
from matching.unmet import acting
from tests import factories

pytestmark = pytest.mark.django_db


def lead():
    return factories.user(Role.SAFEGUARDING_LEAD)


def test_a_task_knows_what_its_request_knows_and_is_due_today_unless_told():
    ask = factories.ask(activity="shop-together")
    task = open_task(Task.Kind.RECRUIT, by=factories.coordinator(), ask=ask, words=" Ask at the market. ")
    assert (task.person, task.need, task.activity, task.area_name) == (ask.person, ask.need, "shop-together", ask.area_name)
    assert (task.due_on, task.words, task.state) == (clock.today(), "Ask at the market.", "open")


def test_the_same_mark_gives_the_same_task_also_when_it_is_done():
    by = factories.coordinator()
    first = open_task(Task.Kind.RING, by=None, once="missed-1")
    do_task(first, by=by)
    again = open_task(Task.Kind.RING, by=None, once="missed-1")
    assert (again.pk, again.state) == (first.pk, "done")
    assert Task.objects.count() == 1
    assert Event.objects.filter(kind="system.task.opened").count() == 1


def test_a_kind_that_nobody_knows_is_refused():
    with pytest.raises(ValidationError):
        open_task("party", by=factories.coordinator())


def test_done_dropped_and_back_again_keep_who_and_when():
    by = factories.coordinator()
    task = do_task(open_task(Task.Kind.OTHER, by=by), by=by)
    assert (task.state, task.ended_by) == ("done", by)
    assert list(ended_lately(by)) == [task]
    with pytest.raises(WrongState):
        do_task(task, by=by)
    task = reopen_task(task, by=by)
    assert (task.state, task.ended_at, task.ended_by) == ("open", None, None)
    assert drop_task(task, by=by).state == "dropped"
    assert list(tasks_for(by)) == []
    assert verify() == []


def test_a_coordinator_does_not_see_what_is_the_leads_and_the_lead_sees_nothing_else():
    by, helen = factories.coordinator(), lead()
    duty = open_task(Task.Kind.DUTY_TO_REFER, by=by, whose=Task.For.SAFEGUARDING_LEAD)
    ring = open_task(Task.Kind.RING, by=by)
    assert (list(tasks_for(by)), list(tasks_for(helen))) == ([ring], [duty])
    for task, stranger in ((duty, by), (ring, helen), (ring, factories.user(Role.CARE_WORKER)), (ring, factories.user(Role.VOLUNTEER))):
        for verb in (do_task, drop_task, reopen_task):
            with pytest.raises(PermissionDenied):
                verb(task, by=stranger)
    assert do_task(duty, by=helen).state == "done"
    assert list(tasks_for(factories.user(Role.CARE_WORKER))) == []


def test_the_most_overdue_comes_first():
    by, today = factories.coordinator(), clock.today()
    days = [3, -2, 0]
    made = {day: open_task(Task.Kind.OTHER, by=by, due_on=today + timedelta(days=day)) for day in days}
    assert list(tasks_for(by)) == [made[-2], made[0], made[3]]


def test_what_is_about_something_that_ended_is_dropped_and_nothing_of_the_leads():
    by, volunteer = factories.coordinator(), factories.volunteer()
    ring = open_task(Task.Kind.RING, by=by, volunteer=volunteer)
    check = open_task(Task.Kind.RECHECK, by=by, volunteer=volunteer)
    duty = open_task(Task.Kind.DUTY_TO_REFER, by=by, volunteer=volunteer, whose=Task.For.SAFEGUARDING_LEAD)
    with transaction.atomic():
        assert drop_tasks_about(by=by, volunteer=volunteer, kinds=[Task.Kind.RECHECK]) == 1
    check.refresh_from_db()
    ring.refresh_from_db()
    assert (check.state, ring.state) == ("dropped", "open")
    with transaction.atomic():
        drop_tasks_about(by=None, volunteer=volunteer)
    ring.refresh_from_db()
    duty.refresh_from_db()
    assert (ring.state, duty.state) == ("dropped", "open")


def test_the_journal_keeps_no_words():
    open_task(Task.Kind.RING, by=factories.coordinator(), words="Ring Edith Testperson on 01484 496000.")
    assert "Edith" not in str(Event.objects.get(kind="task.opened").codes)


def test_a_form_that_is_sent_twice_puts_one_thing_on_the_list_and_other_words_are_not_swallowed(client):
    client.force_login(factories.coordinator())
    page = reverse("desk-task-new")
    once = re.search(r'name="once" value="([^"]+)"', client.get(page).content.decode())[1]
    for _ in range(2):
        assert client.post(page, {"words": "Buy stamps.", "once": once}).status_code == 302
    again = client.post(page, {"words": "Buy paper.", "once": once})
    assert again.status_code == 400
    assert "Buy paper." in again.content.decode()
    assert [task.words for task in Task.objects.all()] == ["Buy stamps."]


def test_what_was_done_this_month_and_is_wanted_again_stands_on_the_list_again():
    by = factories.coordinator()
    spot = acting.Spot(factories.need("garden-maintenance"), "", "T0001", "Colne Valley")
    first = acting.start_group(spot, by=by)
    assert acting.start_group(spot, by=by) == first
    do_task(first, by=by)
    second = acting.start_group(spot, by=by, words="Now on Mondays.")
    assert (second.state, second.words) == ("open", "Colne Valley. Now on Mondays.")
    assert acting.start_group(spot, by=by) == second
