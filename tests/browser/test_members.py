"""Signing in by a code, and who keeps a group's listings, as a browser shows them: on a phone, in the dark, without scripts."""

import re

from django.core import mail
from playwright.sync_api import Page, expect

from directory import signing_in
from directory.accounts.models import MailCode
from directory.members import mails
from directory.members.models import Invitation
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits


def on_a_phone(page: Page) -> None:
    fits(accessible(page))
    page.emulate_media(color_scheme="dark")
    accessible(page)
    page.emulate_media(color_scheme="light")


def code() -> str:
    """What the worker mails for the newest code that was asked for."""
    signing_in.mail_code(str(MailCode.objects.latest("asked_at").pk))
    return re.findall(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]


def test_somebody_new_is_asked_in_and_takes_the_lead(opens: Opens) -> None:
    lead = opens("/account/login/?next=/account/", width=320, scripts=False)
    door = lead.get_by_role("region", name="With a code from your mail")
    door.get_by_label("Your e-mail address").fill("partner@demo.example")
    door.get_by_role("button", name="Send me a code").click()
    lead.get_by_label("The 6 digits").fill("1")
    lead.get_by_role("button", name="Sign in").click()
    expect(lead.get_by_text("This is not the code").first).to_be_visible()
    lead.get_by_label("The 6 digits").fill(code())
    lead.get_by_role("button", name="Sign in").click()
    lead.get_by_role("link", name=re.compile("Who keeps the listings")).click()
    group = lead.url
    lead.get_by_label("Their e-mail address").fill("nora@test.example")
    lead.get_by_role("button", name="Send the invitation").click()
    expect(lead.get_by_role("button", name="Take back")).to_be_visible()
    mails.tell_invited(Invitation.objects.get().pk)
    link = re.findall(r"/invitation/\S+", str(mail.outbox[-1].body))[0]

    new = opens(link, width=320, scripts=False)
    new.get_by_role("button", name="Send me the code").click()
    new.get_by_label("The 6 digits").fill(code())
    new.get_by_label("Your name").fill("Nora Demo")
    new.get_by_role("button", name="Yes, I help").click()
    expect(new.get_by_text("Thank you.")).to_be_visible()

    lead.goto(group)
    lead.get_by_role("row", name=re.compile("Nora Demo")).get_by_role("link", name="Change").click()
    lead.get_by_role("button", name="Ask them to lead the group").click()
    expect(lead.get_by_text("They answer by")).to_be_visible()
    new.goto(group)
    new.get_by_role("button", name="Yes, I lead it").click()
    expect(new.get_by_text("You lead the group now.")).to_be_visible()


def test_the_pages_of_a_group_on_a_phone(opens: Opens) -> None:
    page = opens("/account/", who="partner", width=320)
    page.get_by_role("link", name=re.compile("Who keeps the listings")).click()
    page.get_by_label("Their e-mail address").fill("somebody.with.a.long.name@parish-council.test.example")
    page.get_by_role("button", name="Send the invitation").click()
    on_a_phone(page)
    group = page.url
    page.get_by_role("link", name="Change").click()
    on_a_phone(page)
    page.goto(f"{group}leave/")
    on_a_phone(page)
    mails.tell_invited(Invitation.objects.get().pk)
    visitor = opens(re.findall(r"/invitation/\S+", str(mail.outbox[-1].body))[0], width=320)
    on_a_phone(visitor)
    visitor.get_by_role("button", name="Send me the code").click()
    on_a_phone(visitor)
