"""A visitor finds help: by a word and a postcode, by a feeling and a village's own name."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible


def asks(page: Page, words: str, place: str) -> None:
    page.get_by_label("Say it in your own words").fill(words)
    page.get_by_label("Village or postcode").fill(place)
    page.get_by_role("button", name="Find help").click()


def numbers_in(parts: Locator) -> set[str]:
    """The numbers that these parts show; the pin of the place itself has none."""
    return {number for text in parts.all_inner_texts() for number in re.findall(r"\d+", text)}


def test_shopping_near_a_postcode(opens: Opens) -> None:
    page = accessible(opens("/"))
    asks(page, "shopping", "HD7 5AA")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("HD7 5AA")
    results = page.locator("#list .result")
    expect(results.filter(has_text="Example Shopping and Errands")).to_have_count(1)
    with_place = results.count()
    accessible(page)

    page.get_by_role("link", name="Take away: near HD7 5AA").click()
    expect(page.get_by_role("link", name="Take away: near HD7 5AA")).to_have_count(0)
    expect(page.get_by_label("Village or postcode")).to_have_value("")
    assert results.count() >= with_place

    results.get_by_role("heading", name="Example Shopping and Errands").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/services/[0-9a-f-]{36}/example-shopping-and-errands"))
    expect(page.get_by_role("heading", name="Can I just turn up?")).to_be_visible()
    expect(page.get_by_role("link", name="01632 960102").first).to_be_visible()
    accessible(page)


def test_lonely_in_slawit(opens: Opens) -> None:
    page = opens("/find/", width=390)
    asks(page, "lonely", "Slawit")
    expect(page.get_by_label("What we understood")).to_contain_text("near Slaithwaite")
    expect(page.get_by_label("What we understood")).to_contain_text("Friendships")
    expect(page.locator("#list .result").first).to_be_visible()
    accessible(page)


def test_a_map_beside_the_list_has_its_numbers(opens: Opens) -> None:
    page = opens("/find/?q=library&place=Slawit")
    pins = page.locator(".leaflet-marker-icon")
    expect(pins.first).to_be_visible()
    on_the_map, in_the_list = numbers_in(pins), numbers_in(page.locator("#list .pin-number"))
    assert on_the_map
    assert on_the_map <= in_the_list
    accessible(page)


def test_a_postcode_with_a_slip_is_answered_with_the_right_one(opens: Opens) -> None:
    page = opens("/")
    asks(page, "shopping", "HD7 5AAA")
    expect(page.locator("#ask-place-error")).to_contain_text("HD7 5AA")
    accessible(page)


def test_nothing_fits_is_an_offer(opens: Opens) -> None:
    page = opens("/find/?q=zebra+xylophone&place=Marsden")
    expect(page.get_by_role("heading", name="Ask the co-op")).to_be_visible()
    accessible(page)
