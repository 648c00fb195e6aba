"""An editor hands in a file and makes one listing out of two, with scripts and without, on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from directory.accounts.models import User
from directory.harvest.duplicates import decide
from directory.harvest.models import DuplicatePair
from directory.models import Service
from directory.uploads import working
from directory.uploads.models import Upload
from directory.uploads.states import AT_WORK
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

FILE = "Group,What,Ring\nWalk and tea,A gentle walk.,01484 223197\nSing along,Songs and tea.,=1+1\n"
EACH = pytest.mark.parametrize(("width", "scripts"), [(320, True), (320, False)])


def read(page: Page, scripts: bool) -> None:
    """By everybody; axe is a script itself."""
    fits(accessible(page) if scripts else page)


def work() -> None:
    while Upload.objects.filter(state__in=AT_WORK).exists():
        working.work_some()


@EACH
def test_a_file_is_handed_in_tried_and_written(opens: Opens, settings: Any, tmp_path: Path, width: int, scripts: bool) -> None:
    settings.CARESTORE_HOME = tmp_path
    page = opens("/admin/listings/import/", who="editor", width=width, scripts=scripts)
    read(page, scripts)
    page.get_by_label("Where it comes from").fill("Town list")
    page.get_by_label("File").set_input_files(files=[{"name": "groups.csv", "mimeType": "text/csv", "buffer": FILE.encode()}])
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("heading", name="We are looking at it")).to_be_visible()
    work()
    page.reload()
    page.get_by_label("Ring").select_option("phone")
    read(page, scripts)
    page.get_by_role("button", name="Try it out").click()
    work()
    page.reload()
    expect(page.get_by_text("Row 3, column Ring")).to_be_visible()
    read(page, scripts)
    page.get_by_role("button", name="leave 1 bad row out").click()
    work()
    page.reload()
    expect(page.get_by_text("This was done: 1 new")).to_be_visible()
    assert Service.objects.get(source="Town list").name == "Walk and tea"


@EACH
def test_two_listings_become_one_and_two_again(opens: Opens, width: int, scripts: bool) -> None:
    first, second = Service.objects.public().order_by("pk")[:2]
    editor = User.objects.get(email="editor@demo.example")
    decide(DuplicatePair.objects.create(first=first, second=second, score=90, reasons=["same place"]), same=True, by=editor)
    page = opens("/admin/listings/doubles/?which=same", who="editor", width=width, scripts=scripts)
    read(page, scripts)
    page.get_by_role("link", name="Make them one listing").first.click()
    read(page, scripts)
    asked = page.get_by_label("I have asked both")
    if asked.count():
        asked.check()
    page.get_by_role("button", name="Make them one listing").click()
    expect(page.get_by_role("button", name="They are two after all")).to_be_visible()
    gone = Service.objects.exclude(replaced_by=None).get()
    kept = Service.objects.get(pk=gone.replaced_by_id)
    visitor = opens(gone.get_absolute_url())
    expect(visitor.get_by_role("heading", level=1)).to_contain_text(kept.name)
    page.get_by_role("button", name="They are two after all").click()
    expect(page.get_by_text("Taken back on")).to_be_visible()
    read(page, scripts)
    visitor.goto(gone.get_absolute_url())
    expect(visitor.get_by_role("heading", level=1)).to_contain_text(gone.name)


def test_what_a_press_did_is_said_after_the_page_has_come(opens: Opens) -> None:
    page = opens("/admin/listings/doubles/any/?q=lunch", who="editor")
    page.add_init_script(
        """addEventListener("load", () => new MutationObserver((seen) => { document.body.dataset.said = seen[0].addedNodes[0].textContent })
        .observe(document.querySelector(".messages[role=status] li").parentElement, { childList: true }))"""
    )
    page.get_by_role("button", name="Look at both, and merge").click()
    expect(page.locator("body[data-said]")).to_have_attribute("data-said", re.compile("Tick two of them"))
    expect(page.get_by_role("status").get_by_text("Tick two of them")).to_have_count(1)
