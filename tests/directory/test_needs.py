"""Two needs become one: listings move, links lead on, and what was asked for under the old name stays."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from directory import listings, seeding
from directory.accounts.models import User
from directory.imports.following import plan, remember
from directory.models import Need, Service
from directory.needs import merge_need, part_need, today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]


def a_need(slug: str) -> Need:
    return Need.every.get(pk=slug)


def needs_of(service: Service) -> list[str]:
    return sorted(service.needs.through.objects.filter(service=service).values_list("need_id", flat=True))


def test_listings_move_and_their_history_tells_so(service: Service, editor: User) -> None:
    version = service.version
    assert merge_need(a_need("friendships"), a_need("sense-of-belonging"), by=editor) == 1
    service.refresh_from_db()
    assert needs_of(service) == ["nutrition", "sense-of-belonging"]
    assert service.version == version + 1


def test_a_listing_that_has_both_keeps_one(service: Service, editor: User) -> None:
    merge_need(a_need("friendships"), a_need("nutrition"), by=editor)
    assert needs_of(service) == ["nutrition"]


def test_nobody_is_offered_a_merged_need_and_its_links_lead_on(client: Client, editor: User) -> None:
    merge_need(a_need("friendships"), a_need("sense-of-belonging"), by=editor)
    assert not Need.objects.filter(pk="friendships").exists()
    answer = client.get("/needs/friendships/", {"place": "Golcar"})
    assert (answer.status_code, answer["Location"]) == (302, "/needs/sense-of-belonging/?place=Golcar")
    assert "/needs/friendships/" not in client.get("/needs/").content.decode()
    assert client.get("/needs/nothing-of-the-kind/").status_code == 404


def test_ways_are_never_longer_than_one_step(editor: User) -> None:
    merge_need(a_need("friendships"), a_need("sense-of-belonging"), by=editor)
    merge_need(a_need("sense-of-belonging"), a_need("plus-one-arrangements"), by=editor)
    assert a_need("friendships").replaced_by_id == "plus-one-arrangements"
    assert today(["friendships", "cooking", "sense-of-belonging", "what"]) == ["plus-one-arrangements", "cooking", "what"]


@pytest.mark.parametrize(("old", "into"), [("friendships", "friendships"), ("friendships", "cooking"), ("cooking", "shopping")])
def test_what_makes_no_sense_is_refused(old: str, into: str, editor: User) -> None:
    merge_need(a_need("cooking"), a_need("nutrition"), by=editor)
    with pytest.raises(ValidationError):
        merge_need(a_need(old), a_need(into), by=editor)


def test_partners_merge_nothing(partner: User) -> None:
    with pytest.raises(PermissionDenied):
        merge_need(a_need("friendships"), a_need("cooking"), by=partner)
    with pytest.raises(PermissionDenied):
        part_need(a_need("friendships"), by=partner)


def test_an_old_version_and_an_old_source_bring_the_need_of_today(service: Service, editor: User) -> None:
    before = service.latest_revision
    assert before is not None
    remember(service, {"needs": ["friendships", "nutrition"]}, {})
    merge_need(a_need("friendships"), a_need("sense-of-belonging"), by=editor)
    service.refresh_from_db()
    assert service.imported["needs"] == ["nutrition", "sense-of-belonging"]
    said = listings.clean_values({"needs": ["friendships", "nutrition"]})
    made = plan(service, said)
    assert (made.to_set, made.to_put_up) == ({}, {})
    listings.restore(service, before, by=editor)
    assert needs_of(service) == ["nutrition", "sense-of-belonging"]


def test_loading_the_shipped_needs_again_leaves_a_merge_alone(editor: User) -> None:
    merge_need(a_need("friendships"), a_need("sense-of-belonging"), by=editor)
    assert seeding.load_needs() == 0
    assert a_need("friendships").replaced_by_id == "sense-of-belonging"


def test_staff_merge_and_part_in_the_admin(client: Client, service: Service, editor: User) -> None:
    client.force_login(editor)
    url = "/admin/snippets/directory/need/edit/friendships/"
    need = a_need("friendships")
    names = ("slug", "name", "plain", "what_counts", "rather_elsewhere", "order")
    values = {**{name: getattr(need, name) for name in names}, "element": need.element_id}
    assert client.get(url).status_code == 200
    assert client.post(url, {**values, "replaced_by": "nutrition"}).status_code == 302
    assert needs_of(service) == ["nutrition"]
    assert "Friendships" in client.get("/admin/snippets/directory/need/").content.decode()
    assert client.post(url, {**values, "replaced_by": ""}).status_code == 302
    assert a_need("friendships").replaced_by_id is None
    assert client.post(url, {**values, "replaced_by": "friendships"}).status_code == 200
    assert a_need("friendships").replaced_by_id is None
