"""The pages of merging: for moderators alone, field by field, and nothing done by looking."""

import pytest
from django.test import Client
from django.urls import reverse

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.heads import head
from directory.merging.models import Merge
from directory.models import Service
from tests import factories
from tests.merging.conftest import same

pytestmark = pytest.mark.django_db


def sent(keep: Service, drop: Service, **more: str) -> dict[str, str]:
    told = {"keep": str(keep.pk), "keep-version": str(keep.version), "drop-version": str(drop.version), "do": "merge"}
    return {**told, "choice-summary": "drop", "choice-needs": "both", **more}


def test_from_the_list_to_one_listing_and_back(client: Client, keep: Service, drop: Service, editor: User) -> None:
    client.force_login(editor)
    page = reverse("pair-merge", args=[same(keep, drop, editor).pk])
    assert page in client.get(reverse("pairs") + "?which=same").content.decode()
    before = head()
    shown = client.get(page, {"keep": str(keep.pk)}).content.decode()
    assert "Lunch in company." in shown
    assert 'value="both" checked' in shown
    assert head() == before
    answer = client.post(page, sent(keep, drop), follow=True)
    assert answer.redirect_chain == [(reverse("merges"), 302)]
    assert "Tuesday lunch" in answer.content.decode()
    keep.refresh_from_db()
    drop.refresh_from_db()
    assert (keep.summary, drop.replaced_by) == ("Lunch in company.", keep)
    assert client.get(page).status_code == 404
    assert page not in client.get(reverse("pairs") + "?which=same").content.decode()
    client.post(reverse("merge-part", args=[Merge.objects.get().pk]))
    drop.refresh_from_db()
    assert (drop.status, drop.replaced_by) == (Service.Status.ACTIVE, None)
    assert client.get(page).status_code == 404


def test_a_page_that_was_looked_at_too_long_ago(client: Client, keep: Service, drop: Service, editor: User) -> None:
    client.force_login(editor)
    page = reverse("pair-merge", args=[same(keep, drop, editor).pk])
    told = sent(keep, drop)
    listings.set_fields(drop, {"summary": "Soup."}, by=editor)
    answer = client.post(page, told)
    assert (answer.status_code, "changed meanwhile" in answer.content.decode()) == (400, True)
    assert client.post(page, {**told, "keep-version": "x"}).status_code == 400
    assert client.post(page, {**told, "drop-version": "2", "choice-name": "both"}).status_code == 400
    assert not Merge.objects.exists()


def test_two_after_a_second_look(client: Client, keep: Service, drop: Service, editor: User) -> None:
    client.force_login(editor)
    pair = same(keep, drop, editor)
    client.post(reverse("pair-merge", args=[pair.pk]), {"do": "different"})
    pair.refresh_from_db()
    assert (pair.state, Merge.objects.exists()) == ("different", False)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR, Role.PERSON])
def test_nobody_else_comes_in(client: Client, keep: Service, drop: Service, editor: User, role: Role) -> None:
    page = reverse("pair-merge", args=[same(keep, drop, editor).pk])
    client.force_login(factories.user(role))
    for path in (page, reverse("merges"), reverse("merge-part", args=[keep.pk])):
        for answer in (client.get(path), client.post(path, sent(keep, drop))):
            assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")
    assert not Merge.objects.exists()
