"""What the rostering system gets of visits: who goes there, the care team too, and who comes to a group's meeting."""

from datetime import timedelta

import pytest
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from matching.befriending import members
from matching.desk_states import GroupState
from matching.models import Person, Volunteer
from matching.sheets.going_out import go_out
from matching.visiting.meetings import plan_meeting, who_could_come
from matching.visiting.moves import done
from matching.visiting.planning import plan_care_visit
from tests import factories
from tests.matching.befriending.conftest import confirmed, group_in  # noqa: F401

pytestmark = pytest.mark.django_db


def visits() -> list[dict]:
    headings, *rows = go_out("visits", by=factories.coordinator())
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_a_care_visit_says_whose_it_is_and_the_page_says_who_that_is():
    by, worker = factories.coordinator(), factories.user(Role.CARE_WORKER, name="Tess Testworker")
    person = factories.person(external_id="P7")
    plan_care_visit(person, worker, clock.now() + timedelta(days=1), minutes=30, by=by)
    [row] = visits()
    assert (row["person"], row["volunteer"], row["care_worker"], row["group"], row["minutes"]) == ("P7", "", str(worker.pk), "", 30)
    assert "Tess" not in str(row)
    client = Client()
    client.force_login(by)
    page = client.get("/desk/export/").content.decode()
    assert "Tess Testworker" in page
    assert str(worker.pk) in page


def test_a_meeting_of_a_group_goes_out_once_with_who_comes_and_then_who_came(group_in):  # noqa: F811
    by, group = factories.coordinator(), group_in(GroupState.RUNNING)
    for place in group.members.all():
        Person.objects.filter(pk=place.ask.person_id).update(external_id=f"P{place.pk}")
    first, second, third = group.members.order_by("pk")
    for place in (first, second):
        members.note_yes(place, by=by)
    visit = plan_meeting(group, clock.now() - timedelta(days=1), by=by)
    # The other systems do not know who leads it.
    assert visits() == []
    Volunteer.objects.filter(pk=group.volunteer_id).update(external_id="V7")
    [row] = visits()
    assert (row["person"], row["volunteer"], row["care_worker"], row["group"], row["state"]) == ("", "V7", "", str(group), "planned")
    assert row["people"] == "; ".join(sorted(f"P{place.pk}" for place in who_could_come(visit)))
    done(visit, by=by, minutes=90, came=[second.pk])
    [row] = visits()
    assert (row["people"], row["state"], row["minutes_done"]) == (f"P{second.pk}", "done", 90)
    # Whoever has no number in the other systems is left out, and the meeting stays.
    Person.objects.update(external_id=None)
    assert [row["people"] for row in visits()] == [""]
    assert third.said_yes_at is None
