"""What a page tells after a step may hold words about somebody: until it is read it stands nowhere in plain."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from matching import referrals
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "Bea Quietperson says that he fell again"


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(factories.coordinator())
    return client


def test_words_that_came_too_late_are_given_back_once_and_stand_in_no_session(desk: Client) -> None:
    by = factories.coordinator()
    sent = referrals.send(referrals.prepare(factories.ask(by=by), by=by, to_volunteers=True), by=by)
    referrals.cancel(sent, by=by, reason="no_response")
    page = f"/desk/referrals/{sent.pk}/"
    assert desk.post(page, {"to": "accepted", "seen": "requested", "accepted-note": WORDS}).status_code == 302
    told = [row.get_decoded() for row in Session.objects.all()]
    assert any("_messages" in each for each in told)
    assert "Quietperson" not in json.dumps(told)
    assert WORDS in desk.get(page).content.decode()
    assert WORDS not in desk.get(page).content.decode()


def test_what_no_key_opens_is_not_told_and_breaks_no_page(desk: Client) -> None:
    for stored in ("in plain", "", [1], None):
        session = desk.session
        session["_messages"] = stored
        session.save()
        assert desk.get("/account/").status_code == 200
