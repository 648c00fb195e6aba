"""Every address has a rule, and the rule holds: for visitors, for the wrong role, for the wrong partner, with real objects."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

from directory.accounts.doors import PUBLIC, SIGNED_IN, may_open, rule_of
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.roles import Role
from directory.journal.heads import head
from directory.sections import SECTIONS
from matching.models import Referral
from tests import factories
from tests.carestore import world
from tests.carestore.world import World
from tests.directory.test_moderation_pages import may_enter

pytestmark = pytest.mark.django_db

R = Role
EVERYBODY = set(Role)
# Wagtail's own log-in for its pages: ours takes its place, and this one stays shut for everybody.
SHUT = {"_util/login/"}
OF_PACKAGES = ("admin/", "documents/", "_util/", "^")

# Rooms without an object in their address, and who may open them.
ROOMS = {
    "account": EVERYBODY,
    "partner": {R.PARTNER, R.EDITOR},
    "partner-referrals": {R.PARTNER, R.COORDINATOR},
    "claims": EVERYBODY,
    "desk": {R.COORDINATOR, R.SAFEGUARDING_LEAD, R.CARE_WORKER},
    "desk-search": {R.COORDINATOR},
    "desk-person-new": {R.COORDINATOR, R.CARE_WORKER},
    "desk-doubles": {R.COORDINATOR},
    "account-requests": {R.PERSON, R.FAMILY},
    "entered-in-error": {R.ADMINISTRATOR},
    "volunteer-activities": {R.ADMINISTRATOR, R.COORDINATOR},
    "desk-unmet": {R.COORDINATOR},
    "desk-groups": {R.COORDINATOR},
    "desk-rounds": {R.COORDINATOR},
    "desk-volunteers": {R.COORDINATOR},
    "desk-volunteer-new": {R.COORDINATOR},
    "desk-courses": {R.COORDINATOR},
    "desk-sheets": {R.COORDINATOR},
    "desk-sheet-template": {R.COORDINATOR},
    "desk-exports": {R.COORDINATOR},
    "volunteer-times": {R.VOLUNTEER},
    "volunteer-trainings": {R.VOLUNTEER},
    "volunteer-stop": {R.VOLUNTEER},
    "volunteer-photo": {R.VOLUNTEER},
    "desk-task-new": {R.COORDINATOR},
    "desk-week": {R.COORDINATOR, R.CARE_WORKER},
    "desk-care-visit-new": {R.COORDINATOR, R.CARE_WORKER},
    "council-refer": {R.COUNCIL_REFERRER},
    "accounts": {R.ADMINISTRATOR},
    "wagtailadmin_home": {R.EDITOR, R.ADMINISTRATOR},
    "moderation": {R.EDITOR, R.ADMINISTRATOR},
    "freshness": {R.EDITOR, R.ADMINISTRATOR},
    "to-ring": {R.EDITOR, R.ADMINISTRATOR},
    "to-post": {R.EDITOR, R.ADMINISTRATOR},
    "links": {R.EDITOR, R.ADMINISTRATOR},
    "pairs": {R.EDITOR, R.ADMINISTRATOR},
    "merges": {R.EDITOR, R.ADMINISTRATOR},
    "merge-any": {R.EDITOR, R.ADMINISTRATOR},
    "organisation-pairs": {R.EDITOR, R.ADMINISTRATOR},
    "organisation-merges": {R.EDITOR, R.ADMINISTRATOR},
    "uploads": {R.EDITOR, R.ADMINISTRATOR},
    "words": {R.EDITOR, R.ADMINISTRATOR},
    "words-bench": {R.EDITOR, R.ADMINISTRATOR},
    "api-referrals": {R.PERSON, R.FAMILY, R.PARTNER, R.CARE_WORKER, R.COORDINATOR, R.COUNCIL_REFERRER},
}
# They answer with a way on to another room.
PASSAGES = {
    "council": {R.COUNCIL_REFERRER, R.ANALYST, R.COORDINATOR, R.ADMINISTRATOR},
    "desk-unmet-do": {R.COORDINATOR},
    "desk-group-form": {R.COORDINATOR},
}
# Addresses with an object: which one, whose it is, and which roles open it without being its owner.
CASEWORK = {R.COORDINATOR}
OBJECTS: dict[str, tuple[str, str, set[Role]]] = {
    "partner-service": ("service", "partner", set()),
    **{section.url_name: ("service", "partner", set()) for section in SECTIONS},
    "partner-still-right": ("service", "partner", set()),
    "partner-this-week": ("service", "partner", set()),
    "partner-print": ("service", "partner", set()),
    "partner-preview": ("service", "partner", set()),
    "partner-reports": ("service", "partner", set()),
    "claim-shown": ("claim", "claimant", set()),
    "partner-contact-add": ("service", "partner", set()),
    "partner-contact": ("contact", "partner", set()),
    "partner-contact-withdraw": ("contact", "partner", set()),
    "partner-undo": ("undoable", "partner", set()),
    "partner-group": ("group", "partner", {R.EDITOR, R.ADMINISTRATOR}),
    "partner-group-leave": ("group", "partner", set()),
    "partner-member": ("membership", "partner", {R.EDITOR, R.ADMINISTRATOR}),
    "partner-referral": ("referral", "partner", set()),
    "desk-person": ("person", "coordinator", CASEWORK),
    "desk-person-edit": ("person", "coordinator", CASEWORK),
    "desk-person-looks": ("person", "coordinator", CASEWORK),
    "desk-person-under-18": ("person", "coordinator", CASEWORK),
    "desk-person-merge": ("person", "coordinator", CASEWORK),
    "desk-family-new": ("person", "coordinator", CASEWORK),
    "desk-family": ("family", "coordinator", CASEWORK),
    "desk-ask-edit": ("ask", "coordinator", CASEWORK),
    "desk-ask-withdraw": ("ask", "coordinator", CASEWORK),
    "desk-agree": ("person", "coordinator", CASEWORK),
    "desk-ask-new": ("person", "coordinator", CASEWORK),
    "desk-agreement-withdraw": ("agreement", "coordinator", CASEWORK),
    "desk-match": ("ask", "coordinator", CASEWORK),
    "desk-refer": ("ask", "coordinator", CASEWORK),
    "desk-decide": ("ask", "coordinator", CASEWORK),
    "desk-call-back": ("call", "coordinator", CASEWORK),
    "desk-volunteer": ("volunteer", "coordinator", CASEWORK),
    "desk-volunteer-edit": ("volunteer", "coordinator", CASEWORK),
    "desk-volunteer-photo": ("volunteer", "coordinator", CASEWORK),
    "volunteer-photo-file": ("volunteer", "volunteer", CASEWORK),
    "desk-volunteer-letter": ("reference", "coordinator", CASEWORK),
    "desk-course": ("course", "coordinator", CASEWORK),
    "desk-course-date": ("course_date", "coordinator", CASEWORK),
    "desk-sheet": ("sheet", "coordinator", CASEWORK),
    "desk-sheet-decide": ("sheet", "coordinator", CASEWORK),
    "desk-sheet-wrong": ("sheet", "coordinator", CASEWORK),
    "desk-enquiry": ("enquiry", "coordinator", CASEWORK),
    "desk-enquiry-take-up": ("enquiry", "coordinator", CASEWORK),
    "desk-ask-volunteers": ("ask", "coordinator", CASEWORK),
    "desk-pair": ("pair", "coordinator", CASEWORK),
    "desk-pair-letter": ("accepted", "coordinator", CASEWORK),
    "desk-task": ("task", "coordinator", CASEWORK),
    "visit": ("visit", "volunteer", CASEWORK),
    "visit-new": ("pair", "volunteer", CASEWORK),
    "visit-meeting-new": ("small_group", "volunteer", CASEWORK),
    "desk-person-care": ("person", "coordinator", CASEWORK),
    "desk-referral": ("draft", "careworker", CASEWORK),
    "desk-unmet-reopen": ("ask", "coordinator", CASEWORK),
    "desk-round": ("proposed_round", "coordinator", CASEWORK),
    "desk-round-decide": ("proposed_round", "coordinator", CASEWORK),
    "desk-group": ("small_group", "coordinator", CASEWORK),
    "desk-group-decide": ("small_group", "coordinator", CASEWORK),
    "desk-group-member": ("place", "coordinator", CASEWORK),
    "volunteer-group": ("small_group", "volunteer", set()),
    "volunteer-offer": ("match", "volunteer", set()),
    "council-referral": ("referral", "council", set()),
    "account-managed": ("account", "administrator", {R.ADMINISTRATOR}),
    "api-referral": ("referral", "council", CASEWORK),
    "api-referral-moves": ("referral", "council", CASEWORK),
}
# A body that would do something at every one of them.
MISCHIEF = {
    "to": "accepted",
    "answer": "yes",
    "decision": "withdraw",
    "given_by": "person",
    "how": "phone",
    "need": "shopping",
    "do": "key",
}


def patterns(found: Any = None, before: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every pattern of the project and of its packages: route, name, view."""
    for pattern in found or get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join([*names, pattern.name or ""])
            yield route if not isinstance(pattern.pattern, RegexPattern) else _example(before, str(pattern.pattern)), name, pattern.callback
        else:
            yield from patterns(pattern.url_patterns, route, (*names, pattern.namespace) if pattern.namespace else names)


