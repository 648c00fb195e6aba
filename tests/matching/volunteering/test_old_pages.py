"""A page that was opened before somebody else changed the thing ends nothing, and says so."""

import pytest
from django.test import Client

from matching import matches
from matching.models import Volunteer
from matching.volunteering.standing import set_status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(factories.coordinator())
    return client


def test_a_page_that_has_grown_old_moves_nobody_and_a_removal_waits_for_no_pair(desk):
    volunteer, by = factories.volunteer("shop-together", level="enhanced"), factories.coordinator()
    address = f"/desk/volunteers/{volunteer.pk}/"

    def mark(do: str) -> str:
        return next(act.form["mark"].value() for act in desk.get(address).context["moves"] if act.do == do)

    pausing, stopping, removing = mark("to-paused"), mark("to-left"), mark("to-removed")
    matches.offer(factories.ask(activity="shop-together"), volunteer, by=by)
    for do, seen in (("to-paused", pausing), ("to-left", stopping)):
        answer = desk.post(address, {"do": do, f"{do}-mark": seen}, follow=True).content.decode()
        assert "something has changed, and nothing was done" in answer
    assert Volunteer.objects.get(pk=volunteer.pk).status == "active"
    set_status(volunteer, "paused", by=by)
    told = {"to-removed-reason": "harm", "to-removed-words": "Took money"}
    removal = {"do": "to-removed", **told, "to-removed-mark": removing}
    assert "Took money" in desk.post(address, removal).content.decode()
    set_status(volunteer, "active", by=by)
    desk.post(address, removal)
    assert Volunteer.objects.get(pk=volunteer.pk).status == "removed"
