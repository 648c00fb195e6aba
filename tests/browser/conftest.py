"""Chromium from the distribution's packages, and the demonstration served to it: a fresh copy for every test.

A request to another host, a script's error, a refused style or script, or an answer of 404 or 500 fails the test that saw it.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, Response, Route, sync_playwright
from pytest_django import DjangoDbBlocker

from carestore.demo import cast, loading
from cms.seeding import make_pages
from directory.accounts.models import User
from directory.geodata import codepoint
from directory.geodata.postcode_loading import load_postcodes
from directory.seeding import load_needs
from tests.whole import copy_of, store_in

# Playwright's sync API keeps an event loop in this thread, where Django then refuses the ORM; there is one thread, and no async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The one without windows is the quicker one, and the same within.
CHROMIUM = ("chromium-headless-shell", "chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 15_000  # milliseconds for a page to come, on a busy machine
ALSO_NEEDED = ("HD7 5AA",)
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")

Opens = Callable[..., Page]


def pytest_itemcollected(item: pytest.Item) -> None:
    """All that needs Chromium runs on one worker, which loads the demonstration once."""
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """It is the longest part of the tests, so it begins first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser itself, started once; it ends with this folder, and with it the event loop that it keeps in this thread."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        reason = f"Chromium is not installed: apt-get install {CHROMIUM[0]}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demonstration(empty_tables: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A folder with the loaded demonstration and its index; it is copied, never used."""
    folder = tmp_path_factory.mktemp("demonstration")
    with django_db_blocker.unblock(), store_in(copy_of(empty_tables, folder), folder / "index"), override_settings(DEMO=True):
        load_needs()
        make_pages()
        call_command("load_places", verbosity=0)
        load_postcodes(few_postcodes(folder / "postcodes.csv"))
        call_command("load_areas", sectors=True, areas="HD", verbosity=0)
        loading.load(folder, say=lambda line: None)
        call_command("rebuild_index", verbosity=0)
    return folder


def few_postcodes(path: Path) -> Path:
    """A file with the postcodes that the demonstration speaks of, out of the nation's 1.7 million."""
    files = [file for file in cast.HERE.iterdir() if file.suffix in (".csv", ".json")]
    spoken_of = {found for file in files for found in POSTCODE.findall(file.read_text(encoding="utf-8"))}
    wanted = {text.replace(" ", "") for text in {*spoken_of, *ALSO_NEEDED}}
    rows = [
        row
        for part in codepoint.parts(None, {codepoint.postcode_area(code) for code in wanted})
        for batch in codepoint.read(part)
        for row in batch
    ]
    lines = [f"{code},{lat},{lon}" for code, lat, lon, _ in rows if code in wanted]
    path.write_text("\n".join(["postcode,lat,lon", *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    """Where the store answers: one server for all tests; which database it reads is each test's own matter."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def store(demonstration: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration as it is when it opens."""
    shutil.copytree(demonstration / "index", tmp_path / "index")
    url = copy_of(demonstration / "store.sqlite3", tmp_path)
    with django_db_blocker.unblock(), store_in(url, tmp_path / "index"), override_settings(DEMO=True):
        yield


@pytest.fixture
def opens(chromium: Browser, store: None, address: str) -> Iterator[Opens]:
    """Open the store: opens("/find/"), opens("/desk/", who="coordinator", width=360, scheme="dark", scripts=False)."""
    with contextlib.ExitStack() as stack:

        def open_page(path: str = "/", *, who: str = "", width: int = 1280, scheme: Any = "light", scripts: bool = True) -> Page:
            context = chromium.new_context(
                base_url=address,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                java_script_enabled=scripts,
                locale="en-GB",
                reduced_motion="reduce",
            )
            context.set_default_timeout(PATIENCE)
            stack.callback(context.close)
            if who:
                context.add_cookies([{"name": "sessionid", "value": session_of(who), "url": address}])
            page = context.new_page()
            stack.callback(watch(page, address))
            page.goto(path)
            return page

        yield open_page


def session_of(who: str) -> str:
    """The session of somebody of the demonstration who has signed in."""
    client = Client()
    client.force_login(User.objects.get(email=f"{who}@{cast.DOMAIN}"))
    return client.cookies["sessionid"].value


def watch(page: Page, address: str) -> Callable[[], None]:
    """Note what must not happen on a page; the answer says, when it is called, whether it did."""
    seen: list[str] = []

    def routed(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:", "about:")):
            route.continue_()
        else:
            seen.append(f"asked another host: {route.request.url}")
            route.abort()

    def answered(response: Response) -> None:
        if response.status == 404 or response.status >= 500:
            seen.append(f"{response.status} {response.url}")

    page.context.route("**/*", routed)
    page.on("response", answered)
    page.on("pageerror", lambda error: seen.append(f"script: {error}"))
    page.on("console", lambda line: seen.append(line.text) if line.type == "error" and "Failed to load" not in line.text else None)

    def judge() -> None:
        assert not seen, seen

    return judge
