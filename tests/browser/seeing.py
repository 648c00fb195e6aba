"""What a test asks of a page that it sees: nothing that axe finds, nothing that runs out of the side of the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def accessible(page: Page, heading: str = "") -> Page:
    """axe finds no fault in the page as it is now; where a click led to it, once its heading is there."""
    if heading:
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    page.wait_for_load_state()
    # A message that is half faded in has little contrast.
    page.evaluate(
        "Promise.allSettled(document.getAnimations().filter(each => each.effect.getTiming().iterations < 9).map(each => each.finished))"
    )
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    faults = [(fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in found]
    assert not faults, (page.url, faults)
    return page


def fits(page: Page) -> Page:
    """Nothing has to be scrolled sideways to be read."""
    page.wait_for_load_state()
    width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    wide = page.evaluate(
        """room => [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > room + 1)
        .slice(0, 3).map(one => one.outerHTML.slice(0, 120))""",
        room,
    )
    assert width <= room, (page.url, width, room, wide)
    return page


def with_large_text(page: Page) -> Page:
    """The same page with letters twice as large as the product's own, as a visitor's browser can make them."""
    page.evaluate("document.documentElement.style.fontSize = '40px'")
    return page
