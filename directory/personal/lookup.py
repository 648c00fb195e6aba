"""The keyed index by which people are found although their data is encrypted: exact matches only.

A token is an HMAC under LOOKUP_KEY of the value in one fixed spelling, each kind of value in a space of its own, with the version of these
rules in front: "v1:" and 43 characters. Change a rule, or the key, and the version changes and the columns are filled again.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from datetime import date

import phonenumbers
from django.conf import settings

VERSION = "v1"
REGION = "GB"
# Room for a token in a column, with a longer version or digest some day.
TOKEN_LENGTH = 64

_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "rev", "revd", "prof", "sir", "lady"])
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ′")
# Letters that Unicode does not take apart into a letter and its accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", re.ASCII)


def name_tokens(name: str) -> list[str]:
    """One token for each part of a name, in its order and without repeats.

    Case, accents, apostrophes and titles make no difference, and a hyphen parts a name: "Mrs Zoë O'Neill-Smith" is zoe, oneill and smith.
    """
    return [_token("name", word) for word in name_words(name)]


def phone_token(phone: str) -> str | None:
    """The token of a telephone number, however it is written; None for what cannot be one. Without a country code it is a British one."""
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    number.extension = None
    return _token("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_token(email: str) -> str | None:
    """The token of an e-mail address, in any case; None for what cannot be one."""
    spelled = unicodedata.normalize("NFC", email).strip().casefold()
    return _token("email", spelled) if re.fullmatch(r"[^@\s]+@[^@\s]+", spelled) else None


def postcode_token(postcode: str) -> str | None:
    """The token of a full postcode, with or without blanks; None for anything else, a half postcode too."""
    spelled = re.sub(r"\s", "", postcode).upper()
    return _token("postcode", spelled) if _POSTCODE.fullmatch(spelled) else None


def date_token(day: date) -> str:
    """The token of a day, such as a date of birth."""
    return _token("date", day.isoformat())


def name_words(name: str) -> list[str]:
    """The parts of a name as they are compared."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_APOSTROPHES)).translate(_LETTERS).casefold()
    # Vowel signs of Gurmukhi or Devanagari are letters in their own right: only marks that combine with the letter before them go.
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    bare = "".join(character if unicodedata.category(character)[0] in "LMN" else " " for character in bare)
    words = list(dict.fromkeys(bare.split()))
    return [word for word in words if word not in _TITLES] or words


def _token(space: str, spelled: str) -> str:
    digest = hmac.new(settings.LOOKUP_KEY.encode(), f"{VERSION}\0{space}\0{spelled}".encode(), hashlib.sha256).digest()
    return f"{VERSION}:{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
