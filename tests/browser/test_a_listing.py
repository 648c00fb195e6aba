"""A group keeps its listing, an editor decides, and the page that visitors read follows."""

import re

from playwright.sync_api import expect

from directory import clock
from directory.this_week import closed_words
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible

LUNCH = "Example Lunch Club (demo)"


def test_closed_in_one_press_and_open_again(opens: Opens) -> None:
    said = closed_words(clock.today(), clock.today())
    partner = opens("/partner/", who="partner")
    listing = accessible(partner).get_by_role("region", name=LUNCH)

    listing.get_by_role("button", name="Closed today").click()

    expect(partner.get_by_text(f"{LUNCH}: your page now says: Closed on")).to_be_visible()
    visitor = opens("/find/?q=lunch+club&place=Slawit")
    visitor.get_by_role("link", name=LUNCH, exact=True).click()
    expect(visitor.get_by_text(said)).to_be_visible()

    listing.get_by_role("button", name="Open as usual again").click()
    visitor.reload()
    expect(visitor.get_by_text(said)).to_have_count(0)

    listing.get_by_role("button", name="Take it back").click()
    visitor.reload()
    expect(visitor.get_by_text(said)).to_be_visible()
    accessible(partner)


def test_an_edit_waits_for_an_editor_field_by_field(opens: Opens) -> None:
    partner = opens("/partner/", who="partner")
    partner.get_by_role("link", name="Example Dinners Brought Round (demo)", exact=True).click()
    partner.get_by_role("link", name="What it is", exact=True).click()
    accessible(partner, "What it is").get_by_label("In one plain sentence").fill("A hot dinner and a pudding at your door.")
    partner.get_by_role("button", name="Send these changes").click()
    expect(partner.get_by_text("Until then your page stays as it is.")).to_be_visible()
    partner.get_by_role("link", name="How people start", exact=True).click()
    accessible(partner, "How people start").get_by_label("What happens first?").fill("Ring us any time.")
    partner.get_by_role("button", name="Send these changes").click()

    partner.get_by_role("link", name="See it as visitors do").click()
    expect(partner.get_by_text("This is your page with what waits for us")).to_be_visible()
    expect(accessible(partner).get_by_text("A hot dinner and a pudding at your door.")).to_be_visible()
    partner.get_by_role("link", name="See it as it is now").click()
    expect(partner.get_by_text("A hot dinner and a pudding at your door.")).to_have_count(0)

    editor = opens("/admin/moderation/", who="editor")
    accessible(editor).get_by_role("link", name="Example Dinners Brought Round (demo)").first.click()
    accessible(editor, "In one plain sentence").get_by_role("button", name="Accept In one plain sentence").click()
    expect(editor.get_by_text("In one plain sentence is on the page now.")).to_be_visible()
    # Each section is a change of its own.
    editor.goto("/admin/moderation/")
    editor.get_by_role("link", name="Example Dinners Brought Round (demo)").click()
    editor.locator("summary", has_text="Decline What happens first").click()
    editor.get_by_label("In your own words").fill("Nobody answers at night: please say when.")
    editor.get_by_role("button", name="Decline What happens first").click()
    expect(editor).to_have_url(re.compile(r"/admin/moderation/$"))

    partner.goto("/partner/")
    partner.get_by_role("link", name="Example Dinners Brought Round (demo)", exact=True).click()
    expect(partner.get_by_text("Nobody answers at night: please say when.")).to_be_visible()
    visitor = opens("/needs/cooking/")
    visitor.get_by_role("link", name="Example Dinners Brought Round (demo)", exact=True).click()
    expect(visitor.get_by_text("A hot dinner and a pudding at your door.")).to_be_visible()
    expect(visitor.get_by_text("Ring us any time.")).to_have_count(0)


def test_times_go_onto_the_page_at_once(opens: Opens) -> None:
    partner = opens("/partner/", who="partner")
    partner.get_by_role("link", name=LUNCH, exact=True).click()
    partner.get_by_role("link", name="Change times, phone or places").click()
    first = accessible(partner, "This week at").get_by_role("group", name="Time 1")
    first.get_by_label("To").fill("15:00")
    partner.get_by_role("button", name="Put it on the page").last.click()
    expect(partner.get_by_text("11.30am to 3pm").first).to_be_visible()


def test_another_groups_listing_is_not_there(opens: Opens) -> None:
    partner = opens("/partner/", who="partner2")
    expect(partner.get_by_role("link", name=LUNCH)).to_have_count(0)
    expect(partner.get_by_role("link", name="Example Befriending (demo)", exact=True)).to_be_visible()
