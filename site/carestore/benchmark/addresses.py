"""Which pages are asked for: every address of the project below some doors, found by walking the patterns, and some of them with questions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

from carestore.benchmark.waiting import ADMINISTRATOR, EDITOR, PARTNER
from directory.accounts.models import User
from directory.claims.models import Claim
from directory.freshness.models import LinkCheck
from directory.harvest.models import DuplicatePair, Feed
from directory.models import ChangeField, Contact, Membership, Need, Organisation, Service, ServiceAtLocation
from directory.openreferral.taxonomies import TAXONOMY, element_id
from directory.suggestions.models import Suggestion

# Address, and as whom it is asked for: "" for a visitor.
DOORS = (("partner/", PARTNER), ("admin/", EDITOR), ("account/manage/", ADMINISTRATOR), ("oruk/", ""), ("open-data/", ""), ("suggest/", ""))
# What is downloaded whole is told apart; a stream of forty thousand lines is no page.
STREAMS = frozenset({"open-data-table", "freshness-csv"})
# They end the session, or break on purpose.
NO_PAGES = frozenset({"wagtailadmin_logout", "wagtailadmin_error_test"})
# Of the page editor's own, those for which nobody has an example are not even named: they hold nothing of the directory.
NAMED = (
    "partner/",
    "admin/listings/",
    "admin/moderation/",
    "admin/snippets/",
    "admin/words/",
    "account/",
    "oruk/",
    "open-data/",
    "suggest/",
)

# Questions at pages that take some: the address begins with ?.
_LISTED = ("?p=200", "?q=memory", "?ordering=name&p=2")
QUESTIONS: dict[str, tuple[str, ...]] = {
    "wagtailsnippets_directory_service:list": (
        *_LISTED, "?status=paused", "?kind=group&p=20", "?needs=shopping", "?ordering=-changed_at", "?ordering=checked_at",
    ),
    "wagtailsnippets_directory_organisation:list": (*_LISTED, "?kind=faith", "?ours=true", "?ordering=-changed_at"),
    "wagtailsnippets_directory_location:list": (*_LISTED, "?q=HD7"),
    "wagtailsnippetchoosers_directory_organisation:choose_results": ("?q=group",),
    "freshness": (
        "?by=area", "?by=organisation", "?by=source", "?state=overdue", "?state=never&page=20", "?element=my-home", "?q=memory", "?source=-",
    ),
    "to-ring": ("?why=no-answer", "?page=9", "?paper=1"),
    "moderation": ("?late=1", "?page=2", "?kind=change"),
    "pairs": ("?page=5", "?which=same"),
    "oruk-services": (
        "?full=true", "?full=true&page=300", "?page=300", "?minimal=true", "?search=memory", "?modified_after=2026-06-01",
        "?taxonomy_id={taxonomy}", "?taxonomy_term_id={element}&full=true", "?minimum_age=18", "?day=MO&start_time=09:00",
        "?postcode={postcode}&proximity=3000&full=true",
    ),
    "oruk-at-locations": ("?full=true", "?page=300", "?postcode={postcode}"),
    "oruk-organisations": ("?full=true", "?full=true&full_service=true", "?search=club"),
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A page: how it is called, its path with any question, and whose sign-in asks for it ("" for nobody's)."""

    name: str
    path: str
    user: str


def addresses(only: str = "") -> tuple[list[Address], list[str]]:
    """Pages below DOORS whose path begins with `only`, and the routes for which nobody knows an example."""
    found, unknown = [], []
    for route, name in _routes():
        door = next((user for before, user in DOORS if route.startswith(before)), None)
        if door is None or name in STREAMS | NO_PAGES:
            continue
        path = path_of(route, name)
        if path is None:
            unknown += [route] if route.startswith(NAMED) else []
        elif path.startswith(f"/{only}"):
            found += [Address(name + question, path + _question(question), door) for question in ("", *QUESTIONS.get(name, ()))]
    return found, unknown


def path_of(route: str, name: str) -> str | None:
    """The route with an object in each place; None where no object is known for one."""
    path = route
    for whole, argument in re.findall(r"(<(?:\w+:)?(\w+)>)", route):
        value = _example(route, name, argument)
        if value is None:
            return None
        path = path.replace(whole, quote(str(value)))
    return f"/{path}"


