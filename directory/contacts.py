"""People and numbers behind a service: added, shown where they agreed, withdrawn. What is said of them never enters the journal.

The service's own number and address are fields of the listing (listing_contact.py). A locked listing gets no other contacts; only whoever
does not want to be named any more goes at once.
"""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.listing_contact import clean_email, clean_phone, own_contact
from directory.locks import require_open
from directory.models import Contact, Service, ServiceAtLocation
from directory.venues import touch_services

MOST_CONTACTS = 12


class Where(StrEnum):
    """Where a contact may be shown; the value is its column."""

    SITE = "show_on_site"
    PRINT = "show_in_print"
    OPEN_DATA = "show_in_open_data"


def shown(service: Service, where: Where) -> list[Contact]:
    """The contacts of a service (loaded with them) that may be shown there and say something: the one rule for every output."""
    return [each for each in service.contacts.all() if getattr(each, where) and each.withdrawn_on is None and (each.phone or each.email)]


def further(service: Service) -> list[Contact]:
    """The contacts of a service (loaded with them) beside its own number and address, without those that were withdrawn."""
    own = own_contact(service)
    return [each for each in service.contacts.all() if each != own and each.withdrawn_on is None]


@transaction.atomic
def add_contact(
    service: Service,
    *,
    by: User,
    name: str = "",
    role: str = "",
    phone: str = "",
    email: str = "",
    is_personal: bool = False,
    agreed_on: date | None = None,
    where: Iterable[Where] = (Where.SITE, Where.PRINT),
    at: ServiceAtLocation | None = None,
) -> Contact:
    """A further contact. A group adds names and numbers of its own listings; an e-mail address is for moderators, as in the listing.

    A person's own contact needs the day on which that person agreed. Raises PermissionDenied, WrongState (locked), ValidationError ({field: [text]}).
    """
    require(by, Permission.EDIT_LISTINGS, service)
    require_open(Service.objects.select_for_update().get(pk=service.pk), by)
    if email and not allowed(by, Permission.MODERATE):
        raise PermissionDenied("An e-mail address waits for a moderator: change it in the listing.")
    if service.contacts.filter(withdrawn_on=None).count() >= MOST_CONTACTS:
        raise ValidationError({"phone": [f"A listing has {MOST_CONTACTS} contacts at most."]})
    if at is not None and at.service_id != service.pk:
        raise ValidationError({"at": ["The service is not at that place."]})
    contact = Contact(
        service=service,
        at_location=at,
        name=" ".join(name.split()),
        role=" ".join(role.split()),
        phone=_cleaned("phone", clean_phone, phone),
        email=_cleaned("email", clean_email, email),
        is_personal=is_personal,
        order=service.contacts.count() + 1,
    )
    if not contact.phone and not contact.email:
        raise ValidationError({"phone": ["Give a telephone number."]})
    _show(contact, where, agreed_on)
    contact.full_clean()
    contact.save()
    _tell("contact.added", contact, by=by)
    return contact


@transaction.atomic
def show_contact(contact: Contact, *, by: User, where: Iterable[Where], agreed_on: date | None = None) -> Contact:
    """Show it in these places and no others; a person's own only from the day on which that person agreed.

    Raises PermissionDenied, WrongState (locked), ValidationError ({field: [text]}).
    """
    require(by, Permission.EDIT_LISTINGS, contact.service)
    fresh = Contact.objects.select_for_update().select_related("service").get(pk=contact.pk)
    require_open(fresh.service, by)
    if fresh.withdrawn_on is not None:
        raise ValidationError({"where": ["This contact was withdrawn. Add it again if the person agrees again."]})
    _show(fresh, where, agreed_on or fresh.agreed_on)
    fresh.save()
    _tell("contact.shown", fresh, by=by)
    return fresh


@transaction.atomic
def change_contact(
    contact: Contact, *, by: User, name: str, role: str, phone: str, where: Iterable[Where], agreed_on: date | None = None
) -> Contact:
    """Say anew who it is, under which number, and where it is shown. For another number of a person's own, that person agrees again.

    The service's own number and address are fields of the listing, with a history: they are not changed here.
    Raises PermissionDenied, WrongState (locked), ValidationError ({field: [text]}).
    """
    require(by, Permission.EDIT_LISTINGS, contact.service)
    fresh = Contact.objects.select_for_update().select_related("service").get(pk=contact.pk)
    require_open(fresh.service, by)
    if fresh.withdrawn_on is not None:
        raise ValidationError({"where": ["This contact was withdrawn. Add it again if the person agrees again."]})
    if fresh == own_contact(fresh.service):
        raise ValidationError({"phone": ["Change this number among the answers of the listing."]})
    number = _cleaned("phone", clean_phone, phone)
    if not number and not fresh.email:
        raise ValidationError({"phone": ["Give a telephone number."]})
    if number != fresh.phone:
        # The day that stood in the form is of the number before, unless it is today's.
        agreed_on = agreed_on if agreed_on != fresh.agreed_on or agreed_on == clock.today() else None
    else:
        agreed_on = agreed_on or fresh.agreed_on
    fresh.name, fresh.role, fresh.phone = " ".join(name.split()), " ".join(role.split()), number
    _show(fresh, where, agreed_on)
    fresh.full_clean()
    fresh.save()
    _tell("contact.changed", fresh, by=by)
    return fresh


@transaction.atomic
def withdraw_contact(contact: Contact, *, by: User) -> Contact:
    """Take it out of everything at once; of a person's own contact nothing is kept but that there was one. Raises PermissionDenied."""
    require(by, Permission.EDIT_LISTINGS, contact.service)
    fresh = Contact.objects.select_for_update().select_related("service").get(pk=contact.pk)
    if fresh.withdrawn_on is None:
        fresh.withdrawn_on = clock.today()
        for place in Where:
            setattr(fresh, place, False)
        if fresh.is_personal:
            fresh.name = fresh.role = fresh.phone = fresh.email = ""
        fresh.save()
        _tell("contact.withdrawn", fresh, by=by)
    return fresh


def _show(contact: Contact, where: Iterable[Where], agreed_on: date | None) -> None:
    places = frozenset(where)
    if contact.is_personal and places and agreed_on is None:
        raise ValidationError({"agreed_on": ["Ask the person first, and say on which day they agreed."]})
    if agreed_on is not None and agreed_on > clock.today():
        raise ValidationError({"agreed_on": ["That day has not come yet."]})
    contact.agreed_on = agreed_on
    for place in Where:
        setattr(contact, place, place in places)


def _cleaned(name: str, clean: Callable[[str], str], value: str) -> str:
    try:
        return clean(value)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _tell(what: str, contact: Contact, *, by: User) -> None:
    codes: Codes = {"service": contact.service_id, "where": sorted(str(place) for place in Where if getattr(contact, place))}
    role = role_used(by, Permission.EDIT_LISTINGS) or role_used(by, Permission.MODERATE)
    record(what, contact, by=by, role=role, codes=codes)
    touch_services([contact.service], because="contact", by=by)
