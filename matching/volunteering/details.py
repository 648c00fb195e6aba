"""What is written about a volunteer, checked field by field: the same by whoever writes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from django.core.exceptions import ValidationError

from directory.geodata.locating import normalise_postcode
from matching.eligibility.distance import KM_IN_A_MILE
from matching.interests import normalise
from matching.models import Volunteer
from matching.persons.homes import clean_facts, position_of
from matching.persons.said import languages_of
from matching.windows import is_window

VILLAGE_LETTERS, NUMBER_LETTERS = 60, 40  # what their columns hold
MOST_KM = 200
MOST_MILES = int(MOST_KM / KM_IN_A_MILE)
WAYS = {"in_person": "In person", "phone": "On the phone", "online": "Online"}


class VolunteerDetails(TypedDict, total=False):
    """What is written down about a volunteer beside their name; what is left out is empty, 5 km and one person at a time."""

    phone: str
    email: str
    address: str
    postcode: str
    date_of_birth: date | None
    # gender, household, allergies, avoids_smoke
    facts: Mapping[str, Any]
    notes: str
    likes: str
    village: str
    languages: Iterable[str]
    interests: Iterable[str]
    # in_person, phone, online; none means any
    ways: Iterable[str]
    # [[weekday, start minute, end minute], …]; Monday is 0, and none means never
    windows: Iterable[Sequence[int]]
    visits_in_pair: bool
    has_car: bool
    car_insurance_ok: bool
    max_km: float
    capacity: int


CORRECTABLE = frozenset({"name", *VolunteerDetails.__annotations__})


def write_details(volunteer: Volunteer, **fields: Any) -> None:
    """Set and check these fields, so that every fault is told by its field. Raises ValidationError; TypeError for another field."""
    for name, value in cleaned(fields).items():
        setattr(volunteer, name, value)
    if errors := _faults(volunteer):
        raise ValidationError(errors)
    if "postcode" in fields:
        volunteer.position = position_of(volunteer.postcode)


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As these fields are stored. Raises ValidationError; TypeError for another field."""
    require_known(fields)
    return {name: _cleaned(name, value) for name, value in fields.items()}


def _cleaned(name: str, value: Any) -> Any:
    if name == "facts":
        return clean_facts(value)
    if name == "interests":
        return normalise(value)
    if name == "languages":
        return languages_of(value)
    if name == "ways":
        return sorted({word.strip().lower() for word in value} - {""})
    if name == "windows":
        return [list(window) for window in value]
    return value.strip() if isinstance(value, str) else value


def require_known(fields: Mapping[str, Any]) -> None:
    """Raises TypeError for a field that is not written here."""
    if strange := fields.keys() - CORRECTABLE:
        raise TypeError(f"Not a field that is written here: {', '.join(sorted(strange))}.")


def _faults(volunteer: Volunteer) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not volunteer.name:
        errors["name"] = ["Write what the volunteer is called."]
    if volunteer.postcode and normalise_postcode(volunteer.postcode) is None:
        errors["postcode"] = ["Write a whole postcode, such as HD7 5AA, or leave it empty."]
    if not all(is_window(window) for window in volunteer.windows):
        errors["windows"] = ["Each time needs a weekday, a start and a later end."]
    if not set(volunteer.ways) <= WAYS.keys():
        errors["ways"] = ["Choose from the list."]
    if len(volunteer.village) > VILLAGE_LETTERS:
        errors["village"] = [f"Write the village in {VILLAGE_LETTERS} letters at most."]
    if len(volunteer.external_id or "") > NUMBER_LETTERS:
        errors["external_id"] = [f"This number is too long: {NUMBER_LETTERS} letters and figures at most."]
    if not 0 <= volunteer.max_km <= MOST_KM:
        errors["max_km"] = [f"Write how many miles they go, from 0 to {MOST_MILES}."]
    if not 0 <= volunteer.capacity <= 50:
        errors["capacity"] = ["Write how many people they can help at a time, from 0 to 50."]
    return errors
