"""The pages on a small ground: the shipped needs and villages, two postcodes, and an index of each test's own."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from hypothesis import settings as hypothesis_settings

from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.listings import create_organisation, create_service
from directory.models import Organisation, Service
from directory.seeding import load_needs
from search import indexing, known
from tests import factories

hypothesis_settings.register_profile("no-deadline", deadline=None)
hypothesis_settings.load_profile("no-deadline")

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
HALL = {"name": "The Hall", "address": "Britannia Road, Slaithwaite", "postcode": "HD7 5AA"}


class _Reading(HTMLParser):
    """The visible words of a page, its links and the text of its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._open: list[list[Any]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        if tag == "a":
            self._open.append([dict(attrs).get("href") or "", []])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "a" and self._open:
            href, words = self._open.pop()
            self.links.append((" ".join("".join(words).split()), href))

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.words.append(data)
        for _, words in self._open:
            words.append(data)


class Read:
    """A page as a visitor meets it."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.html = response.content.decode()
        reading = _Reading()
        reading.feed(self.html)
        self.text = " ".join(" ".join(reading.words).split())
        self.links = reading.links

    def link(self, words: str) -> str:
        """Where the first link that holds these words leads."""
        return next(href for text, href in self.links if words in text)


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()
    cache.clear()


@pytest.fixture
def ground(db: None) -> None:
    """Needs, villages, an area and postcodes."""
    load_needs()
    call_command("load_places", verbosity=0)
    valley = factories.area("T0001", "Colne Valley", around=(53.61, -1.90), half=0.05)
    factories.postcode("HD7 5AA", (53.6230, -1.8810), inside=valley)
    factories.postcode("HD7 6AB", (53.6010, -1.9270), inside=valley)


@pytest.fixture
def editor(db: None) -> User:
    return factories.user(Role.EDITOR)


@pytest.fixture
def listing(ground: None, editor: User) -> Callable[..., Service]:
    """Make a listing through its verb, for shopping where nothing is said; the index does not know it before `indexed`."""

    def make(name: str, organisation: Organisation | None = None, **values: Any) -> Service:
        values.setdefault("summary", f"{name} in one sentence.")
        values.setdefault("needs", ["shopping"])
        group = organisation or create_organisation(by=editor, name=f"Group of {name}")
        return create_service(group, by=editor, name=name, **values)

    return make


@pytest.fixture
def indexed() -> Callable[[], None]:
    """Write the index anew."""

    def write() -> None:
        indexing.rebuild()
        known.forget()

    return write


@pytest.fixture
def read(client: Client) -> Callable[..., Read]:
    """Open an address as a visitor's browser does: read("/find/", q="shopping")."""

    def opened(path: str, **params: str) -> Read:
        return Read(client.get(path, params, headers={"user-agent": BROWSER}))

    return opened
