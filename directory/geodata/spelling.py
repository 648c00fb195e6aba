"""How postcodes and place names are written: pure text, no database."""

import re
import unicodedata

POSTCODE_LENGTHS = range(5, 8)
_AREA = r"[A-Z]{1,2}"
_DISTRICT = rf"{_AREA}[0-9][A-Z0-9]?"
_FULL = re.compile(rf"{_DISTRICT}[0-9][A-Z]{{2}}")
_HALF = re.compile(_DISTRICT)
_SECTOR = re.compile(rf"({_DISTRICT})\s+([0-9])")
_TO_DIGIT = str.maketrans("OIL", "011")
_TO_LETTER = str.maketrans("01", "OI")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def compact(text: str) -> str:
    """The ASCII letters and digits of a text in upper case: "hd7-5aa " gives "HD75AA"."""
    return "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())


def normalise_postcode(text: str) -> str | None:
    """A full postcode in its compact form "HD75AA", or None for anything that has not the shape of one.

    A letter O where only a nought can stand (and I or l for a one) is put right, and the other way round.
    """
    code = compact(text)
    if len(code) not in POSTCODE_LENGTHS:
        return None
    code = code[0].translate(_TO_LETTER) + code[1:-3] + code[-3].translate(_TO_DIGIT) + code[-2:].translate(_TO_LETTER)
    return code if _FULL.fullmatch(code) else None


def normalise_district(text: str) -> str | None:
    """A half postcode, "hd7" as "HD7"; None for anything else."""
    code = compact(text)
    return code if _HALF.fullmatch(code) else None


def normalise_sector(text: str) -> str | None:
    """A half postcode with the next digit, "hd7 5" as "HD7 5"; None for anything else. The blank must be typed: HD75 is a district."""
    found = _SECTOR.fullmatch(text.strip().upper())
    return f"{found[1]} {found[2]}" if found else None


def shown_postcode(code: str) -> str:
    """The way a postcode is written on an envelope: "HD75AA" as "HD7 5AA"."""
    return f"{code[:-3]} {code[-3:]}"


def likely_meant(text: str) -> list[str]:
    """Compact postcodes that a slip of the hand away from the text could mean, likeliest first; empty where it is no postcode at all.

    In this order: as typed, a letter too many, two letters swapped.
    """
    code = compact(text)
    if not 5 <= len(code) <= 8 or not any(letter.isdigit() for letter in code):
        return []
    one_less = [code[:at] + code[at + 1 :] for at in reversed(range(len(code)))]
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)]
    found = [normalise_postcode(guess) for guess in (code, *one_less, *swapped)]
    return list(dict.fromkeys(guess for guess in found if guess))


def fold(text: str) -> str:
    """A name as it is compared: lower case, no accents, no apostrophes; all else that is no letter or digit becomes one blank."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", bare).replace("&", " and ")).strip()
