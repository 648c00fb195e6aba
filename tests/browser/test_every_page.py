"""The main pages as different people see them: small screens, large letters, in the dark; and what axe says of each."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits, with_large_text

FINDER = "/find/?q=shopping&place=HD7+5AA"
# (address, whose page it is, the link to follow from there)
MAIN = {
    "home": ("/", "", ""),
    "finder": (FINDER, "", ""),
    "service": (FINDER, "", "#list .result h3 a"),
    "needs": ("/needs/", "", ""),
    "log in": ("/account/login/", "", ""),
    "today": ("/desk/", "coordinator", ""),
    "match": ("/desk/", "coordinator", "a[href^='/desk/requests/']"),
    "referral": ("/desk/", "coordinator", "a[href^='/desk/referrals/']"),
    "partner": ("/partner/", "partner", ""),
    "listing": ("/partner/", "partner", "h3 a"),
    "volunteer": ("/volunteer/", "volunteer", ""),
    "council": ("/council/refer/", "council", ""),
    "figures": ("/council/figures/", "analyst", ""),
}
ALSO = {
    "ask": ("/ask/", "", ""),
    "suggest": ("/suggest/", "", ""),
    "worried": ("/worried/", "", ""),
    "accessibility": ("/accessibility/", "", ""),
    "privacy": ("/privacy/", "", ""),
    "one need": ("/needs/friendships/", "", ""),
    "how to help": ("/volunteer/", "", ""),
    "account": ("/account/", "person", ""),
    "concerns": ("/desk/", "safeguarding", ""),
    "public figures": ("/council/figures/", "", ""),
}


@pytest.mark.parametrize("name", MAIN)
def test_a_main_page_for_everybody(opens: Opens, name: str) -> None:
    address, who, link = MAIN[name]
    page = opens(address, who=who, width=320)
    if link:
        page.goto(str(page.locator(link).first.get_attribute("href")))
    fits(page)
    page.emulate_media(color_scheme="dark")
    accessible(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    fits(accessible(page))
    page.emulate_media(color_scheme="light")
    accessible(page)
    fits(with_large_text(page))
    page.set_viewport_size({"width": 640, "height": 900})
    fits(page)


@pytest.mark.parametrize("name", ALSO)
def test_every_other_page_on_a_phone(opens: Opens, name: str) -> None:
    address, who, _ = ALSO[name]
    fits(accessible(opens(address, who=who, width=320)))
