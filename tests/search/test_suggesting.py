"""Suggestions while somebody types: what is found, in which order, and that the door knows nobody."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.listings import create_organisation, create_service, withdraw
from directory.models import Location
from directory.venues import set_location
from search import indexing
from search.suggesting import MOST, suggest

URL = "/api/v1/suggest/"


@pytest.fixture
def library(listing):
    service = listing(
        "Shared books",
        delivery=["place"],
        places=[{"name": "Shed of Books", "address": "Britannia Road, Slaithwaite", "postcode": "HD7 5AA"}],
    )
    indexing.rebuild()
    return service


def names(typed):
    return [(each.kind, each.name) for each in suggest(typed)]


def test_needs_places_services_and_groups_in_this_order(library):
    found = names("sh")
    assert ("need", "Shopping") in found
    assert ("service", "Shared books") in found
    assert any(kind == "venue" and name.startswith("Shed of Books") for kind, name in found)
    assert ("organisation", "Group of Shared books") in names("group of sh")
    order = ["need", "place", "service", "organisation", "venue"]
    assert [order.index(kind) for kind, _ in found] == sorted(order.index(kind) for kind, _ in found)


@pytest.mark.parametrize(("typed", "name"), [("slaw", "Slaithwaite"), ("Mars", "Marsden"), ("MARSD", "Marsden")])
def test_places_by_any_spelling(library, typed, name):
    assert ("place", name) in names(typed)


def test_needs_by_everyday_words(library):
    assert ("need", "Friendships") in names("lonel")


def test_a_village_stays_before_the_groups_that_are_called_like_it(listing, editor):
    for number in range(3):
        listing(f"Marsden club {number}")
    create_service(create_organisation(by=editor, name="Marsden"), by=editor, name="Knitting", summary="Wool.")
    indexing.rebuild()
    found = names("marsden")
    assert found[0] == ("place", "Marsden")
    assert ("service", "Marsden club 0") in found
    assert ("organisation", "Marsden") not in found


@pytest.mark.parametrize("typed", ["", "s", " s ", "!?", "s!", "\0"])
def test_nothing_before_two_letters(library, typed):
    assert suggest(typed) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(typed=st.text(max_size=80))
def test_anything_typed_gives_at_most_so_many_names_and_none_twice(library, typed):
    found = names(typed)
    assert len(found) <= MOST
    assert len({name.casefold() for _, name in found}) == len(found)


def test_each_leads_to_its_page_or_to_a_list(library, client):
    for typed in ("shopp", "marsd", "shared b", "group of sh", "shed o"):
        answer = client.get(URL, {"q": typed}).json()["suggestions"]
        assert answer
        for each in answer:
            page = client.get(each["url"])
            assert page.status_code == 200, each
            if each["kind"] in ("service", "organisation", "venue"):
                assert "Shared books" in page.content.decode()


def test_what_is_gone_is_suggested_no_more(library, editor):
    withdraw(library, by=editor)
    indexing.catch_up()
    assert not any(name == "Shared books" for _, name in names("shared"))
    assert not any(name.startswith("Shed of Books") for _, name in names("shed"))


def test_a_secret_place_is_not_suggested(library, editor):
    set_location(Location.objects.get(at_services__service=library), {"masked": True}, by=editor)
    indexing.catch_up()
    assert ("service", "Shared books") in names("shared b")
    assert not any("Shed of Books" in name for _, name in names("shed"))


def test_the_door_knows_nobody_and_may_be_kept_for_a_minute(library):
    client = Client()
    client.cookies["sessionid"] = "somebody"
    answer = client.get(URL, {"q": "sh"})
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_too_much_is_refused_in_words(library, client):
    answer = client.get(URL, {"q": "x" * 10_000})
    assert answer.status_code == 400
    assert "at most" in answer.json()["errors"]["q"][0]