def _example(before: str, regex: str) -> str:
    text, parameters = normalize(regex)[0]
    return before + text % dict.fromkeys(parameters, "1")


def path_of(route: str) -> str:
    """The route with something in each place."""
    values = {"int": "1", "uuid": str(uuid.uuid4())}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1], "x"), route)


def ours() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    return ((route, name, view) for route, name, view in patterns() if not route.startswith(OF_PACKAGES) and name != "wagtail_serve")


def signed_in(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def post(client: Client, path: str) -> Any:
    return client.post(path, MISCHIEF, **({"content_type": "application/json"} if path.startswith("/api/") else {}))


@pytest.fixture
def small() -> World:
    return world.make()


def test_every_address_has_a_rule() -> None:
    without = {route for route, _, view in patterns() if rule_of(view, path_of(route).lstrip("/")) is None}
    assert without == SHUT


def test_an_address_without_a_rule_is_shut_for_everybody() -> None:
    for user in (AnonymousUser(), factories.administrator(), factories.coordinator()):
        assert not may_open(user, None)
    assert signed_in(factories.administrator()).get("/_util/login/").status_code == 403


def test_somebody_whose_account_was_closed_opens_nothing() -> None:
    left = factories.user(R.COORDINATOR, is_active=False)
    assert not any(may_open(left, rule) for rule in {rule_of(view, route) for route, _, view in patterns()} - {PUBLIC})


def test_each_address_of_ours_is_told_here() -> None:
    told = {*ROOMS, *PASSAGES, *OBJECTS}
    closed = {name for route, name, view in ours() if rule_of(view, route) is not PUBLIC}
    assert closed - {"logout"} <= told


def test_visitors_are_sent_to_the_log_in_from_everything_that_is_not_public() -> None:
    client, wrong = Client(raise_request_exception=False), []
    for route, name, view in patterns():
        path = path_of(route)
        if rule_of(view, path.lstrip("/")) is PUBLIC or route in SHUT:
            continue
        for answer in (client.get(path), client.post(path)):
            if path.startswith("/api/"):
                fine = answer.status_code == 401 and "errors" in answer.json() and answer["WWW-Authenticate"] == "Api-Key"
            else:
                fine = answer.status_code == 302 and answer["Location"].startswith(("/account/login/?next=/", "/admin/login/?next=/"))
            if not fine:
                wrong.append((answer.status_code, path, name))
    assert not wrong


def test_public_addresses_never_break() -> None:
    client, wrong = Client(raise_request_exception=False), []
    for route, name, view in patterns():
        path = path_of(route)
        if rule_of(view, path.lstrip("/")) is PUBLIC:
            answers = (client.get(path), client.post(path), client.put(path), client.get(path, {"page": "\0", "q": "\0", "place": "%"}))
            wrong += [(answer.status_code, path) for answer in answers if answer.status_code >= 500 and name != "health-ready"]
    assert not wrong


@pytest.mark.parametrize("role", [R.COORDINATOR, R.PARTNER, R.SAFEGUARDING_LEAD])
def test_the_page_editor_is_for_editors(role: Role) -> None:
    client = signed_in(factories.user(role))
    wrong = []
    for route, _, view in patterns():
        path = path_of(route)
        if path.startswith("/admin/") and rule_of(view, path.lstrip("/")) is not PUBLIC:
            answer = client.get(path)
            # Wagtail sends those whom it does not know to its log-in, which says that the account does not open it.
            if answer.status_code not in (403, 404) and not (answer.status_code == 302 and answer["Location"].startswith("/admin/login/")):
                wrong.append((answer.status_code, path))
    assert not wrong


def test_the_inner_interface_of_the_page_editor_asks_for_the_role_and_not_for_a_group_of_wagtails() -> None:
    may_enter(R.EDITOR)
    former = factories.user(R.PARTNER)
    former.groups.add(Group.objects.get(name=ADMIN_GROUPS[R.EDITOR]))
    assert signed_in(factories.user(R.EDITOR)).get("/admin/api/main/pages/").status_code == 200
    assert signed_in(former).get("/admin/api/main/pages/").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_rooms_and_no_other(role: Role) -> None:
    from cms.seeding import make_pages

    make_pages()
    client = signed_in(factories.user(role))
    answers = {name: client.get(reverse(name)).status_code for name in [*ROOMS, *PASSAGES]}
    wanted = {name: 200 if role in roles else 403 for name, roles in ROOMS.items()}
    assert answers == wanted | {name: 302 if role in roles else 403 for name, roles in PASSAGES.items()}


def test_nobody_reaches_what_belongs_to_others(small: World) -> None:
    strangers, before, wrong = small.strangers(), head(), []
    for name, (which, _, also) in OBJECTS.items():
        path = reverse(name, args=[getattr(small, which).pk])
        for role in set(strangers) - also:
            client = signed_in(strangers[role])
            for answer in (client.get(path), post(client, path)):
                if answer.status_code not in (401, 403, 404, 405):
                    wrong.append((answer.status_code, role, path))
    assert not wrong
    assert head() == before


def test_what_belongs_to_somebody_opens_for_them(small: World) -> None:
    wrong = []
    for name, (which, owner, _) in OBJECTS.items():
        answer = signed_in(small.people[owner]).get(reverse(name, args=[getattr(small, which).pk]))
        # 405: this address takes a step and shows nothing.
        if answer.status_code not in (200, 405):
            wrong.append((answer.status_code, owner, name))
    assert not wrong


def test_a_group_hears_of_a_referral_only_once_it_is_sent(small: World) -> None:
    client = signed_in(small.people["partner"])
    assert client.get(reverse("partner-referral", args=[small.draft.pk])).status_code == 404
    assert client.get(reverse("api-referral", args=[small.draft.pk])).status_code == 404
    assert str(small.draft) not in client.get("/partner/referrals/").content.decode()


def test_lists_show_own_things_only(small: World) -> None:
    numbers = [str(small.referral), str(small.draft)]
    for role, user in small.strangers().items():
        for name in ("partner-referrals", "council-refer", "desk", "volunteer", "api-referrals"):
            page = signed_in(user).get(reverse(name)).content.decode()
            if role not in CASEWORK:
                assert not [number for number in (*numbers, str(small.person.pk), str(small.ask.pk)) if number in page], (role, name)


def test_another_referrers_key_finds_nothing(small: World) -> None:
    client = Client(headers={"Authorization": world.key_of(factories.user(R.COUNCIL_REFERRER, is_service=True))})
    assert client.get("/api/v1/referrals/").json()["total"] == 0
    unknown = client.get(reverse("api-referral", args=[uuid.uuid4()]))
    others = client.get(reverse("api-referral", args=[small.referral.pk]))
    # Not a word tells that it exists.
    assert (others.status_code, others.content) == (unknown.status_code, unknown.content) == (404, unknown.content)
    body = {"person_id": str(small.person.pk), "need": "shopping", "service_id": str(small.service.pk)}
    refused = client.post("/api/v1/referrals/", body, content_type="application/json")
    nobody = client.post("/api/v1/referrals/", {**body, "person_id": str(uuid.uuid4())}, content_type="application/json")
    assert (refused.status_code, refused.content) == (nobody.status_code, nobody.content)
    assert refused.status_code == 400
    assert Referral.objects.count() == 2


def test_a_key_that_was_taken_back_opens_nothing(small: World) -> None:
    account = small.people["council"]
    header = world.key_of(account)
    client = Client(headers={"Authorization": header})
    assert client.get("/api/v1/referrals/").status_code == 200
    account.keys.update(revoked=True)
    assert client.get("/api/v1/referrals/").status_code == 401


def test_signed_in_pages_need_no_role() -> None:
    rules = {rule_of(view, route) for route, _, view in ours()}
    assert SIGNED_IN in rules
    assert signed_in(factories.user()).get("/account/").status_code == 200
