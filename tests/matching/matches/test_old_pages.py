"""A page that was opened before somebody else changed the thing ends nothing, and says so."""

from datetime import timedelta

import pytest
from django.test import Client

from directory import clock
from matching.states import MatchState
from matching.visiting.planning import plan
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(factories.coordinator())
    return client


def test_an_end_from_a_page_that_has_grown_old_is_told_and_ends_nothing(desk, offer_in):
    by = factories.coordinator()
    match = offer_in(MatchState.ACTIVE)
    pair = f"/desk/matches/{match.pk}/pair/"
    old = desk.get(pair).context["seen"]
    plan(match, clock.now() + timedelta(days=2), by=by)
    said = {"to": "ended", "said_by": "person"}
    assert "something has changed, and nothing was done" in desk.post(pair, {**said, "seen": old}, follow=True).content.decode()
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    new = desk.get(pair).context["seen"]
    desk.post(pair, {**said, "seen": new})
    match.refresh_from_db()
    assert match.state == MatchState.ENDED
    again = desk.post(pair, {**said, "seen": new}, follow=True)
    assert again.status_code == 200
    assert "This has ended meanwhile" in again.content.decode()
