"""A group draws the area it covers, with the pointer and with the keyboard; visitors see the outline on its page."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

DINNERS = "Example Dinners Brought Round (demo)"
OUTLINE = {"type": "Polygon", "coordinates": [[[-1.90, 53.61], [-1.86, 53.61], [-1.86, 53.63], [-1.90, 53.63], [-1.90, 53.61]]]}


def at_the_form(partner: Page) -> Page:
    partner.get_by_role("link", name=DINNERS, exact=True).click()
    partner.get_by_role("link", name="Where and area", exact=True).click()
    expect(partner.get_by_role("heading", name="Which area do you cover?")).to_be_visible()
    return partner


def send_and_accept(partner: Page, opens: Opens) -> None:
    partner.get_by_role("button", name="Send these changes").click()
    expect(partner.get_by_text("Until then your page stays as it is.")).to_be_visible()
    editor = opens("/admin/moderation/", who="editor")
    editor.get_by_role("link", name=DINNERS, exact=True).click()
    expect(editor.get_by_text("Around the canal (drawn,").first).to_be_visible()
    editor.get_by_role("button", name="Accept Area it covers").click()
    expect(editor.get_by_text("Area it covers is on the page now.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_area_is_drawn_with_the_pointer_and_with_the_keyboard(opens: Opens, width: int) -> None:
    partner = at_the_form(opens("/partner/", who="partner", width=width))
    ground = partner.get_by_role("group", name="Map to draw your area on")
    ground.scroll_into_view_if_needed()
    ground.click(position={"x": 60, "y": 200})
    ground.click(position={"x": 240, "y": 200})
    expect(partner.get_by_text("2 of at least 3 corners.")).to_be_visible()
    partner.get_by_role("button", name="Put a corner in the middle of the map").press("Enter")
    expect(partner.get_by_text("3 corners. The outline is closed.")).to_be_visible()
    expect(partner.get_by_text("Kept at")).to_be_visible()
    fits(accessible(partner))
    drawn = partner.get_by_label("An area of your own, drawn on a map")
    assert len(json.loads(drawn.input_value())["coordinates"][0]) == 4
    partner.get_by_role("button", name="Take the last corner away").click()
    expect(drawn).to_have_value("")
    partner.get_by_role("button", name="Begin again").click()
    expect(partner.get_by_text("No corner yet.")).to_be_visible()

    drawn.fill(json.dumps(OUTLINE))
    drawn.blur()
    expect(partner.get_by_text("4 corners. The outline is closed.")).to_be_visible()
    partner.get_by_label("What do people call the drawn area?").fill("Around the canal")
    send_and_accept(partner, opens)

    visitor = opens("/needs/cooking/", width=width)
    visitor.get_by_role("link", name=DINNERS, exact=True).click()
    expect(visitor.get_by_text("For people in:")).to_be_visible()
    expect(visitor.locator(".map path.tone-served")).to_have_count(1)
    fits(accessible(visitor))


def test_without_scripts_an_outline_is_pasted(opens: Opens) -> None:
    partner = at_the_form(opens("/partner/", who="partner", scripts=False))
    partner.get_by_label("An area of your own, drawn on a map").fill(json.dumps(OUTLINE))
    partner.get_by_label("What do people call the drawn area?").fill("Around the canal")
    send_and_accept(partner, opens)
    visitor = opens("/needs/cooking/", scripts=False)
    visitor.get_by_role("link", name=DINNERS, exact=True).click()
    assert visitor.locator(".map path.tone-served").count() >= 1
