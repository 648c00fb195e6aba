"""The main pages as different people see them: small screens, large letters, in the dark; and what axe says of each."""

from collections.abc import Callable

import pytest

from directory.models import Membership, Organisation, Service
from directory.sections import SECTIONS
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
    "where help is missing": ("/desk/unmet/", "coordinator", ""),
    "small groups": ("/desk/groups/", "coordinator", ""),
    "a volunteer's photo": ("/volunteer/photo/", "volunteer", ""),
    "what volunteers may do": ("/account/manage/activities/", "admin", ""),
    "one thing that volunteers may do": ("/account/manage/activities/?of=online-money-for-someone", "admin", ""),
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


def of_a_partner() -> list[str]:
    """Every page of one listing, and of the group that keeps it."""
    service = Service.objects.get(name="Example Lunch Club (demo)")
    listing = f"/partner/services/{service.pk}/"
    member = Membership.objects.filter(organisation=service.organisation).exclude(user__email__startswith="partner@").first()
    return [
        *[f"{listing}{section.slug}/" for section in SECTIONS],
        f"{listing}contacts/",
        f"{listing}preview/",
        f"{listing}reports/",
        f"{listing}print/",
        f"/partner/group/{service.organisation_id}/",
        *([f"/partner/members/{member.pk}/"] if member else []),
        "/partner/claims/",
        "/account/",
    ]


def of_an_editor() -> list[str]:
    """What the store adds to the editors' admin, and its lists there."""
    service = Service.objects.get(name="Example Lunch Club (demo)")
    ours = ["moderation/", "moderation/live/", f"moderation/history/{service.pk}/", "words/"]
    listings = [
        "freshness",
        "to-ring",
        "post",
        "links",
        "doubles",
        "doubles/?which=same",
        "doubles/any/?q=lunch",
        "doubles/any/?of=organisations&q=e",
        "merges",
        "import",
    ]
    one, other = Organisation.objects.order_by("name")[:2]
    organisations = ["doubles", "merges", f"merge/{one.pk}/{other.pk}"]
    lists = ["directory/service", "directory/organisation", "harvest/feed", "taxonomies/term", "taxonomies/needmapping"]
    addresses = [
        *ours,
        *[f"listings/{each}" for each in listings],
        *[f"organisations/{each}/" for each in organisations],
        *[f"snippets/{each}/" for each in lists],
    ]
    return [f"/admin/{each}" for each in [*addresses, f"snippets/directory/service/edit/{service.pk}/"]]


@pytest.mark.parametrize(("who", "addresses"), [("partner", of_a_partner), ("editor", of_an_editor)])
def test_every_page_of_a_room(opens: Opens, who: str, addresses: Callable[[], list[str]]) -> None:
    page = opens("/account/", who=who)
    for address in addresses():
        page.set_viewport_size({"width": 320, "height": 900})
        page.goto(address)
        fits(accessible(page))
        page.set_viewport_size({"width": 1280, "height": 900})
        fits(accessible(page))
