"""What tests of asking share: the way through all steps, as a visitor's browser goes it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from directory import clock
from directory.accounts.models import User
from matching.models import Enquiry
from tests import factories

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA: dict[str, dict[str, Any]] = {
    "about": {"words": "Somebody to shop with me since the cuckooclock stopped", "need": "shopping"},
    "where": {"place": "HD7 5AA"},
    "answers": {},
    "whom": {"whom": "self"},
    "age": {"adult": "yes"},
    "often": {"often": "weekly", "urgency": "2"},
    "when": {"when": ["mornings"]},
    "you": {"name": "Ada Canarybird", "postcode": "HD7 5AA"},
    "contact": {"phone": "01632 960871", "email": "ada@nest.example"},
    "reach": {"ring": "morning", "voicemail": "no", "may_answer": "person"},
    "understand": {"codes": ["large-print"], "more": "beside the xylophone"},
    "give": {"give": "marmalade"},
}
FOR_MOTHER = {
    **ADA,
    "whom": {"whom": "family"},
    "age": {"adult": "yes", "they_adult": "yes"},
    "them": {"their_name": "Olive Goldfinch", "relation": "daughter", "their_phone": "01632 960872", "knows": "no"},
}
# What a coordinator writes down after the talk.
TALK = {
    "record": "new",
    "name": "Ada Canarybird",
    "part": "cared_for",
    "phone": "01632 960871",
    "postcode": "HD7 5AA",
    "given_by": "person",
    "how": "phone",
    "need": "shopping",
    "often": "weekly",
    "minutes": "60",
    "urgency": "2",
    "wishes": "since the cuckooclock stopped",
}
ORDER = ("about", "where", "answers", "whom", "age", "kind", "them", "often", "when", "you", "contact", "reach", "understand", "give")

Walk = Callable[..., Client]


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with clock.held_at(MONDAY):
        yield


@pytest.fixture
def ground() -> None:
    """A need, and a postcode in an area."""
    factories.need()
    factories.postcode()


def post(client: Client, step: str, data: dict[str, Any]) -> Any:
    return client.post(f"/ask/step/{step}/", data)


@pytest.fixture
def walk(ground: None) -> Walk:
    """Answer the steps up to one (all of them where left out); the browser that holds the form."""

    def go(answers: dict[str, dict[str, Any]] | None = None, *, until: str = "", client: Client | None = None) -> Client:
        client, said = client or Client(), answers or ADA
        for step in ORDER:
            if step == until:
                break
            if step in said:
                answer = post(client, step, said[step])
                assert answer.status_code == 302, (step, answer.content.decode())
        return client

    return go


@pytest.fixture
def sent(walk: Walk) -> Callable[..., Enquiry]:
    """An enquiry that was sent, on MONDAY."""

    def make(answers: dict[str, dict[str, Any]] | None = None) -> Enquiry:
        known = set(Enquiry.objects.values_list("pk", flat=True))
        post(walk(answers), "check", {})
        return Enquiry.objects.exclude(pk__in=known).get()

    return make


@pytest.fixture
def by() -> User:
    return factories.coordinator()


@pytest.fixture
def staff(by: User) -> Client:
    client = Client()
    client.force_login(by)
    return client