def _routes(found: Any = None, before: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for pattern in found or get_resolver().url_patterns:
        regex = isinstance(pattern.pattern, RegexPattern)
        route = before + (_of_regex(str(pattern.pattern)) if regex else str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            # What has no name is a second spelling of another address, or catches all that is left.
            if pattern.name:
                yield route, ":".join([*names, pattern.name])
        else:
            yield from _routes(pattern.url_patterns, route, (*names, pattern.namespace) if pattern.namespace else names)


def _of_regex(regex: str) -> str:
    text, parameters = normalize(regex)[0]
    return str(text % {name: f"<{name}>" for name in parameters})


def _example(route: str, name: str, argument: str) -> Any:
    """What stands in this place of this route."""
    if ":" in name and "directory_" in name or "harvest_" in name or "taxonomies_" in name:
        return _of_snippet(name, argument)
    return next((find() for before, find in OBJECTS if route.startswith(before)), None)


@lru_cache
def _of_snippet(name: str, argument: str) -> Any:
    app, model = name.partition(":")[0].split("_")[1:]
    kept = (
        _own_service()
        if model == "service"
        else _own_organisation()
        if model == "organisation"
        else apps.get_model(app, model).objects.first()
    )
    if kept is None or argument == "pk":
        return kept.pk if kept else None
    revision = getattr(kept, "latest_revision_id", None)
    return {"revision_id": revision, "revision_id_a": revision, "revision_id_b": "live"}.get(argument)


def _own_organisation() -> Organisation:
    return Membership.objects.select_related("organisation").get(user__email=PARTNER).organisation


def _own_service() -> Service:
    return Service.objects.public().filter(organisation=_own_organisation()).order_by("pk")[0]


def _waiting() -> ChangeField:
    return ChangeField.objects.filter(state="waiting").order_by("pk")[0]


def _key(find: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: find().pk


# By the beginning of the route, the longest first.
OBJECTS: tuple[tuple[str, Callable[[], Any]], ...] = tuple(
    sorted(
        (
            ("partner/services/<", _key(_own_service)),
            ("partner/edits/<", _key(lambda: ChangeField.objects.filter(state="live")[0])),
            ("partner/group/<", _key(_own_organisation)),
            ("partner/contacts/<", _key(lambda: Contact.objects.filter(service__organisation=_own_organisation(), withdrawn_on=None)[0])),
            ("partner/members/<", _key(lambda: Membership.objects.get(user__email=PARTNER))),
            ("partner/claim/<", _key(lambda: Service.objects.public().exclude(organisation=_own_organisation()).order_by("pk")[0])),
            ("partner/claims/<", _key(lambda: Claim.objects.filter(user__email=PARTNER)[0])),
            ("admin/moderation/claims/<", _key(lambda: Claim.objects.waiting()[0])),
            ("admin/moderation/<", lambda: _waiting().change_id),
            ("admin/moderation/history/<", _key(_own_service)),
            ("admin/moderation/suggestions/<", _key(lambda: Suggestion.objects.waiting()[0])),
            ("admin/words/needs/<", _key(lambda: Need.objects.all()[0])),
            ("admin/listings/doubles/<", _key(lambda: DuplicatePair.objects.filter(state="same")[0])),
            ("admin/listings/feeds/<", _key(lambda: Feed.objects.all()[0])),
            ("admin/listings/to-ring/<", _key(_own_service)),
            ("admin/listings/links/<", _key(lambda: LinkCheck.objects.filter(failures__gt=0)[0])),
            ("admin/users/", _key(lambda: User.objects.get(email=PARTNER))),
            ("account/manage/<", _key(lambda: User.objects.get(email=PARTNER))),
            ("suggest/wrong/<", _key(_own_service)),
            ("oruk/services/<", _key(_own_service)),
            ("oruk/service_at_locations/<", _key(lambda: ServiceAtLocation.objects.filter(location__masked=False)[0])),
            ("oruk/organizations/<", _key(_own_organisation)),
            ("oruk/taxonomies/<", lambda: TAXONOMY),
            ("oruk/taxonomy_terms/<", lambda: element_id("my-home")),
        ),
        key=lambda each: -len(each[0]),
    )
)


def _question(text: str) -> str:
    if "{" not in text:
        return text
    place = ServiceAtLocation.objects.filter(location__masked=False, service=_own_service()).select_related("location").first()
    postcode = place.location.postcode if place else ServiceAtLocation.objects.select_related("location")[0].location.postcode
    return text.format(taxonomy=TAXONOMY, element=element_id("my-home"), postcode=quote(postcode))
