"""The menu of the desk: each member of staff finds what they may open, and only that."""

import pytest

from directory.accounts.roles import Role
from matching.desk.menu import PARTS, parts_for
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_coordinator_finds_every_part_and_each_of_them_opens(client):
    coordinator = factories.coordinator()
    parts = parts_for(coordinator, "/desk/")

    assert [part["label"] for part in parts] == [label for _, label, _ in PARTS]
    client.force_login(coordinator)
    assert {part["url"]: client.get(part["url"]).status_code for part in parts} == dict.fromkeys((part["url"] for part in parts), 200)


def test_a_care_worker_finds_no_part_that_is_closed_to_them(client):
    worker = factories.user(Role.CARE_WORKER)
    parts = parts_for(worker, "/desk/")

    client.force_login(worker)
    assert "/desk/volunteers/" not in {part["url"] for part in parts}
    assert all(client.get(part["url"]).status_code == 200 for part in parts)


def test_the_part_that_is_open_is_marked_also_below_it():
    coordinator = factories.coordinator()

    assert [part["url"] for part in parts_for(coordinator, "/desk/") if part["current"]] == ["/desk/"]
    assert [part["url"] for part in parts_for(coordinator, "/desk/volunteers/new/") if part["current"]] == ["/desk/volunteers/"]


def test_a_safeguarding_lead_needs_no_menu():
    assert len(parts_for(factories.user(Role.SAFEGUARDING_LEAD), "/desk/")) == 1
