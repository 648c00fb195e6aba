"""The finder as somebody uses it: suggestions, chips, filters, and a map that can be moved; with a keyboard alone, on a phone, and without scripts."""

import json
import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

SAID = "/find/?q=free+shopping+in+Marsden"


def typing(page: Page, text: str) -> None:
    """Type into the question and wait for what is suggested."""
    with page.expect_response(re.compile("/api/v1/suggest/")):
        page.get_by_role("combobox", name="Say it in your own words").press_sequentially(text, delay=20)


def test_names_are_suggested_and_a_keyboard_reaches_them(opens: Opens) -> None:
    page = opens("/", width=320)
    question = page.get_by_role("combobox", name="Say it in your own words")
    typing(page, "marsden l")
    options = page.get_by_role("option")
    expect(options.filter(has_text="Marsden Library")).to_have_count(1)
    expect(question).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="suggestion")).to_have_count(1)
    fits(page)
    accessible(page)
    question.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(question).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    question.press("ArrowUp")
    expect(chosen).to_have_count(0)
    question.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(question).to_have_value("marsden l")
    question.press("ArrowDown")
    question.press("ArrowDown")
    question.press("Enter")
    page.wait_for_url(re.compile("/(services|find)/"))


def test_nothing_is_sent_before_two_letters_and_enter_sends_the_question_as_it_is(opens: Opens) -> None:
    page = opens("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    question = page.get_by_role("combobox", name="Say it in your own words")
    question.press_sequentially("s")
    page.wait_for_timeout(400)
    assert not asked
    question.press_sequentially("hopping", delay=20)
    question.press("Enter")
    page.wait_for_url("**/find/?q=shopping")


def test_a_suggested_need_keeps_the_place_that_is_typed(opens: Opens) -> None:
    page = opens("/")
    page.get_by_label("Village or postcode").fill("Marsden")
    typing(page, "shopp")
    page.get_by_role("option").filter(has_text="kind of help").first.click()
    page.wait_for_url("**/find/?need=shopping&place=Marsden")


def test_parts_of_a_sentence_are_taken_off_one_by_one(opens: Opens) -> None:
    page = opens(SAID)
    understood = page.get_by_label("What we understood")
    for label in ("free", "near Marsden"):
        understood.get_by_role("link", name=f"Take away: {label}").click()
        expect(understood.get_by_role("link", name=f"Take away: {label}")).to_have_count(0)
        expect(page.get_by_label("Say it in your own words")).to_have_value("free shopping in Marsden")
    accessible(page)


def test_filters_stand_beside_the_list_or_fold_and_work_either_way(opens: Opens) -> None:
    page = opens("/find/?place=Slaithwaite")
    filters = page.get_by_role("form", name="Narrow the list")
    expect(filters).to_be_visible()
    filters.get_by_role("checkbox", name="In your home").check()
    filters.get_by_role("button", name="Show these").click()
    page.wait_for_url("**/find/?place=Slaithwaite&mode=home")
    expect(page.get_by_role("link", name="Take away: in your home")).to_have_count(1)
    accessible(page)
    page.set_viewport_size({"width": 320, "height": 800})
    expect(filters).to_be_hidden()
    page.get_by_text("Narrow the list").click()
    expect(filters).to_be_visible()
    fits(page)
    accessible(page)


def test_filters_work_without_scripts(opens: Opens) -> None:
    page = opens("/find/?place=Slaithwaite", scripts=False, width=390)
    page.get_by_text("Narrow the list").click()
    page.get_by_role("checkbox", name="By phone").check()
    page.get_by_label("When", exact=True).select_option("TU")
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("link", name="Take away: by phone")).to_have_count(1)
    expect(page.get_by_role("link", name="Take away: on Tuesdays")).to_have_count(1)
    fits(page)


def test_filters_stand_beside_a_wide_list_without_scripts_too(opens: Opens) -> None:
    page = opens("/find/?place=Slaithwaite", scripts=False)
    page.get_by_role("checkbox", name="By phone").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("link", name="Take away: by phone")).to_have_count(1)


