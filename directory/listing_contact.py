"""Phone and e-mail of a service itself: the contact that stands before all further ones. Those, and a person's own, are never touched here."""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from directory.models import Contact, Service

FIRST = 0  # Contact.order; further contacts have higher ones


def read(service: Service, column: str) -> str:
    """Phone or e-mail; empty where there is none."""
    contact = own_contact(service)
    return getattr(contact, column) if contact else ""


def write(service: Service, column: str, value: str) -> None:
    """Set it; a contact is made when there is none, and goes when nothing of it is left. A group's own number is for open data, too."""
    contact = own_contact(service) or Contact(service=service, order=FIRST, show_in_open_data=True)
    setattr(contact, column, value)
    if contact.phone or contact.email or contact.name or contact.role:
        contact.save()
    elif not contact._state.adding:
        contact.delete()


def make(service: Service, column: str, value: str) -> None:
    """Set it for a new service, which has no contact but its own, if any."""
    if value and not service.contacts.update(**{column: value}):
        Contact.objects.create(service=service, order=FIRST, show_in_open_data=True, **{column: value})


def clean_phone(value: Any) -> str:
    """One telephone number as it is written in this country; short ones such as 111 too. Raises ValidationError."""
    if not isinstance(value, str) or len(value) > 60:
        raise ValidationError("This is not a telephone number.")
    text = " ".join(value.split())
    if not text or (text.isdigit() and 3 <= len(text) <= 6):
        return text
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise ValidationError(f"“{text}” is not a telephone number. Write one number, such as 01484 123456.") from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValidationError(f"“{text}” has too few or too many figures. Write one number, such as 01484 123456.")
    home = number.country_code == 44
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def clean_email(value: Any) -> str:
    """One e-mail address. Raises ValidationError."""
    if not isinstance(value, str) or len(value) > 254:
        raise ValidationError("This is not an e-mail address.")
    text = value.strip()
    if text:
        validate_email(text)
    return text


def own_contact(service: Service) -> Contact | None:
    """The contact that holds the number and the address of the service itself; None where it has neither."""
    rows = (each for each in service.contacts.all() if each.order == FIRST and not each.is_personal and each.withdrawn_on is None)
    return next(rows, None)
