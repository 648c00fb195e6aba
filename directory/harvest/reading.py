"""Single values out of feeds: text repaired, and numbers, days, ages, postcodes and positions as they are meant. Pure; None for what says nothing.

Functions take anything that JSON may hold, and never raise.
"""

import html
import math
import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from directory.geodata.spelling import normalise_postcode, shown_postcode

LONDON = ZoneInfo("Europe/London")
# West, south, east, north of the United Kingdom and its islands, in degrees.
SOUTH, NORTH, WEST, EAST = 49.0, 61.0, -9.0, 2.5
FIRST_YEAR, LAST_YEAR = 1900, 2100
OLDEST = 120
# Of one text so many are read: what real feeds say stays far below, even with its tags.
MOST_LETTERS = 100_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Letters that bytes of 80 to FF become where UTF-8 was read as Latin-1 or as Windows-1252.
_HIGH = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)) + "".join(map(chr, range(0x80, 0x100)))
_MISREAD = re.compile(f"[{re.escape(_HIGH)}]{{2,}}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_NOT_SAID = frozenset({"", "-", "--", "n/a", "na", "none", "null", "nil", "unknown", "not known", "tbc", "undefined"})
_web = URLValidator(schemes=["http", "https"])


def mended(text: str) -> str:
    """Text without control letters and halves of letters, and with UTF-8 that was read as Latin-1 put right ("cafÃ©" is "café")."""
    text = text[:MOST_LETTERS]
    for _ in range(2):  # Some went through it twice.
        text, before = _MISREAD.sub(lambda found: _as_utf8(found[0]), text), text
        if text == before:
            break
    # Of "Â" and a blank that breaks no line, many feeds keep the first and an ordinary blank.
    text = re.sub("Â(?=\\s)", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def words(value: Any, most: int | None = None) -> str:
    """One line of plain text without tags, cut at `most` letters between words; "" where nothing is said ("n/a", "none")."""
    text = line(value, most)
    return "" if text.lower() in _NOT_SAID else text


def line(value: Any, most: int | None = None) -> str:
    """One line of plain text without tags, cut at `most` letters between words. A name may well be "None"."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # Ten times as much again may be tags.
    text = mended(str(value) if most is None else str(value)[: 20 * most])
    for _ in range(3):
        if not (_TAG.search(text) or _ENTITY.search(text)):
            break
        text = html.unescape(nh3.clean(re.sub(r"<(br|/p|/div|/li|/h\d)\b", r" <\1", text, flags=re.IGNORECASE), tags=set()))
    text = " ".join(_CONTROL.sub("", _TAG.sub("", text)).split())
    return text if most is None else cut(text, most)


def cut(text: str, most: int) -> str:
    """A text of so many letters at most, ended between two words where there are any, with an ellipsis where something went."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    blank = short.rfind(" ")
    return (short[:blank] if blank > most // 2 else short).rstrip(" ,;:-") + "…"


def number(value: Any) -> float | None:
    """A finite number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value.strip() if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """A whole number that is none below nought, of JSON's own kind: a text is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9 else None


def day(value: Any) -> date | None:
    """A day: ISO with or without a time, 15/01/2026, 15 January 2026, or seconds since 1970."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[/. -](\d{1,2}|[A-Za-z]{3,9})[/. -](\d{4})", text)
    try:
        if found:
            month = int(found[2]) if found[2].isdigit() else _MONTHS.index(found[2][:3].lower()) + 1
            made = date(int(found[3]), month, int(found[1]))
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            made = date.fromisoformat(text)
        else:
            instant = moment(value)
            made = instant.astimezone(LONDON).date() if instant else date.min
    except ValueError:
        return None
    return made if FIRST_YEAR <= made.year <= LAST_YEAR else None


def moment(value: Any) -> datetime | None:
    """A moment in UTC. Without a zone it is by the clock in London; a number is seconds (or thousandths) since 1970."""
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    try:
        if re.fullmatch(r"\d{9,10}(\.\d+)?|\d{12,13}", text):
            seconds = float(text)
            made = datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
        else:
            made = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
            made = made.replace(tzinfo=LONDON) if made.tzinfo is None else made
            made = made.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return made if FIRST_YEAR <= made.year <= LAST_YEAR else None


def clock_time(value: Any) -> time | None:
    """A time of day: 10:00, 10:00:00, 10am, 7.30 pm, 0900, 24:00 (midnight), with or without a date before and a zone after it."""
    text = value.strip().lower() if isinstance(value, str) else ""
    text = re.sub(r"^\d{4}-\d{2}-\d{2}t", "", text)
    if text in ("noon", "12 noon", "midday", "midnight"):
        return time(0 if text == "midnight" else 12)
    found = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?(?:z|[+-]\d{2}:?\d{2})?", text)
    if not found or (found[2] is None and found[3] is None):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def ages(lowest: Any, highest: Any) -> tuple[str | None, str | None, bool]:
    """The lowest and the highest age as listings hold them, and whether they were the wrong way round (then neither is taken).

    -1, 0 to 0 and "any" are no limits, and neither is a highest age of more than 120.
    """
    low, high = _age(lowest), _age(highest)
    if high is not None and (high > OLDEST or high == 0):
        high = None
    if low is not None and (low > OLDEST or (low == 0 and high is None)):
        low = None
    if low is not None and high is not None and low > high:
        return None, None, True
    return _age_text(low), _age_text(high), False


def postcode(value: Any) -> str | None:
    """A full postcode as it is written on an envelope."""
    code = normalise_postcode(value) if isinstance(value, str) and len(value) < 40 else None
    return shown_postcode(code) if code else None


def position(lat: Any, lon: Any) -> tuple[tuple[float, float] | None, str]:
    """A position in this country in degrees, and what was wrong: "", "swapped" (put right), "none said" or "not in this country"."""
    one, other = number(lat), number(lon)
    if one is None or other is None:
        return None, "none said"
    if _is_here(one, other):
        return (one, other), ""
    if _is_here(other, one):
        return (other, one), "swapped"
    return None, "not in this country"


def web_address(value: Any, most: int = 500) -> str:
    """A web address; https:// is put before one that has no beginning. "" for anything else."""
    text = "".join(mended(value).split()) if isinstance(value, str) else ""
    if text and "://" not in text and re.match(r"[\w-]+(\.[\w-]+)+(/|$)", text):
        text = f"https://{text}"
    try:
        _web(text)
    except ValidationError:
        return ""
    return text if len(text) <= most else ""


def mail_address(value: Any) -> str:
    """One e-mail address; "" for anything else."""
    text = mended(value).strip().removeprefix("mailto:") if isinstance(value, str) else ""
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return "" if len(text) > 254 or text.lower().endswith((".invalid", "@example.com", ".local")) else text


def _as_utf8(text: str) -> str:
    """What stood there before it was misread; the text itself where it was not."""
    try:
        return b"".join(_byte(letter) for letter in text).decode("utf-8")
    except UnicodeDecodeError:
        return text


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1", "replace")


def _age(value: Any) -> Decimal | None:
    found = re.match(r"\s*(\d{1,3}(?:\.\d{1,4})?)(?![\d.])", str(value)) if isinstance(value, str | int | float) else None
    if isinstance(value, bool) or not found:
        return None
    try:
        return Decimal(found[1]).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _age_text(age: Decimal | None) -> str | None:
    return None if age is None else f"{age.normalize():f}"


def _is_here(lat: float, lon: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST and not (lat == 0 and lon == 0)
