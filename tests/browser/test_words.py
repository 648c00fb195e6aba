"""An editor looks why a phrase is read as it is, tries a new one, and publishes it: small screen and large, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

BENCH = "/admin/words/bench/"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_the_everyday_words(opens: Opens, width: int) -> None:
    page = opens("/admin/words/", who="editor", width=width)
    fits(accessible(page))
    page.goto("/admin/words/needs/shopping/?with=bread")
    fits(accessible(page))
    page.goto(f"{BENCH}?q=mum+cant+manage+the+food+bank+from+Slawit+for+free")
    page.get_by_text("Its points").first.click()
    fits(accessible(page))
    page.get_by_label("Phrases to add, one a line").fill("damp in bedroom\noojamaflip whatsit")
    page.get_by_label("A phrase to read before and after").fill("the oojamaflip whatsit")
    page.get_by_label("Need").select_option("garden-maintenance")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_role("heading", name="What the draft changes")).to_be_visible()
    expect(page.get_by_text("was right, would be wrong")).to_be_visible()
    fits(accessible(page))


def test_a_phrase_is_tried_and_published_without_scripts(opens: Opens) -> None:
    page = opens(BENCH, who="editor", scripts=False)
    page.get_by_label("Need").select_option("shopping")
    page.get_by_label("Phrases to add, one a line").fill("oojamaflip whatsit")
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(r"/admin/words/needs/shopping/"))
    expect(page.get_by_label("What residents say, one phrase a line")).to_have_value(re.compile(r"oojamaflip whatsit$"))
