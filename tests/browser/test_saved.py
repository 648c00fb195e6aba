"""A visitor keeps what they found, sends it on and prints it; asks for mails; asks to be rung. With scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits, with_large_text

FINDER = "/find/?q=shopping&place=HD7+5AA"
ERRANDS = "Example Shopping and Errands"


def both_widths(page: Page) -> Page:
    """On a phone and on a desk, with nothing that axe finds."""
    page.set_viewport_size({"width": 320, "height": 800})
    fits(accessible(page))
    page.set_viewport_size({"width": 1280, "height": 900})
    return fits(accessible(page))


def a_service(page: Page, place: int) -> None:
    page.goto(FINDER)
    page.goto(str(page.locator("#list .result h3 a").nth(place).get_attribute("href")))


def test_keep_is_one_click_and_the_list_is_in_the_header(opens: Opens) -> None:
    page = opens("/")
    expect(page.get_by_role("link", name=re.compile("^Your list"))).to_have_count(0)
    for number in (0, 1):
        a_service(page, number)
        address = page.url
        page.get_by_role("link", name=re.compile("^Keep")).click()
        expect(page.locator(".kept-words")).to_contain_text(f"Kept. {number + 1} on your list.")
        assert page.url == address
        accessible(page)
    page.goto("/needs/")
    page.get_by_role("link", name="Your list (2)").click()
    expect(page.locator("main .result")).to_have_count(2)
    both_widths(page)
    page.set_viewport_size({"width": 640, "height": 900})
    fits(with_large_text(page))

    page.get_by_role("button", name="Compare those with a tick").click()
    expect(page.get_by_role("heading", name="Side by side")).to_be_visible()
    both_widths(page)


def test_on_paper_there_is_a_line_for_each_with_its_number(opens: Opens) -> None:
    page = opens("/")
    a_service(page, 0)
    page.get_by_role("link", name=re.compile("^Keep")).click()
    expect(page.locator(".kept-words")).to_contain_text("Kept")
    page.goto("/saved/")
    page.emulate_media(media="print")
    line = page.locator(".cms-lines li")
    expect(line).to_have_count(1)
    expect(line).to_contain_text(re.compile(r"\d{5} \d{6}"))
    expect(page.locator(".result")).to_be_hidden()
    expect(page.get_by_role("button", name="Take off")).to_be_hidden()


def test_keep_without_scripts_and_a_link_for_somebody_else(opens: Opens) -> None:
    page = opens("/", scripts=False, width=320)
    a_service(page, 0)
    address = page.url
    page.get_by_role("link", name=re.compile("^Keep")).click()
    page.get_by_role("button", name="Keep it").click()
    assert page.url == address
    expect(page.get_by_role("status")).to_contain_text("Kept. 1 on your list.")
    page.get_by_role("link", name="Your list", exact=True).click()
    link = page.get_by_label("Its link").input_value()
    path = "/saved/" + link.split("/saved/")[1]

    daughter = opens(path)
    expect(daughter.locator("main .result")).to_have_count(1)
    both_widths(daughter)
    daughter.get_by_role("button", name="Put them on my list").click()
    expect(daughter.get_by_role("heading", name="Your list")).to_be_visible()

    page.get_by_role("button", name="Take all off my list").click()
    expect(page.get_by_role("heading", name="Nothing is on it yet")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_asking_for_a_mail_when_something_new_fits(opens: Opens, scripts: bool) -> None:
    page = opens(f"/saved/searches/new/{FINDER.removeprefix('/find/')}", scripts=scripts)
    if scripts:
        both_widths(page)
    page.get_by_label("Your e-mail address").fill("ada")
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", name="Not right yet")).to_be_visible()
    page.get_by_label("Your e-mail address").fill("ada@nest.example")
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    if scripts:
        both_widths(page)


def test_asking_to_be_rung_and_the_call_at_the_desk(opens: Opens) -> None:
    page = opens("/ask/")
    page.get_by_role("link", name="Ask us to ring you").click()
    expect(page.get_by_role("heading", name="Shall we ring you?")).to_be_visible()
    both_widths(page)
    page.get_by_role("button", name="Ring me").click()
    expect(page.get_by_role("heading", name="Not right yet")).to_be_visible()
    both_widths(page)
    page.get_by_label("Your name").fill("Wilma Waiting")
    page.get_by_label("Your telephone number").fill("01484 496000")
    page.get_by_label("In the morning").check()
    page.get_by_label("No, leave no message").check()
    page.get_by_role("button", name="Ring me").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_text("We ring you by")).to_be_visible()
    both_widths(page)

    desk = opens("/desk/", who="coordinator")
    expect(desk.get_by_text("Wilma Waiting")).to_have_count(0)
    desk.get_by_role("link", name="Ring back about help: show name and number").last.click()
    expect(desk.get_by_role("heading", name="Ring back: Wilma Waiting")).to_be_visible()
    both_widths(desk)
    desk.get_by_role("button", name="We have talked").click()
    expect(desk.get_by_role("status")).to_contain_text("you have talked")