def test_a_keyboard_comes_to_the_list_without_going_through_every_filter(opens: Opens) -> None:
    page = opens("/find/?place=Slaithwaite")
    page.get_by_role("link", name="Start again").focus()
    page.keyboard.press("Tab")
    past = page.get_by_role("link", name="Skip to the list")
    expect(past).to_be_focused()
    assert past.bounding_box()["height"] > 40  # type: ignore[index]
    fits(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.finder-list') !== null")
    expect(past).not_to_be_in_viewport()


def test_what_a_pin_says_is_reached_and_left_with_a_keyboard(opens: Opens) -> None:
    page = opens("/find/?q=library&place=Slawit")
    pin = page.locator(".map").get_by_role("button", name=re.compile("^1: "))
    for key in ("Enter", "Space"):
        pin.focus()
        pin.press(key)
        told = page.locator(".leaflet-popup-content a")
        expect(told).to_be_focused()
        page.keyboard.press("Escape")
        expect(pin).to_be_focused()
        expect(told).to_have_count(0)
    pin.press("Enter")
    fits(page)
    told.press("Enter")
    expect(page.locator(str(told.get_attribute("href")))).to_be_in_viewport()


def test_the_drawn_map_stays_where_no_script_runs(opens: Opens) -> None:
    page = opens("/find/?q=library&place=Slawit", scripts=False)
    pin = page.locator(".map a[data-pin]").first
    expect(pin).to_be_visible()
    expect(page.locator(str(pin.get_attribute("href")))).to_have_count(1)


def gathered(route: Route) -> None:
    """A window with more places than are drawn one by one; after coming closer, a few."""
    near = float(re.search(r"zoom=(\d+)", route.request.url)[1]) >= 13  # type: ignore[index]
    point = {"id": "00000000-0000-0000-0000-000000000001", "name": "A club", "lat": 53.64, "lon": -1.80}
    cluster = {"lat": 53.62, "lon": -1.87, "count": 412, "bbox": [-1.88, 53.61, -1.86, 53.63]}
    found: dict[str, Any] = {"clusters": [] if near else [cluster], "points": [point], "without_place": 3}
    route.fulfill(content_type="application/json", body=json.dumps(found))


def test_a_map_of_many_places_comes_closer_at_the_press_of_a_key(opens: Opens) -> None:
    page = opens("/")
    page.context.route("**/api/v1/map/**", gathered)
    page.goto("/find/?q=library&place=Slawit")
    mark = page.get_by_role("button", name="412 places here: look closer")
    expect(mark).to_be_visible()
    expect(page.get_by_text("413 places on this map.")).to_be_visible()
    accessible(page)
    mark.focus()
    for _ in range(4):
        if mark.count():
            mark.focus()
            mark.press("Enter")
            page.wait_for_timeout(700)
    expect(mark).to_have_count(0)
    # The focus is where the map is, not lost.
    assert page.evaluate("document.activeElement.closest('.map') !== null")
    page.get_by_role("link", name="List what is on this map").click()
    expect(page.get_by_role("link", name="Take away: in this part of the map")).to_have_count(1)


def test_a_moved_map_asks_for_its_window_with_the_same_question(opens: Opens) -> None:
    page = opens("/find/?q=library&place=Slawit&mode=place")
    with page.expect_request(re.compile("/api/v1/map/")) as asked:
        page.get_by_role("button", name="Zoom out").click()
    for part in ("q=library", "place=Slawit", "mode=place", "bbox=", "zoom="):
        assert part in asked.value.url


def test_the_area_of_a_card_is_drawn_while_it_has_the_focus_and_fetched_once(opens: Opens) -> None:
    page = opens("/find/?place=Slaithwaite")
    cards, outline = page.locator("[data-area]"), page.locator(".map path.tone-served")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/areas/served/" in request.url else None)
    for _ in range(2):
        cards.first.get_by_role("link").first.focus()
        expect(outline.first).to_be_visible()
        page.get_by_label("Village or postcode").focus()
        expect(outline).to_have_count(0)
    assert len(asked) == 1


def test_editors_see_the_points(opens: Opens) -> None:
    page = opens("/find/?q=shopping&place=Marsden", who="editor")
    points = page.locator("#list details").filter(has_text=re.compile(r"\d+ points"))
    expect(points.first).to_be_visible()
    points.first.get_by_text("points").first.click()
    accessible(page)
    assert opens("/find/?q=shopping&place=Marsden").get_by_text(" points").count() == 0
