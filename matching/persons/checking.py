"""What may stand in a person's record, checked field by field, so that every fault is told by its field."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Required, TypedDict

from django.core.exceptions import ValidationError

from directory.geodata.locating import normalise_postcode
from matching.models import LawfulBasis, Person
from matching.persons.ages import require_adult
from matching.persons.contacts import clean_contact
from matching.persons.home_facts import tells_a_key_code
from matching.persons.homes import clean_facts, position_of


class PersonFields(TypedDict, total=False):
    """What is written about a person, by the one who writes them down; a name at least."""

    name: Required[str]
    phone: str
    email: str
    address: str
    postcode: str
    part: str
    facts: Mapping[str, Any]
    communication_needs: str
    contact: Mapping[str, Any]
    safe_contact: str
    can_give: str
    date_of_birth: date | None
    notes: str
    lawful_basis: str
    external_id: str | None
    do_not_contact: bool


CORRECTABLE = frozenset(PersonFields.__annotations__)
NOTHING_KNOWN: Mapping[str, Any] = {
    **dict.fromkeys(("name", "phone", "email", "address", "postcode", "communication_needs", "safe_contact", "can_give", "notes"), ""),
    "part": Person.Part.CARED_FOR,
    "lawful_basis": LawfulBasis.SOCIAL_CARE,
    "facts": {},
    "contact": {},
    "date_of_birth": None,
    "external_id": None,
}
_WORDS = ("address", "communication_needs", "safe_contact", "can_give", "notes")


def require_fields(fields: Mapping[str, Any]) -> None:
    """Raises TypeError for what is no field of a record."""
    if strange := fields.keys() - CORRECTABLE:
        raise TypeError(f"Not a field that is written here: {', '.join(sorted(strange))}.")


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: without blanks around, facts and contact in their one spelling.

    Raises ValidationError ({field: [text]}); TooYoung before anything else.
    """
    # Browsers send lines of a longer text with two characters at their end.
    plain = {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in fields.items()}
    found: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in plain.items()}
    if "date_of_birth" in found:
        require_adult(found["date_of_birth"])
    errors = _faults(found)
    for name, clean in (("facts", clean_facts), ("contact", clean_contact)):
        if name in found:
            try:
                found[name] = clean(found[name] or {})
            except ValidationError as error:
                errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    if "external_id" in found:
        found["external_id"] = found["external_id"] or None
    return found


def set_fields(person: Person, fields: Mapping[str, Any]) -> None:
    """Put cleaned fields into the record; the position goes with the postcode."""
    for name, value in fields.items():
        setattr(person, name, value)
    if "postcode" in fields:
        person.position = position_of(person.postcode)


def _faults(found: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if "name" in found and not found["name"]:
        errors["name"] = ["Write what the person is called."]
    if found.get("part", Person.Part.BOTH) not in Person.Part.values:
        errors["part"] = ["Choose from the list."]
    if found.get("lawful_basis", LawfulBasis.SOCIAL_CARE) not in LawfulBasis.values:
        errors["lawful_basis"] = ["Choose from the list."]
    if found.get("postcode") and normalise_postcode(found["postcode"]) is None:
        errors["postcode"] = ["Write a whole postcode, such as HD7 5AA, or leave it empty."]
    if len(found.get("external_id") or "") > 40:
        errors["external_id"] = ["This number is too long: 40 letters and figures at most."]
    for name in _WORDS:
        if tells_a_key_code(str(found.get(name) or "")):
            errors[name] = ["Never write the code of a key safe or a door here: say only that there is one."]
    return errors
