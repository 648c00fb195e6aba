"""A group's secretary claims its page in a browser that runs no scripts, a moderator decides, and every page of it is for everybody."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from directory.accounts.system import system_user
from directory.claims import mails
from directory.claims.claimable import Standing, published_email, standing
from directory.claims.models import Claim
from directory.conflicts import deciding
from directory.models import Service
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits, with_large_text


def unkept() -> Service:
    """A listing of the demonstration that nobody keeps, with an address on it."""
    found = Service.objects.select_related("organisation").order_by("name")
    return next(each for each in found if standing(each) == Standing.OPEN and published_email(each))


def for_everybody(page: Page) -> Page:
    """On a phone, on a desk, and with large letters."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        fits(accessible(page))
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def code_of(claim: Claim) -> str:
    mail.outbox = []
    mails.send_code(str(claim.pk))
    found = re.search(r"The code is (\d{6})", mail.outbox[0].body)
    assert found is not None
    return found[1]


def test_a_page_is_claimed_by_a_code_and_accepted(opens: Opens) -> None:
    service = unkept()
    visitor = opens(service.get_absolute_url(), scripts=False)
    visitor.get_by_role("link", name="Is this your group?").click()
    expect(visitor.get_by_role("button", name="Send me a link")).to_be_visible()

    claimant = opens(service.get_absolute_url(), who="person", scripts=False)
    claimant.get_by_role("link", name="Is this your group?").click()
    claimant.get_by_label("What do you do in the group?").fill("Secretary")
    claimant.get_by_role("button", name="This is my group").click()
    expect(claimant.get_by_text("A code is on its way")).to_be_visible()
    claimant.get_by_label("The code in the mail").fill(code_of(Claim.objects.get()))
    claimant.get_by_role("button", name="This is the code").click()
    expect(claimant.get_by_text("Proved by the code")).to_be_visible()

    editor = opens("/admin/moderation/", who="editor", scripts=False)
    editor.get_by_role("link", name=service.organisation.name, exact=True).click()
    editor.get_by_role("button", name="Accept").click()
    expect(editor.get_by_text("They keep these listings now")).to_be_visible()

    claimant.reload()
    claimant.get_by_role("main").get_by_role("link", name="Your listings").click()
    expect(claimant.get_by_role("link", name=service.name, exact=True).first).to_be_visible()
    visitor.goto(service.get_absolute_url())
    expect(visitor.get_by_role("link", name="Is this your group?")).to_have_count(0)


def test_the_pages_of_a_claim_are_for_everybody(opens: Opens) -> None:
    service = unkept()
    path = f"/partner/claim/{service.pk}/"
    for_everybody(opens(path))
    page = opens(path, who="volunteer")
    fits(with_large_text(for_everybody(page)))
    page = opens(path, who="volunteer")
    page.get_by_role("button", name="This is my group").click()
    accessible(page, "Not right yet")
    page.get_by_label("What do you do in the group?").fill("Treasurer")
    page.get_by_role("button", name="This is my group").click()
    for_everybody(accessible(page, service.name))
    page.get_by_label("How can we know that you belong to it?").fill("My name stands on the poster.")
    page.get_by_role("button", name="Let us look at it").click()
    for_everybody(accessible(page, service.name))
    page.get_by_role("link", name="Groups that you say are yours").click()
    for_everybody(accessible(page, "Groups that you say are yours"))
    editor = opens(f"/admin/moderation/claims/{Claim.objects.get().pk}/", who="editor", width=320)
    fits(editor)
    expect(editor.get_by_role("heading", name="Who says that it is theirs")).to_be_visible()


# The editor's own sidebar lies over a small screen where no script folds it away.
@pytest.mark.parametrize(("width", "scripts"), [(320, True), (1280, False)])
def test_what_a_source_says_otherwise_is_decided(opens: Opens, width: int, scripts: bool) -> None:
    group = unkept().organisation
    deciding.put_up(group, "description", "A word of theirs.", source="https://feed.example.org", by=system_user())
    page = opens(f"/admin/moderation/organisations/{group.pk}/", who="editor", width=width, scripts=scripts)
    page.get_by_role("button", name=re.compile("Take the source's word.*Description")).click()
    expect(page.get_by_text("the source's word stands here now")).to_be_visible()
    group.refresh_from_db()
    assert group.description == "A word of theirs."
