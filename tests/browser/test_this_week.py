"""The week's buttons, the link of a mail, and the sheet on paper, on every kind of screen."""

import re

import pytest
from playwright.sync_api import expect

from directory.freshness import tokens
from directory.freshness.models import CheckToken, Reminder
from directory.models import Service
from directory.personal.lookup import email_token
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits, with_large_text

LUNCH = "Example Lunch Club (demo)"


def link(does: str) -> str:
    """The address in a reminder to the lunch club's keeper."""
    service = Service.objects.get(name=LUNCH)
    user = service.organisation.memberships.get(user__email="partner@demo.example").user
    reminder = Reminder.objects.create(user=user, to_member=True, email_token=email_token(user.email))
    return tokens.week_path(CheckToken.objects.create(reminder=reminder, service=service, ends_on=reminder.on).pk, does)


def test_full_by_the_link_of_a_mail_and_taken_back(opens: Opens) -> None:
    page = opens(link("full"), width=320, scripts=False)
    page.get_by_role("button", name="We are full").click()
    expect(page.get_by_text("Full at the moment, counted on")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Full at the moment")).to_have_count(0)


@pytest.mark.parametrize("does", ["places", "closed"])
def test_a_link_is_read_by_everybody(opens: Opens, does: str) -> None:
    page = accessible(opens(link(does), width=320))
    fits(page)
    page.emulate_media(color_scheme="dark")
    accessible(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    fits(with_large_text(page))


def test_the_number_of_places_is_asked_for_once_more(opens: Opens) -> None:
    page = opens(link("places"))
    page.get_by_label("How many places are left?").fill("0")
    page.get_by_role("button", name="We have places").click()
    expect(page.get_by_role("alert")).to_contain_text("Write how many places are left")
    accessible(page)
    page.get_by_label("How many places are left?").fill("3")
    page.get_by_role("button", name="We have places").click()
    expect(page.get_by_text("3 places left, counted on")).to_be_visible()


def test_single_days_and_a_notice_without_scripts(opens: Opens) -> None:
    page = opens("/partner/", who="partner", width=320, scripts=False)
    listing = page.get_by_role("region", name=LUNCH)
    listing.get_by_text("Closed on single days").click()
    listing.get_by_role("checkbox").nth(2).check()
    listing.get_by_role("button", name="Closed on these days").click()
    expect(listing.get_by_text(re.compile("^Closed on .* 20"))).to_be_visible()
    listing.get_by_label("A notice, for a week").fill("Bring a cup.")
    listing.get_by_role("button", name="Put it on the page").click()
    expect(listing.get_by_text("Bring a cup.")).to_be_visible()
    fits(page)


def test_what_a_press_did_is_said_after_the_page_has_come(opens: Opens) -> None:
    page = opens("/partner/", who="partner")
    page.add_init_script(
        """addEventListener("load", () => new MutationObserver((seen) => { document.body.dataset.said = seen[0].target.textContent })
        .observe(document.querySelector(".messages [role=status]") ?? document.body, { childList: true }))"""
    )
    page.get_by_role("button", name=re.compile("^We are full")).first.click()
    expect(page.locator("body[data-said]")).to_have_attribute("data-said", re.compile("your page now says: Full at the moment"))
    expect(page.get_by_role("status").filter(has_text="Full at the moment")).to_have_count(1)


def test_the_sheet_fits_on_two_pages(opens: Opens) -> None:
    page = opens("/partner/", who="partner", width=320)
    address = page.get_by_role("region", name=LUNCH).get_by_role("link", name=LUNCH, exact=True).get_attribute("href")
    page.goto(str(address))
    page.get_by_role("link", name="Print it, to check on paper").click()
    fits(accessible(page, "Is this still right?"))
    page.set_viewport_size({"width": 1280, "height": 900})
    fits(accessible(page))
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=True)))
    assert 1 <= pages <= 2


def test_the_pile_of_letters_is_read_by_everybody(opens: Opens) -> None:
    page = opens("/admin/listings/post/", who="editor")
    accessible(page, "A sheet came back")
    first = page.locator(".fresh-hint").first.inner_text().split(" · ")[0]
    page.get_by_label("Reference on the sheet").fill(first.lower())
    page.get_by_role("button", name="Find it").click()
    expect(page.get_by_role("button", name=re.compile("All is right"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("All is right")).click()
    expect(page.get_by_text("by the group's own word")).to_be_visible()
