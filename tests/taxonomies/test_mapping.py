"""What a term of another vocabulary means here: set, confirmed, used by harvests, told to others."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from directory.accounts.models import User
from directory.harvest.understanding import understand
from directory.models import Need
from directory.needs import merge_need
from directory.taxonomies.mapping import addresses_of, needs_of, published, remove_mapping, set_mapping
from directory.taxonomies.models import NeedMapping, Taxonomy, Term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
URI = "http://id.esd.org.uk/service/9002"


@pytest.fixture
def term(db: None) -> Term:
    return Term.objects.create(
        taxonomy=Taxonomy.objects.create(uri="http://id.esd.org.uk/list/services", name="Services"),
        uri=URI,
        code="9002",
        name="Befriending",
    )


@pytest.fixture
def friends(db: None) -> Need:
    return Need.objects.get(pk="friendships")


@pytest.mark.parametrize(
    "told",
    [
        {"term_uri": URI},
        {"term_uri": "https://id.esd.org.uk/service/9002/"},
        {"id": "esdServiceType:9002"},
        {"code": "esdServiceTypes:9002", "id": "3f2b7c1e-1111-4111-8111-000000000000"},
        {"code": "9002", "taxonomy": "esdServiceTypes"},
        {"id": 9002, "vocabulary": "esdServiceTypes"},
    ],
)
def test_feeds_write_one_term_in_many_ways(told: dict[str, Any], term: Term, friends: Need, editor: User) -> None:
    set_mapping(friends, term, "exact", by=editor)
    assert needs_of([told]) == {"friendships": False}


@pytest.mark.parametrize(
    "told", [{}, {"id": None}, {"id": True, "vocabulary": "esdNeeds"}, {"code": "9002"}, {"id": "other:9002"}, {"term_uri": []}]
)
def test_what_names_no_vocabulary_means_nothing(told: dict[str, Any]) -> None:
    assert addresses_of(told) == []


@pytest.mark.parametrize(("kind", "counts"), [("exact", True), ("narrower", True), ("broader", False), ("related", False)])
def test_only_what_lies_within_the_need_makes_a_listing_one_for_it(
    kind: str, counts: bool, term: Term, friends: Need, editor: User
) -> None:
    set_mapping(friends, term, kind, by=editor)
    assert bool(needs_of([{"term_uri": URI}])) == counts


def test_a_mapping_is_confirmed_by_a_person_and_counts_for_that_kind_only(term: Term, friends: Need, editor: User) -> None:
    mapping = set_mapping(friends, term, "narrower", by=editor, confirmed=True)
    assert (mapping.confirmed_by, mapping.is_confirmed) == (editor, True)
    assert needs_of([{"term_uri": URI}]) == {"friendships": True}
    assert not set_mapping(friends, term, "exact", by=editor).is_confirmed
    assert NeedMapping.objects.count() == 1
    remove_mapping(NeedMapping.objects.get(), by=editor)
    assert needs_of([{"term_uri": URI}]) == {}


def test_partners_map_nothing_and_no_merged_need_is_mapped(term: Term, friends: Need, editor: User, partner: User) -> None:
    with pytest.raises(PermissionDenied):
        set_mapping(friends, term, "exact", by=partner)
    with pytest.raises(ValidationError):
        set_mapping(friends, term, "alike", by=editor)
    merge_need(friends, Need.objects.get(pk="sense-of-belonging"), by=editor)
    with pytest.raises(ValidationError, match="merged"):
        set_mapping(friends, term, "exact", by=editor)


def test_a_mapping_of_a_merged_need_counts_for_the_one_that_took_it_in(term: Term, friends: Need, editor: User) -> None:
    set_mapping(friends, term, "exact", by=editor)
    into = Need.objects.get(pk="sense-of-belonging")
    merge_need(friends, into, by=editor)
    assert needs_of([{"term_uri": URI}]) == {"sense-of-belonging": False}
    (told,) = published([into])["sense-of-belonging"]
    assert told["term_uri"] == URI


def feed_record(**more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "Chat",
        "description": "We visit.",
        "attributes": [{"taxonomy_term": {"name": "Befriending", "term_uri": URI}}],
        **more,
    }


def test_a_harvested_listing_gets_the_need_and_staff_see_that_nobody_confirmed_it(term: Term, friends: Need, editor: User) -> None:
    assert "needs" not in understand(feed_record()).values
    set_mapping(friends, term, "exact", by=editor)
    read = understand(feed_record())
    assert read.values["needs"] == ["friendships"]
    assert "nobody has confirmed: friendships" in read.values["internal_note"]
    assert "Befriending" in read.values["internal_note"]
    set_mapping(friends, term, "exact", by=editor, confirmed=True)
    assert "confirmed" not in understand(feed_record()).values["internal_note"]


def test_the_open_list_of_needs_tells_what_others_call_them(client: Client, term: Term, friends: Need, editor: User) -> None:
    set_mapping(friends, term, "narrower", by=editor)
    terms = client.get("/oruk/taxonomy_terms", {"per_page": 100}).json()["contents"]
    told = {row["name"]: row.get("ccs_mappings") for row in terms}
    mapped = [{"term_uri": URI, "name": "Befriending", "taxonomy": "Services", "relation": "narrower", "confirmed": False}]
    assert told["Friendships"] == mapped
    assert told["Cooking"] is None
    one = next(row for row in terms if row["name"] == "Friendships")
    assert client.get(f"/oruk/taxonomy_terms/{one['id']}").json()["ccs_mappings"] == mapped


def test_staff_map_confirm_and_take_away_in_the_admin(client: Client, term: Term, editor: User, partner: User) -> None:
    base = "/admin/snippets/taxonomies/needmapping/"
    client.force_login(partner)
    assert client.get(f"{base}add/").status_code in (302, 403, 404)
    client.force_login(editor)
    values = {"need": "friendships", "kind": "narrower", "source": "A talk", "term_uri": URI}
    assert "No list that was loaded" in client.post(f"{base}add/", {**values, "term_uri": "http://nowhere"}).content.decode()
    assert client.post(f"{base}add/", values).status_code == 302
    mapping = NeedMapping.objects.get()
    assert (mapping.source, mapping.is_confirmed) == ("A talk", False)
    assert "mapped already" in client.post(f"{base}add/", values).content.decode()
    assert client.post(f"{base}edit/{mapping.pk}/", {**values, "confirmed": "on"}).status_code == 302
    mapping.refresh_from_db()
    assert mapping.confirmed_by == editor
    listed = client.get(base).content.decode()
    assert "Befriending" in listed
    assert URI in client.get("/admin/snippets/taxonomies/term/").content.decode()
    assert client.post(f"{base}delete/{mapping.pk}/").status_code == 302
    assert not NeedMapping.objects.exists()
