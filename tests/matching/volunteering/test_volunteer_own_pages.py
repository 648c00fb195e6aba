"""A volunteer's own pages: only their own, every change by themselves, and nothing of others."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from matching.models import Attendance, Task, Volunteer
from matching.states import MatchState
from matching.volunteering import training
from matching.volunteering.checks import forget_check
from matching.volunteering.standing import come_back_some, set_status
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ("/volunteer/", "/volunteer/times/", "/volunteer/training/", "/volunteer/stop/")


def phone_of(volunteer: Volunteer) -> Client:
    client = Client()
    client.force_login(volunteer.user)
    return client


def now(volunteer: Volunteer) -> Volunteer:
    return Volunteer.objects.get(pk=volunteer.pk)


def times(**changed: Any) -> dict[str, Any]:
    return {"do": "times", "when": ["1-am"], "miles": "5.0", "capacity": "2", "interests": "Chess", **changed}


def test_each_page_opens_for_a_volunteer_and_for_nobody_else():
    client = phone_of(factories.volunteer())
    assert [client.get(path).status_code for path in PAGES] == [200] * 4
    assert [Client().get(path).status_code for path in PAGES] == [200, 302, 302, 302]
    other = Client()
    other.force_login(factories.user(Role.PARTNER))
    assert [other.get(path).status_code for path in PAGES] == [200, 403, 403, 403]
    alone = Client()
    alone.force_login(factories.user(Role.VOLUNTEER))
    assert ["Ring us" in alone.get(path).content.decode() for path in PAGES[1:]] == [True] * 3


def test_times_distance_people_and_interests_are_theirs_to_change():
    volunteer = factories.volunteer(windows=[[1, 615, 690], [2, 540, 720]], max_km=8.04672)
    client = phone_of(volunteer)
    assert "5 miles (about 8 km)" in client.get("/volunteer/times/").content.decode()
    assert client.post("/volunteer/times/", times(when=["1-am", "4-pm"])).status_code == 302
    row = now(volunteer)
    assert row.windows == [[1, 615, 690], [4, 720, 1020]]
    assert (row.max_km, row.capacity, row.interests) == (8.04672, 2, ["chess"])
    assert client.post("/volunteer/times/", times(capacity="900")).status_code == 400
    assert client.post("/volunteer/times/", times(miles="900")).status_code == 400


def test_a_rest_with_and_without_its_end_and_back_again():
    volunteer = factories.volunteer()
    client = phone_of(volunteer)
    assert client.post("/volunteer/times/", {"do": "pause", "until": clock.today()}).status_code == 400
    client.post("/volunteer/times/", {"do": "pause", "until": clock.today() + timedelta(days=9)})
    assert now(volunteer).paused_until == clock.today() + timedelta(days=9)
    assert "You are having a rest" in client.get("/volunteer/").content.decode()
    # As a browser takes it: else the next press would make it endless.
    assert f'value="{now(volunteer).paused_until:%Y-%m-%d}"' in client.get("/volunteer/times/").content.decode()
    client.post("/volunteer/times/", {"do": "pause", "until": ""})
    assert (now(volunteer).status, now(volunteer).paused_until) == ("paused", None)
    for _ in range(2):
        client.post("/volunteer/times/", {"do": "back"})
    assert now(volunteer).status == "active"


def test_a_pause_that_a_coordinator_decided_is_ended_by_a_coordinator_only():
    volunteer, by = factories.volunteer(), factories.coordinator()
    day = clock.today() + timedelta(days=30)
    set_status(volunteer, "paused", by=by, until=day)
    client = phone_of(volunteer)
    page = client.get("/volunteer/times/").content.decode()
    assert "end it with you" in page
    assert "I am back" not in page
    for data in ({"do": "back"}, {"do": "pause", "until": ""}, {"do": "pause", "until": clock.today() + timedelta(days=1)}):
        assert "Ring us" in client.post("/volunteer/times/", data, follow=True).content.decode()
        assert (now(volunteer).status, now(volunteer).paused_until) == ("paused", day)
    set_status(volunteer, "active", by=by)
    client.post("/volunteer/times/", {"do": "pause", "until": ""})
    client.post("/volunteer/times/", {"do": "back"})
    assert (now(volunteer).status, now(volunteer).paused_by_us) == ("active", False)


def test_such_a_pause_ends_on_its_day_and_who_rests_may_stop_altogether():
    first, second = factories.volunteer(), factories.volunteer()
    for each in (first, second):
        set_status(each, "paused", by=factories.coordinator(), until=clock.today() + timedelta(days=3))
    set_status(second, "left", by=second.user)
    with clock.held_at(clock.now() + timedelta(days=3)):
        come_back_some()
    assert [(now(each).status, now(each).paused_by_us) for each in (first, second)] == [("active", False), ("left", False)]


def test_stopping_ends_what_they_did_and_their_pages_say_how_to_come_back(offer_in):
    match = offer_in(MatchState.ACTIVE)
    client = phone_of(match.volunteer)
    assert client.post("/volunteer/stop/").status_code == 302
    match.refresh_from_db()
    assert (now(match.volunteer).status, match.state) == ("left", "ended")
    assert "Would you like to come back?" in client.get("/volunteer/").content.decode()
    assert "You do not volunteer with us" in client.get("/volunteer/times/").content.decode()
    assert client.post("/volunteer/stop/").status_code == 404


def test_who_applied_is_told_what_they_wait_for_and_cannot_make_themselves_active():
    volunteer = factories.volunteer(status="applied")
    client = phone_of(volunteer)
    assert "Nearly there" in client.get("/volunteer/").content.decode()
    for do in ("back", "pause"):
        assert client.post("/volunteer/times/", {"do": do}).status_code in (302, 403)
    assert now(volunteer).status == "applied"


def test_a_course_is_booked_and_given_back_and_never_somebody_elses_place():
    by, volunteer, other = factories.coordinator(), factories.volunteer(), factories.volunteer()
    at = training.set_date(training.write_course(by=by, name="Walking", activities=[]), by=by, starts_at=clock.now() + timedelta(days=3))
    client = phone_of(volunteer)
    assert "I come" in client.get("/volunteer/training/").content.decode()
    for _ in range(2):
        client.post("/volunteer/training/", {"do": "book", "which": str(at.pk)})
    row = Attendance.objects.get()
    assert row.volunteer == volunteer
    assert phone_of(other).post("/volunteer/training/", {"do": "give-back", "which": str(row.pk)}).status_code == 404
    assert client.post("/volunteer/training/", {"do": "give-back", "which": "x"}).status_code == 404
    client.post("/volunteer/training/", {"do": "give-back", "which": str(row.pk)})
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_a_yes_that_no_longer_fits_is_rung_about_once(offer_in):
    match = offer_in(MatchState.OFFERED)
    forget_check(match.volunteer, by=factories.coordinator())
    for _ in range(2):
        page = phone_of(match.volunteer).post(f"/volunteer/{match.pk}/", {"answer": "yes"}, follow=True).content.decode()
        assert "this no longer fits. You need do nothing: we ring you." in page
    ring = Task.objects.get(kind=Task.Kind.RING)
    assert (ring.match, ring.volunteer, ring.ask) == (match, match.volunteer, match.ask)
    assert f"{match.volunteer} said yes to {match.ask}" in ring.words
