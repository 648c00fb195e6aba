"""People and numbers behind a listing: whose it is, is asked; where they agreed, it is shown; who goes, is gone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from directory import clock, contacts, locks
from directory.accounts.models import User
from directory.contacts import Where
from directory.listing_contact import own_contact
from directory.listing_fields import read_values
from directory.models import Contact, Service
from tests.directory.forms_by_hand import Inputs

pytestmark = pytest.mark.django_db

YESTERDAY = clock.today() - timedelta(days=1)
PERSON = {"phone": "01484 496002", "whose": "person", "name": "A. Person", "where": ["show_on_site"], "agreed_on": YESTERDAY.isoformat()}


def add(client: Client, service: Service, **answers: object) -> object:
    return client.post(reverse("partner-contact-add", args=[service.pk]), {**PERSON, **answers})


def newest(service: Service) -> Contact:
    return Contact.objects.filter(service=service).order_by("-order")[:1].get()


def test_a_persons_own_number_waits_for_the_day_on_which_they_agreed(service: Service, browser: Client) -> None:
    refused = add(browser, service, agreed_on="")
    assert refused.status_code == 400  # type: ignore[attr-defined]
    assert "Ask the person first" in refused.content.decode()  # type: ignore[attr-defined]
    assert add(browser, service).status_code == 302  # type: ignore[attr-defined]
    made = newest(service)
    assert (made.is_personal, made.agreed_on, made.show_on_site, made.show_in_print) == (True, YESTERDAY, True, False)
    text = browser.get(reverse("partner-reach", args=[service.pk])).content.decode()
    assert "01484 496002" in text
    assert "A person’s own." in text


def test_whose_number_it_is_must_be_said(service: Service, browser: Client) -> None:
    assert add(browser, service, whose="").status_code == 400  # type: ignore[attr-defined]
    assert Contact.objects.filter(service=service).count() == 1


def test_the_form_ticks_site_and_paper_and_never_the_open_data(service: Service, browser: Client) -> None:
    shown = Inputs(browser.get(reverse("partner-contact-add", args=[service.pk])).content.decode()).values
    assert shown["where"] == ["show_on_site", "show_in_print"]


def test_where_it_is_shown_is_changed(service: Service, browser: Client) -> None:
    add(browser, service)
    address = reverse("partner-contact", args=[newest(service).pk])
    data = Inputs(browser.get(address).content.decode()).values
    assert (data["where"], data["agreed_on"]) == (["show_on_site"], [YESTERDAY.isoformat()])
    assert browser.post(address, {**data, "where": ["show_in_print", "show_in_open_data"]}).status_code == 302
    made = newest(service)
    assert [getattr(made, place) for place in Where] == [False, True, True]


def test_another_number_of_a_person_asks_anew(service: Service, partner: User) -> None:
    made = contacts.add_contact(service, by=partner, phone="01484 496002", is_personal=True, agreed_on=YESTERDAY, where=[Where.SITE])
    with pytest.raises(ValidationError) as fault:
        contacts.change_contact(made, by=partner, name="", role="", phone="01484 496003", where=[Where.SITE])
    assert list(fault.value.message_dict) == ["agreed_on"]
    same = contacts.change_contact(made, by=partner, name="Bea", role="", phone="01484 496002", where=[Where.SITE])
    assert (same.name, same.agreed_on) == ("Bea", YESTERDAY)
    new = contacts.change_contact(made, by=partner, name="", role="", phone="01484 496003", where=[Where.SITE], agreed_on=clock.today())
    assert (new.phone, new.agreed_on) == ("01484 496003", clock.today())
    hidden = contacts.change_contact(made, by=partner, name="", role="", phone="01484 496004", where=[])
    assert not hidden.show_on_site


def test_the_day_of_the_first_agreement_in_the_form_does_not_count_for_another_number(service: Service, browser: Client) -> None:
    add(browser, service)
    address = reverse("partner-contact", args=[newest(service).pk])
    data = Inputs(browser.get(address).content.decode()).values
    assert browser.post(address, {**data, "phone": "01484 496009"}).status_code == 400
    assert browser.post(address, {**data, "phone": "01484 496009", "agreed_on": clock.today().isoformat()}).status_code == 302


def test_who_does_not_want_it_any_more_is_gone(service: Service, browser: Client) -> None:
    add(browser, service)
    made = newest(service)
    assert browser.post(reverse("partner-contact-withdraw", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.phone, made.withdrawn_on) == ("", "", clock.today())
    assert browser.get(reverse("partner-contact", args=[made.pk])).status_code == 404
    assert "01484 496002" not in browser.get(reverse("partner-reach", args=[service.pk])).content.decode()


def test_the_listings_own_number_is_an_answer_of_the_listing(service: Service, browser: Client, partner: User) -> None:
    own = own_contact(service)
    assert own is not None
    address = reverse("partner-contact", args=[own.pk])
    assert b'name="phone"' not in browser.get(address).content
    browser.post(address, {"where": ["show_on_site"], "phone": "01484 999999"})
    browser.post(reverse("partner-contact-withdraw", args=[own.pk]))
    own.refresh_from_db()
    assert (own.phone, own.show_on_site, own.show_in_print, own.withdrawn_on) == ("01484 223197", True, False, None)
    with pytest.raises(ValidationError):
        contacts.change_contact(own, by=partner, name="", role="", phone="01484 999999", where=[])


def test_a_number_that_was_taken_out_is_never_filled_again(service: Service, partner: User, editor: User) -> None:
    own = own_contact(service)
    assert own is not None
    contacts.withdraw_contact(own, by=editor)
    fresh = Service.objects.with_everything().get(pk=service.pk)
    assert read_values(fresh)["phone"] == ""


def test_another_group_reaches_none_of_it(service: Service, browser: Client, stranger: User, partner: User) -> None:
    add(browser, service)
    made = newest(service)
    other = Client()
    other.force_login(stranger)
    for name, key in (("partner-contact-add", service.pk), ("partner-contact", made.pk), ("partner-contact-withdraw", made.pk)):
        assert other.post(reverse(name, args=[key]), {**PERSON, "phone": "01484 000000"}).status_code == 404
    with pytest.raises(PermissionDenied):
        contacts.change_contact(made, by=stranger, name="", role="", phone="01484 496003", where=[])
    made.refresh_from_db()
    assert (made.phone, made.withdrawn_on) == ("01484 496002", None)


def test_a_locked_listing_gets_no_other_numbers_but_who_wants_to_go_goes(
    service: Service, browser: Client, partner: User, editor: User
) -> None:
    made = contacts.add_contact(service, by=partner, phone="01484 496002", is_personal=True, agreed_on=YESTERDAY, where=[Where.SITE])
    locks.lock(service, by=editor)
    for answer in (
        add(browser, service),
        browser.post(reverse("partner-contact", args=[made.pk]), {**PERSON, "phone": "01484 496009"}),
        browser.post(reverse("partner-contact", args=[own_contact(service).pk]), {"where": []}),  # type: ignore[union-attr]
    ):
        assert locks.HOLDS in answer.content.decode()  # type: ignore[attr-defined]
    assert newest(service).phone == "01484 496002"
    assert Contact.objects.filter(service=service).count() == 2
    assert contacts.change_contact(made, by=editor, name="Bea", role="", phone="01484 496002", where=[Where.SITE]).name == "Bea"
    browser.post(reverse("partner-contact-withdraw", args=[made.pk]))
    made.refresh_from_db()
    assert (made.withdrawn_on, made.phone) == (clock.today(), "")
