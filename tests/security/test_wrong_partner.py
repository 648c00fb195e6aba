"""Somebody who keeps the listings of one group tries every address of the project with what belongs to another: they read, change and find nothing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.accounts.doors import PUBLIC, rule_of
from directory.journal.heads import head
from directory.models import Location, Organisation, Service
from tests.carestore.test_doors import MISCHIEF, OF_PACKAGES, patterns
from tests.security import another_group
from tests.security.another_group import SECRET, Another

pytestmark = pytest.mark.django_db

PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")
A_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHUT = (302, 401, 403, 404, 405)


@pytest.fixture
def another() -> Another:
    return another_group.make()


@pytest.fixture
def client() -> Client:
    user, _ = another_group.wrong_partner()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def ids(another: Another) -> dict[str, str]:
    """The id of one row of each kind that is the other group's, or of nobody here."""
    own = {label: str(pk) for label, pk in another_group.rows() if A_UUID.fullmatch(str(pk))}
    return own | {
        "directory.Service": str(another.service.pk),
        "directory.Organisation": str(another.group.pk),
        "matching.Referral": str(another.referral.pk),
        "accounts.User": str(another.partner.pk),
    }


def addresses(route: str, ids: dict[str, str]) -> Iterator[str]:
    """The route with each id in its places; routes of packages, which know a partner's role only, with a few."""
    taken = list(ids.values())
    if route.startswith(OF_PACKAGES):
        taken = [ids["directory.Service"]]
    for one in taken if PLACEHOLDER.search(route) else [""]:
        yield "/" + PLACEHOLDER.sub(lambda found, one=one: {"int": "1", "slug": "x"}.get(found[1], one), route)  # type: ignore[misc]


def is_public(route: str, view: Any) -> bool:
    return rule_of(view, PLACEHOLDER.sub("x", route)) is PUBLIC


def changed(before: dict[Any, Any]) -> list[Any]:
    after = another_group.rows()
    return [key for key, row in before.items() if after.get(key) != row]


def test_the_other_group_has_a_row_of_each_kind_that_belongs_to_a_listing_or_a_group(another: Another) -> None:
    there = {label for label, _ in another_group.rows()}
    owned = {
        kind._meta.label
        for kind in another_group.kinds()
        if any(field.is_relation and field.related_model in (Service, Organisation) for field in kind._meta.concrete_fields)
    }
    assert owned - there == set()


def test_the_group_itself_reads_what_the_others_must_not(another: Another) -> None:
    own = Client()
    own.force_login(another.partner)
    assert SECRET in own.get(reverse("partner-service", args=[another.service.pk])).content.decode()


def test_no_address_of_the_project_gives_anything_of_another_group_away_or_lets_it_be_changed(
    another: Another, client: Client, ids: dict[str, str]
) -> None:
    before, mark, wrong = another_group.rows(), head(), []
    for route, _name, view in patterns():
        public = is_public(route, view)
        for path in addresses(route, ids):
            for answer in (client.get(path), *(() if public else (client.post(path, MISCHIEF),))):
                body = b"" if answer.streaming else answer.content
                if SECRET.encode() in body or SECRET in answer.get("Location", ""):
                    wrong.append(("tells", path))
                if answer.status_code >= 500 and not path.startswith("/health/"):
                    wrong.append((str(answer.status_code), path))
                if not public and PLACEHOLDER.search(route) and answer.status_code not in SHUT:
                    wrong.append((f"opens with {answer.status_code}", path))
    assert not wrong
    assert changed(before) == []
    assert head() == mark


def test_lists_of_a_partner_hold_nothing_of_another_group_whatever_is_asked_of_them(
    another: Another, client: Client, ids: dict[str, str]
) -> None:
    asked = dict.fromkeys(("service", "pk", "id", "listing"), another.service.pk)
    asked |= dict.fromkeys(("organisation", "organisation_id", "group", "parent"), another.group.pk)
    wrong = []
    for route, _name, view in patterns():
        if PLACEHOLDER.search(route) or is_public(route, view) or route.startswith(OF_PACKAGES):
            continue
        for answer in (client.get("/" + route), client.get("/" + route, asked)):
            body = answer.content.decode()
            if answer.status_code == 200 and [
                one for one in (SECRET, another.service.name, *ids.values()) if one in body.split("<footer")[0]
            ]:
                wrong.append(route)
    assert not wrong


class _Forms(HTMLParser):
    """The forms of a page: where each is sent, and what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.chosen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and (told.get("method") or "").lower() == "post":
            self.forms.append((told.get("action") or "", {}))
        elif tag in ("input", "textarea", "select", "button") and self.forms and told.get("name"):
            self.forms[-1][1].setdefault(str(told["name"]), told.get("value") or "")
        if tag in ("option", "input") and told.get("value"):
            self.chosen.append(str(told["value"]))


def own_pages(client: Client, listing: Service) -> Iterator[tuple[str, _Forms]]:
    """Each page of the partner's own listing and group, with its forms."""
    for route, _name, view in patterns():
        if not route.startswith("partner/") or is_public(route, view):
            continue
        for own in (listing.pk, listing.organisation_id):
            path = "/" + PLACEHOLDER.sub(lambda found, own=own: str(own) if found[1] == "uuid" else "x", route)  # type: ignore[misc]
            answer = client.get(path)
            if answer.status_code == 200:
                page = _Forms()
                page.feed(answer.content.decode())
                yield path, page


def test_no_chooser_of_a_partner_offers_anything_of_another_group(another: Another, ids: dict[str, str]) -> None:
    user, listing = another_group.wrong_partner()
    client = Client()
    client.force_login(user)
    places = {str(pk) for pk in Location.objects.values_list("pk", flat=True)}
    pages = list(own_pages(client, listing))
    assert reverse("partner-service", args=[listing.pk]) in {path for path, _ in pages}
    wrong = [(path, value) for path, page in pages for value in page.chosen if value in {*ids.values(), *places}]
    assert not wrong


def test_a_partners_own_forms_sent_with_ids_of_another_group_change_nothing_there(another: Another, ids: dict[str, str]) -> None:
    user, listing = another_group.wrong_partner()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    before, wrong = another_group.rows(), []
    for path, page in list(own_pages(client, listing)):
        for action, fields in page.forms:
            names = [name for name in fields if name not in ("csrfmiddlewaretoken", "seen", "next")]
            for one in (
                ids["directory.Service"],
                ids["directory.Organisation"],
                ids["directory.Location"],
                ids["directory.ServiceAtLocation"],
            ):
                answer = client.post(action or path, {**fields, **dict.fromkeys(names, one)})
                if answer.status_code >= 500 or SECRET.encode() in answer.content:
                    wrong.append((answer.status_code, action or path))
    assert not wrong
    assert [key for key in changed(before) if key[0] not in ("accounts.User",) or key[1] != user.pk and str(key[1]) in ids.values()] == []
