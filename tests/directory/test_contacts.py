"""Contacts: shown where somebody agreed, gone when they withdraw."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock, contacts, listings
from directory.contacts import Where
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.models import Contact, Service

PERSON = {"name": "A. Person", "role": "Secretary", "phone": "01484 496002", "is_personal": True}


def anew(service):
    return Service.objects.with_everything().get(pk=service.pk)


def numbers(service, where):
    return [each.phone for each in contacts.shown(anew(service), where)]


def test_a_persons_own_number_needs_their_agreement(service, partner):
    with pytest.raises(ValidationError) as refused:
        contacts.add_contact(service, by=partner, **PERSON)
    assert "agreed_on" in refused.value.message_dict
    contacts.add_contact(service, by=partner, agreed_on=clock.today(), where=[Where.SITE], **PERSON)
    assert PERSON["phone"] in numbers(service, Where.SITE)
    assert PERSON["phone"] not in numbers(service, Where.PRINT)
    assert PERSON["phone"] not in numbers(service, Where.OPEN_DATA)


def test_without_agreement_it_may_be_kept_and_is_shown_nowhere(service, partner):
    contacts.add_contact(service, by=partner, where=[], **PERSON)
    assert not any(PERSON["phone"] in numbers(service, where) for where in Where)


def test_who_withdraws_is_gone(service, partner):
    kept = contacts.add_contact(service, by=partner, agreed_on=clock.today(), where=list(Where), **PERSON)
    contacts.withdraw_contact(kept, by=partner)
    assert not any(PERSON["phone"] in numbers(service, where) for where in Where)
    row = Contact.objects.get(pk=kept.pk)
    assert (row.name, row.phone, row.role, row.withdrawn_on) == ("", "", "", clock.today())
    with pytest.raises(ValidationError):
        contacts.show_contact(row, by=partner, where=[Where.SITE], agreed_on=clock.today())
    told = Event.objects.filter(kind__startswith="contact.")
    assert [event.kind for event in told.order_by("seq")] == ["contact.added", "contact.withdrawn"]
    assert PERSON["phone"] not in str(list(told.values()))
    assert Event.objects.filter(kind="service.touched", codes__because="contact").count() == 2


def test_what_is_shown_where_can_be_changed(service, partner):
    kept = contacts.add_contact(service, by=partner, phone="01484 496003", role="Hall")
    assert (numbers(service, Where.SITE)[-1], numbers(service, Where.PRINT)[-1]) == ("01484 496003", "01484 496003")
    contacts.show_contact(kept, by=partner, where=[Where.OPEN_DATA])
    assert "01484 496003" not in numbers(service, Where.SITE)
    assert "01484 496003" in numbers(service, Where.OPEN_DATA)


def test_others_may_not(service, partner, stranger):
    kept = contacts.add_contact(service, by=partner, phone="01484 496003")
    for attempt in (
        lambda: contacts.add_contact(service, by=stranger, phone="01484 496004"),
        lambda: contacts.show_contact(kept, by=stranger, where=[]),
        lambda: contacts.withdraw_contact(kept, by=stranger),
        lambda: contacts.add_contact(service, by=partner, email="new@group.example"),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "01484 496003", "agreed_on": clock.today() + timedelta(days=1)}, "agreed_on"),
        ({"phone": "01484 496003", "name": "x" * 101}, "name"),
    ],
)
def test_a_fault_stands_at_its_field(service, partner, values, field):
    with pytest.raises(ValidationError) as refused:
        contacts.add_contact(service, by=partner, **values)
    assert list(refused.value.message_dict) == [field]


def test_a_further_number_never_becomes_the_listings_own(service, partner, editor):
    listings.set_fields(service, {"phone": "", "email": ""}, by=editor)
    desk = contacts.add_contact(service, by=partner, phone="01484 496003", role="Hall", where=[Where.PRINT])
    assert read_values(anew(service))["phone"] == ""
    listings.set_fields(service, {"phone": "01484 111222"}, by=partner)
    assert numbers(service, Where.SITE) == ["01484 111222"]
    listings.set_fields(service, {"phone": ""}, by=partner)
    desk.refresh_from_db()
    assert desk.phone == "01484 496003"
    assert contacts.further(anew(service)) == [desk]
