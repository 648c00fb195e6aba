"""The main path of both stories in a browser that runs no scripts at all."""

import re

from playwright.sync_api import expect

from directory import clock
from directory.this_week import day_words
from tests.browser.conftest import Opens

ERRANDS = "Example Shopping and Errands (demo)"


def test_a_listing_is_found_changed_and_decided(opens: Opens) -> None:
    visitor = opens("/", scripts=False)
    visitor.get_by_label("Say it in your own words").fill("shopping")
    visitor.get_by_label("Village or postcode").fill("HD7 5AA")
    visitor.get_by_role("button", name="Find help").click()
    expect(visitor.get_by_role("form", name="Narrow the list")).to_be_visible()
    visitor.get_by_role("link", name=ERRANDS, exact=True).click()
    expect(visitor.get_by_role("heading", name="Can I just turn up?")).to_be_visible()

    partner = opens("/partner/", who="partner2", scripts=False)
    listing = partner.get_by_role("region", name=ERRANDS)
    listing.get_by_role("button", name="Closed today").click()
    visitor.reload()
    expect(visitor.get_by_text(f"Closed on {day_words(clock.today())}.")).to_be_visible()

    editor = opens("/admin/moderation/", who="editor", scripts=False)
    editor.get_by_role("link", name=ERRANDS).click()
    editor.get_by_role("button", name="Accept What happens first").click()
    visitor.reload()
    expect(visitor.get_by_text("we shop the same day").first).to_be_visible()


def test_a_person_is_referred_and_helped(opens: Opens) -> None:
    desk = opens("/account/login/?next=/desk/", scripts=False)
    door = desk.get_by_role("region", name="With your password")
    door.get_by_label("Your e-mail address").fill("coordinator@demo.example")
    door.get_by_label("Your password").fill("care-store-demo")
    door.get_by_role("button", name="Sign in").click()
    desk.get_by_role("link", name="Write somebody down").click()
    desk.get_by_label("Name").fill("Wilma Demo")
    desk.get_by_label("Postcode").fill("HD7 5AA")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("button", name="Write the agreement down").click()
    desk.get_by_role("link", name="Write down what would help").click()
    desk.get_by_label("What would help?").select_option(label="Shopping")
    desk.get_by_role("button", name="Look who can help").click()
    desk.get_by_text(re.compile("who cannot, and why")).click()
    desk.get_by_role("button", name=f"Refer to {ERRANDS}").click()
    expect(desk.get_by_role("heading", name="Asked Example Good Neighbours, Golcar (demo)")).to_be_visible()

    partner = opens("/partner/referrals/", who="partner2", scripts=False)
    partner.get_by_role("link", name=re.compile("Shopping")).first.click()
    partner.get_by_text("We cannot take this on", exact=True).first.click()
    partner.get_by_role("button", name="Yes, we can help").click()
    expect(partner.get_by_role("heading", name="Help has begun")).to_have_count(0)
    partner.get_by_role("button", name="Help has begun").click()
    partner.get_by_label("What came of it?").select_option("got_help")
    partner.get_by_role("button", name="It is done").click()
    expect(partner.get_by_role("heading", name="Completed")).to_be_visible()
