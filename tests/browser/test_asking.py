"""Asking on a small phone: every step without scripts, every page looked at by axe, and looked up again with a code."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from matching.asking import codes
from matching.models import Enquiry
from tests import factories
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

Look = Callable[[Page], Page]


@pytest.fixture(params=[(320, "without scripts"), (320, "with axe"), (1280, "with axe")], ids=lambda each: f"{each[0]} {each[1]}")
def look(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Look]:
    """How wide it is and whether scripts run, and what is asked of each page."""
    width, how = request.param
    scripts = how == "with axe"
    return {"width": width, "scripts": scripts}, (lambda page: fits(accessible(page)) if scripts else fits(page))


def carry_on(page: Page, look: Look, name: str = "Carry on") -> None:
    look(page)
    page.get_by_role("button", name=name, exact=name == "Carry on").click()


def test_a_daughter_asks_for_her_mother_and_looks_it_up(opens: Opens, look: tuple[dict[str, Any], Look]) -> None:
    how, see = look
    page = opens("/ask/", **how)
    page.get_by_label("What would help?").fill("somebody to do her shopping")
    carry_on(page, see)
    page.get_by_label("Where is the help needed?").fill("HD7 5AA")
    carry_on(page, see)
    expect(page.get_by_role("heading", name="These may help already")).to_be_visible()
    carry_on(page, see, "Carry on: I would like")
    page.get_by_label("Somebody in my family").check()
    carry_on(page, see)
    page.get_by_role("button", name="Carry on").click()
    see(page)
    for yes in page.get_by_label("Yes", exact=True).all():
        yes.check()
    carry_on(page, see)
    page.get_by_label("What are they called?").fill("Olive Goldfinch")
    page.get_by_label("What are you to them?").fill("daughter")
    page.get_by_label("Not yet").check()
    carry_on(page, see)
    page.get_by_label("Every week").check()
    page.get_by_label("This week").check()
    carry_on(page, see)
    page.get_by_label("Weekday mornings").check()
    carry_on(page, see)
    page.get_by_label("Your name").fill("Ada Canarybird")
    page.get_by_label("The postcode of the person").fill("HD7 5AA")
    carry_on(page, see)
    page.get_by_label("Your telephone number").fill("01632 960871")
    carry_on(page, see)
    page.get_by_label("In the morning").check()
    page.get_by_label("No, leave no message").check()
    page.get_by_label("Only me").check()
    carry_on(page, see)
    page.get_by_label("Large print").check()
    carry_on(page, see)
    carry_on(page, see)
    page.get_by_role("link", name="Change How often").click()
    page.get_by_label("Now and then").check()
    page.get_by_role("button", name="Carry on").click()
    # Somebody begins anew at /ask/ where this lies.
    page.goto("/ask/")
    page.get_by_label("What would help?").fill("company on Sundays")
    carry_on(page, see)
    expect(page.get_by_role("heading", name="Something lies here half-filled")).to_be_visible()
    see(page)
    page.goto("/ask/step/check/")
    carry_on(page, see, "Ask the co-op")
    expect(page.get_by_role("heading", name=re.compile(r"Your number is Q-\d+"))).to_be_visible()
    see(page)

    enquiry = Enquiry.objects.get(state="waiting", whom="family", answers__isnull=False)
    page.goto("/ask/follow/")
    page.get_by_label("Your number").fill(str(enquiry))
    page.get_by_label("The postcode that you gave").fill("HD7 5AA")
    carry_on(page, see, "Ask for a code")
    page.get_by_label("The 6 digits").fill(codes.say_code(enquiry, by=factories.coordinator()))
    carry_on(page, see, "Open it")
    expect(page.get_by_role("heading", name=f"What became of {enquiry}")).to_be_visible()
    carry_on(page, see, "I do not need it any more")
    expect(page.get_by_text("It is closed").first).to_be_visible()
    for address in ("/ask/ended/", "/ask/under-18/", "/ask/ring-me/"):
        page.goto(address)
        see(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_somebody_with_an_account_opens_a_request_at_once(opens: Opens, width: int) -> None:
    page = opens("/ask/", who="person", width=width)
    page.get_by_label("What would help?").fill("xylophones")
    page.get_by_role("button", name="Carry on").click()
    page.get_by_role("button", name="Carry on").click()
    page.get_by_role("button", name="Carry on: I would like").click()
    page.get_by_label("Me", exact=True).check()
    page.get_by_role("button", name="Carry on").click()
    fits(accessible(page))
    page.get_by_label("Which of these is nearest?").select_option("friendships")
    page.get_by_role("button", name="Carry on").click()
    page.get_by_label("Now and then").check()
    page.get_by_label("When it can be done").check()
    for _ in range(3):
        page.get_by_role("button", name="Carry on").click()
    fits(accessible(page, "Is this right?"))
    page.get_by_role("button", name="Ask the co-op").click()
    fits(accessible(page, "Thank you. The request is"))


def test_a_coordinator_writes_it_down(opens: Opens) -> None:
    enquiry = factories.enquiry("family")
    page = opens("/desk/", who="coordinator", width=320)
    page.get_by_role("link", name=f"{enquiry}: show who asked").click()
    fits(accessible(page, f"{enquiry}, from the website"))
    page.get_by_role("button", name="Make a code to read out").click()
    fits(accessible(page, "Read this out"))
    page.get_by_role("link", name="We have talked: write it down").click()
    fits(accessible(page, f"Write down {enquiry}"))
    if page.get_by_label("No: write down somebody new").count():
        page.get_by_label("No: write down somebody new").check()
    page.get_by_label("Who said yes to being referred?").select_option("person")
    page.get_by_role("button", name="Save, and look who can help").click()
    expect(page.get_by_role("heading", name=re.compile(r"A-\d+")).first).to_be_visible()
