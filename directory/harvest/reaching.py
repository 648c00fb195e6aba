"""Telephone numbers and e-mail addresses out of feeds. What seems to be a named person's own is left out: nobody asked them here."""

import re
from collections.abc import Iterator
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError

from directory.harvest.parts import Notes, Record, records
from directory.harvest.reading import mail_address, words
from directory.listing_contact import clean_phone

# Words in the "name" of a contact that is no person.
NO_PERSON = re.compile(
    r"\b(team|office|service|reception|enquir|desk|admin|centre|center|club|group|line|help|support|hub|manager|secretary|general|booking"
    r"|referral|information|contact|department|library|school|church|trust|council|phone|duty|main)",
    re.IGNORECASE,
)
FREE_MAIL = re.compile(
    r"@(gmail|googlemail|hotmail|outlook|live|yahoo|icloud|btinternet|sky|talktalk|aol|virginmedia|ntlworld)\.", re.IGNORECASE
)
OWN_LEFT_OUT = "a named person's own number or e-mail address was left out"


def numbers(value: Any) -> list[str]:
    """Every telephone number in a value, as it is written in this country. A number that lost its leading nought gets it back if it exists."""
    # A number of JSON's own kind has lost the nought it began with, and who knows what else.
    text = words(value, 200) if isinstance(value, str) else ""
    figures = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"\d{3,6}", figures):
        return _cleaned(figures)
    if re.fullmatch(r"[1-9]\d{9}", figures):
        found = phonenumbers.parse(f"0{figures}", "GB")
        return _cleaned(f"0{figures}") if phonenumbers.is_valid_number(found) else []
    matcher = phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE)
    made = []
    for match in matcher:
        if not re.match(r"[+(0]", match.raw_string):
            continue
        match.number.extension = None
        made += _cleaned(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return made


def phones(service: Record, notes: Notes) -> list[str]:
    """The numbers of a service, each once, its own before those of its contacts and of its places."""
    found = [number for row in records(service, "phones") for number in _of(row)]
    holders = [service, *records(service, "service_at_locations")]
    for holder in holders:
        found += [number for contact in _contacts(holder) for number in _of_contact(contact, notes)]
    for row in records(service, "service_at_locations"):
        found += [number for phone in records(row, "phones") for number in _of(phone)]
    return list(dict.fromkeys(found))


def email(service: Record, notes: Notes) -> str:
    """The address of a service, or of the first of its contacts that has one that is nobody's own."""
    own = mail_address(service.get("email"))
    if own:
        return own
    if words(service.get("email")):
        notes.add("an e-mail address could not be read")
    for contact in _contacts(service):
        found = mail_address(contact.get("email"))
        if found and _is_own_mail(found, _person(contact)):
            notes.add(OWN_LEFT_OUT)
        elif found:
            return found
    return ""


def _contacts(holder: Record) -> Iterator[Record]:
    return (row for row in records(holder, "contacts") if row.get("visible") is not False)


def _of(phone: Record) -> list[str]:
    return numbers(phone.get("number"))


def _of_contact(contact: Record, notes: Notes) -> list[str]:
    found = [number for phone in records(contact, "phones") for number in _of(phone)] + numbers(contact.get("phone"))
    if not _person(contact):
        return found
    kept = [number for number in found if not re.match(r"07[1-9]", number)]
    if len(kept) < len(found):
        notes.add(OWN_LEFT_OUT)
    return kept


def _person(contact: Record) -> str:
    """The name of the person that a contact is; "" for an office or a team."""
    name = words(contact.get("name"), 200)
    return "" if NO_PERSON.search(name) else name


def _is_own_mail(address: str, person: str) -> bool:
    if not person:
        return False
    local = address.partition("@")[0].lower()
    return bool(FREE_MAIL.search(address)) or any(part.lower() in local for part in re.findall(r"[^\W\d_]{3,}", person))


def _cleaned(text: str) -> list[str]:
    try:
        return [clean_phone(text)]
    except ValidationError:
        return []
