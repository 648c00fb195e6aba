"""What is known about a home: where it is, who shares it, and the facts that decide who can help there."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from directory.geodata.locating import area_for_postcode, find_postcode, installed_set, normalise_postcode
from matching.interests import normalise
from matching.persons import home_facts
from matching.persons.said import gender_of, languages_of

_YES_NO = frozenset({"receives_care", "needs_help_because", "avoids_smoke", "says_adult"}) | home_facts.NAMES
_WORDS = frozenset({"gender", "household"})
_SENTENCES = frozenset({home_facts.WORDS})
_LISTS = frozenset({"languages", "animals", "allergies", "interests"})


def position_of(postcode: str) -> dict[str, float] | None:
    """{lat, lon} of a whole postcode, also of one that is no longer in use; None where it is not known."""
    found = find_postcode(postcode) if postcode else None
    return {"lat": found.lat, "lon": found.lon} if found else None


def is_outside(postcode: str) -> bool:
    """Does a whole postcode lie outside the areas of this site, as far as we know? False where none are installed."""
    written = bool(postcode) and normalise_postcode(postcode) is not None
    return written and installed_set() is not None and area_for_postcode(postcode) is None


def household_of(named: str) -> str | None:
    """A keyed digest that is equal for two whose home has the same name, given by a coordinator; None where it has none."""
    return _digest(f"named|{named.strip().lower()}") if named.strip() else None


def door_of(address: str, postcode: str) -> str | None:
    """A keyed digest that is equal for two at the same address; None where that is not known, and never equal then."""
    door = re.sub(r"[^a-z0-9]+", " ", address.lower()).strip()
    code = normalise_postcode(postcode)
    return _digest(f"door|{door}|{code}") if door and code else None


def clean_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about a person or a volunteer as they are stored: unknown ones left out, words in small letters.

    Raises ValidationError ({"facts": [text]}) for names and kinds of values that are not ours.
    """
    kept = {name: value for name, value in facts.items() if value not in (None, "", [])}
    wrong = sorted(name for name, value in kept.items() if not _fits(name, value))
    if wrong:
        raise ValidationError({"facts": [f"This cannot be kept here: {', '.join(wrong)}."]})
    told = {name: value.replace("\r\n", "\n").strip() if name in _SENTENCES else _cleaned(name, value) for name, value in kept.items()}
    if "interests" in told:
        told["interests"] = normalise(told["interests"])
    # Words for "not said" say nothing.
    return {name: value for name, value in told.items() if value != ""}


def _fits(name: str, value: Any) -> bool:
    if name in _YES_NO:
        return isinstance(value, bool)
    if name in _SENTENCES:
        return isinstance(value, str) and len(value) <= home_facts.WORDS_MOST and not home_facts.tells_a_key_code(value)
    if name in _WORDS:
        return isinstance(value, str)
    return name in _LISTS and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _cleaned(name: str, value: Any) -> Any:
    if name == "gender":
        return gender_of(value)
    if name == "languages":
        return languages_of(value)
    if isinstance(value, str):
        return value.strip().lower()
    if isinstance(value, bool):
        return value
    return sorted({item.strip().lower() for item in value} - {""})


def _digest(text: str) -> str:
    return hmac.new(settings.LOOKUP_KEY.encode(), b"household|" + text.encode(), hashlib.sha256).hexdigest()
