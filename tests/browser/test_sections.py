"""The secretary of a lunch club on a phone: the list of sections, one of them, and nothing lost that was typed."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits, with_large_text

LUNCH = "Example Lunch Club (demo)"


def at_the_listing(page: Page) -> Page:
    page.goto("/partner/")
    page.goto(str(page.locator("h2 a, h3 a").filter(has_text=LUNCH).first.get_attribute("href")))
    return page


def test_the_list_of_sections_on_a_phone(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=320))
    fits(accessible(page, "Your page, part by part"))
    expect(page.get_by_text(re.compile(r"\d of 8 told"))).to_be_visible()
    page.emulate_media(color_scheme="dark")
    accessible(page)
    fits(with_large_text(page))


def test_sections_on_a_phone(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=320))
    for title in ("What it is", "Where and area", "Getting in", "How to reach you"):
        page.get_by_role("link", name=title, exact=True).click()
        fits(accessible(page, title))
        page.go_back()
    page.get_by_role("link", name="How to reach you", exact=True).click()
    page.get_by_role("link", name="Add a number").click()
    fits(accessible(page, "Add a number"))


def test_what_is_typed_is_kept_and_offered_again(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=390))
    page.get_by_role("link", name="How people start", exact=True).click()
    page.get_by_label("What happens then?").fill("We keep a chair for you.")
    expect(page.get_by_text(re.compile(r"Kept at \d\d:\d\d"))).to_be_visible()
    page = at_the_listing(page)
    expect(page.get_by_text("You wrote something today")).to_be_visible()
    page.get_by_role("link", name="How people start", exact=True).click()
    accessible(page, "You began this today")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.get_by_label("What happens then?")).to_have_value("We keep a chair for you.")
    accessible(page)
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("What happens then?")).to_have_value("")


def test_what_was_typed_before_the_script_arrived_is_kept_too(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=390))
    held: list[Route] = []
    page.route("**/keep-typed.js", lambda route: held.append(route))
    page.get_by_role("link", name="How people start", exact=True).click(no_wait_after=True)
    page.get_by_label("What happens then?").fill("We keep a chair for you.")
    held[0].continue_()
    expect(page.get_by_text(re.compile(r"Kept at \d\d:\d\d"))).to_be_visible()


@pytest.mark.parametrize("part", ["Times", "What it is", "Where and area"])
def test_who_only_looks_leaves_no_draft_behind(opens: Opens, part: str) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=390))
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.get_by_role("link", name=part, exact=True).click()
    form = page.url
    page.goto("/partner/")
    page.goto(form)
    expect(page.get_by_role("heading", name="You began this")).to_have_count(0)
    assert posted == []


def test_what_is_sent_while_it_is_being_kept_leaves_no_draft_behind(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", width=390))
    page.get_by_role("link", name="How people start", exact=True).click()
    held: list[Route] = []
    page.route("**/start/", lambda route: held.append(route) if route.request.resource_type == "fetch" else route.continue_())
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.resource_type) if request.method == "POST" else None)
    with page.expect_request(lambda request: request.resource_type == "fetch"):
        page.get_by_label("What happens then?").fill("We keep a chair by the window for you.")
    page.get_by_role("button", name="Send these changes").click(no_wait_after=True)
    assert posted == ["fetch"]
    held[0].continue_()
    expect(page.get_by_text("Thank you. We look at your changes")).to_be_visible()
    assert posted == ["fetch", "document"]
    expect(page.get_by_text("You wrote something today")).to_have_count(0)


def test_a_number_is_added_and_taken_out_without_scripts(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", scripts=False))
    page.get_by_role("link", name="How to reach you", exact=True).click()
    page.get_by_role("link", name="Add a number").click()
    page.get_by_label("Phone").fill("01632 960 555")
    page.get_by_label("A person’s own, at home or in their pocket").check()
    page.get_by_label("Who answers?").fill("Wilma")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ask the person first").first).to_be_visible()
    page.get_by_label("On which day did that person say yes?").fill("2026-01-05")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("They agreed on 5 January 2026. Shown on this site, on paper.")).to_be_visible()
    page.get_by_role("link", name="Change or take out Wilma").click()
    page.get_by_role("button", name="Take it out").click()
    expect(page.get_by_text("There are no others.")).to_be_visible()


def test_kept_for_later_without_scripts(opens: Opens) -> None:
    page = at_the_listing(opens("/partner/", who="partner", scripts=False))
    page.get_by_role("link", name="What it is", exact=True).click()
    page.get_by_label("In one plain sentence").fill("A hot lunch and a")
    page.get_by_role("button", name="Keep for later").click()
    expect(page.get_by_text("nothing has been sent yet")).to_be_visible()
    page.get_by_role("link", name="What it is", exact=True).click()
    page.get_by_role("link", name="Go on with it").click()
    page.get_by_label("In one plain sentence").fill("A hot lunch and a sing-song.")
    page.get_by_role("button", name="Send these changes").click()
    expect(page.get_by_text("Until then your page stays as it is.")).to_be_visible()
    expect(page.get_by_text("Waits for us", exact=True).first).to_be_visible()
