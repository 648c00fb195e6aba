"""The fields of a listing, each with its strict form as JSON: how it is read, checked, written and said in words.

A change holds old and new values in this form; so do imports and the history of a listing. `safe` fields of a partner's own listing go
live at once, every other one waits for a moderator; `risky` ones are flagged to the moderator.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from directory import closures, coverage, listing_contact, prices, venues
from directory.models import Need, Schedule, Service
from directory.opening_text import parse_times
from directory.opening_words import date_words, lines_of
from directory.times import sort_key, times_from_json, times_of

DELIVERY = {"place": "at_place", "home": "at_home", "online": "online", "phone": "by_phone", "outreach": "outreach"}
PAYMENT = {"own": "own_money", "direct": "direct_payment", "council": "council_funded"}
PAYMENT_WORDS = {"own": "people pay themselves", "direct": "by direct payment", "council": "the council pays"}
DELIVERY_WORDS = {"place": "at a place", "home": "at your home", "online": "online", "phone": "by phone", "outreach": "comes to your area"}
NOT_SAID = "Not said"
MOST_YEARS = 130


@dataclass(frozen=True)
class ListingField:
    """One field. `clean` raises ValidationError; `write` gets a cleaned value and sets columns, or (`rows`) replaces rows of other tables.

    `empty` is what a listing reads that has no such rows; `make` writes those of a new one, of which there are none to take away.
    """

    name: str
    label: str
    read: Callable[[Service], Any]
    clean: Callable[[Any], Any]
    write: Callable[[Service, Any], None]
    words: Callable[[Any], str]
    safe: bool = False
    risky: bool = False
    for_partners: bool = True
    rows: bool = False
    empty: Any = None
    make: Callable[[Service, Any], None] | None = None


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every value in its strict form. Raises ValidationError with {field: [text]}, also for fields that do not exist."""
    cleaned, errors = {}, {}
    for name, value in values.items():
        if name not in FIELDS:
            errors[name] = ["There is no such field."]
            continue
        try:
            cleaned[name] = FIELDS[name].clean(value)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned


def read_values(service: Service) -> dict[str, Any]:
    """All fields of a listing as they are now."""
    return {name: field.read(service) for name, field in FIELDS.items()}


def blank_values(service: Service) -> dict[str, Any]:
    """All fields of a listing that has no rows yet, without asking the database."""
    return {name: field.empty if field.rows else field.read(service) for name, field in FIELDS.items()}


def write_columns(service: Service, values: Mapping[str, Any]) -> None:
    """Set the columns of cleaned values; the caller saves. Raises ValidationError with {field: [text]}."""
    _write(service, values)
    _refuse_turned_round(service)


def write_rows(service: Service, values: Mapping[str, Any], *, new: bool = False) -> None:
    """Replace the rows of cleaned values, places before what hangs on them. Raises ValidationError with {field: [text]}."""
    _write(service, values, rows=True, new=new)


def _write(service: Service, values: Mapping[str, Any], *, rows: bool = False, new: bool = False) -> None:
    for name, field in FIELDS.items():
        if name in values and field.rows == rows:
            try:
                (field.make if new and field.make else field.write)(service, values[name])
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from error


def _refuse_turned_round(service: Service) -> None:
    for name in ("min_age", "max_age"):
        if not 0 <= (getattr(service, name) or 0) <= MOST_YEARS:
            raise ValidationError({name: [f"An age is 0 to {MOST_YEARS} years."]})
    if service.min_age is not None and service.max_age is not None and service.min_age > service.max_age:
        raise ValidationError({"max_age": ["The highest age lies below the lowest."]})
    if service.visible_from and service.visible_to and service.visible_from > service.visible_to:
        raise ValidationError({"visible_to": ["The last day lies before the first."]})


def _column(name: str, label: str, **more: Any) -> ListingField:
    column = Service._meta.get_field(name)
    assert isinstance(column, models.Field)

    def clean(value: Any) -> Any:
        if isinstance(column, models.CharField | models.TextField):
            value = _text(value)
        elif isinstance(column, models.BooleanField):
            if not (isinstance(value, bool) or (value is None and column.null)):
                raise ValidationError("Say yes or no.")
        elif value == "":
            value = None
        if isinstance(column, models.URLField) and value and not value.startswith(("http://", "https://")):
            raise ValidationError("A web address begins with https:// or http://.")
        return _as_json(column.clean(value, None))

    def words(value: Any) -> str:
        if value in (None, ""):
            return NOT_SAID
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(column, models.DateField):
            return date_words(date.fromisoformat(value))
        return str(dict(column.flatchoices).get(value, value))

    return ListingField(
        name,
        label,
        read=lambda service: _as_json(getattr(service, name)),
        clean=clean,
        write=lambda service, value: setattr(service, name, column.to_python(value)),
        words=words,
        **more,
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise ValidationError("This is not text.")
    return value.replace("\r\n", "\n").strip()


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _read_needs(service: Service) -> list[str]:
    return sorted(need.slug for need in service.needs.all())


def _clean_needs(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(slug, str) for slug in value):
        raise ValidationError("Needs are a list.")
    known = dict(Need.every.filter(pk__in=value).values_list("pk", "replaced_by_id"))
    if unknown := set(value) - known.keys():
        raise ValidationError(f"There is no need called “{sorted(unknown)[0]}”.")
    return sorted({known[slug] or slug for slug in value})


def _needs_words(value: list[str]) -> str:
    found = Need.every.in_bulk(value)
    return ", ".join(found[slug].name if slug in found else slug for slug in value) or "None"


def _ticked(name: str, label: str, columns: Mapping[str, str], words: Mapping[str, str]) -> ListingField:
    """A field of which any number of choices may hold, each a column of its own."""

    def clean(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(choice in columns for choice in value):
            raise ValidationError(f"Choose out of: {', '.join(columns)}.")
        return [choice for choice in columns if choice in value]

    def write(service: Service, value: list[str]) -> None:
        for choice, column in columns.items():
            setattr(service, column, choice in value)

    return ListingField(
        name,
        label,
        read=lambda service: [choice for choice, column in columns.items() if getattr(service, column)],
        clean=clean,
        write=write,
        words=lambda value: ", ".join(words[choice] for choice in value) or NOT_SAID,
    )


def _clean_spaces(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    left = value.get("left") if isinstance(value, Mapping) else None
    if isinstance(left, bool) or not isinstance(left, int) or not 0 <= left <= 9999 or not set(value) <= {"left", "on"}:
        raise ValidationError("Places left are a whole number, and the day they were counted.")
    return {"left": left, "on": _day(value.get("on"))}


def _write_spaces(service: Service, value: Mapping[str, Any] | None) -> None:
    service.spaces = value["left"] if value else None
    service.spaces_on = date.fromisoformat(value["on"]) if value else None


def _spaces_words(value: Mapping[str, Any] | None) -> str:
    return f"{value['left']}, counted on {date_words(date.fromisoformat(value['on']))}" if value else NOT_SAID


def _clean_notice(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    text = _text(value.get("text")) if isinstance(value, Mapping) and set(value) <= {"text", "until"} else ""
    if not text or len(text) > 300:
        raise ValidationError("A notice has words, 300 letters at most, and a last day.")
    return {"text": text, "until": _day(value.get("until"))}


def _write_notice(service: Service, value: Mapping[str, Any] | None) -> None:
    service.notice = value["text"] if value else ""
    service.notice_until = date.fromisoformat(value["until"]) if value else None


def _notice_words(value: Mapping[str, Any] | None) -> str:
    return f"{value['text']} (until {date_words(date.fromisoformat(value['until']))})" if value else "None"


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValidationError("Say which day.") from error


def _read_times(service: Service) -> list[dict[str, Any]]:
    return [row.as_json() for row in sorted((times_of(schedule) for schedule in service.schedules.all()), key=sort_key)]


def _clean_times(value: Any) -> list[dict[str, Any]]:
    rows = parse_times(value) if isinstance(value, str) else times_from_json(value)
    return [row.as_json() for row in rows]


def _write_times(service: Service, value: list[dict[str, Any]]) -> None:
    service.schedules.all().delete()
    _make_times(service, value)


def _make_times(service: Service, value: list[dict[str, Any]]) -> None:
    rows = times_from_json(value)
    places = venues.rows_by_place(service) if any(row.place for row in rows) else {}
    if any(row.place and row.place not in places for row in rows):
        raise ValidationError("One of the times is at a place where the service is not.")
    names = ("opens", "closes", "every", "weekday", "nth", "on", "valid_from", "valid_to", "term_time_only", "closed_on_bank_holidays")
    Schedule.objects.bulk_create(
        Schedule(service=service, at_location_id=places.get(row.place), **{name: getattr(row, name) for name in names}) for row in rows
    )


def _times_words(value: list[dict[str, Any]]) -> str:
    return "\n".join(lines_of(times_from_json(value))) or "Times not known"


def _places_words(value: list[dict[str, Any]]) -> str:
    return (
        "\n".join(", ".join(filter(None, (place["name"], place["address"], place["postcode"]))) or "A position" for place in value)
        or "None"
    )


def _access_words(value: Mapping[str, Any]) -> str:
    facts = [f"{name.replace('_', ' ')}: {'yes' if fact else 'no'}" for name, fact in value.items() if name != "words"]
    return "\n".join([*facts, value.get("words", "")]).strip().capitalize() or "Not known"


def clean_age(text: str) -> str | None:
    """An age as typed, in its strict form; None for nothing. Raises ValidationError."""
    try:
        return _as_json(Decimal(text)) if text.strip() else None
    except InvalidOperation as error:
        raise ValidationError("An age is a number, such as 18 or 0.5.") from error


_RELATED = (
    ListingField(
        "needs",
        "What it helps with",
        _read_needs,
        _clean_needs,
        lambda service, value: service.needs.set(value),
        _needs_words,
        risky=True,
        rows=True,
        empty=[],
    ),
    _ticked("delivery", "How it reaches people", DELIVERY, DELIVERY_WORDS),
    _ticked("payment", "Who pays", PAYMENT, PAYMENT_WORDS),
    ListingField(
        "costs",
        "Prices",
        prices.read,
        prices.clean,
        prices.write,
        lambda value: "\n".join(prices.lines(value)) or NOT_SAID,
        rows=True,
        empty=[],
        make=prices.make,
    ),
    ListingField(
        "places",
        "Where",
        venues.read_places,
        venues.clean_places,
        venues.write_places,
        _places_words,
        rows=True,
        empty=[],
        make=venues.make_places,
    ),
    ListingField("access", "Getting in", venues.read_access, venues.clean_access, venues.write_access, _access_words, rows=True, empty={}),
    ListingField(
        "area",
        "Area it covers",
        coverage.read,
        coverage.clean,
        coverage.write,
        lambda value: coverage.in_words(value) or NOT_SAID,
        risky=True,
        rows=True,
        empty=[],
        make=coverage.make,
    ),
    ListingField("times", "Times", _read_times, _clean_times, _write_times, _times_words, safe=True, rows=True, empty=[], make=_make_times),
    ListingField("closures", "Closed", closures.read, closures.clean, closures.write, closures.words, safe=True, rows=True, empty=[]),
    ListingField(
        "phone",
        "Phone",
        lambda service: listing_contact.read(service, "phone"),
        listing_contact.clean_phone,
        lambda service, value: listing_contact.write(service, "phone", value),
        lambda value: value or "None",
        safe=True,
        rows=True,
        empty="",
        make=lambda service, value: listing_contact.make(service, "phone", value),
    ),
    ListingField(
        "email",
        "E-mail",
        lambda service: listing_contact.read(service, "email"),
        listing_contact.clean_email,
        lambda service, value: listing_contact.write(service, "email", value),
        lambda value: value or "None",
        risky=True,
        rows=True,
        empty="",
        make=lambda service, value: listing_contact.make(service, "email", value),
    ),
    ListingField(
        "spaces",
        "Places left",
        lambda service: (
            None if service.spaces is None or not service.spaces_on else {"left": service.spaces, "on": service.spaces_on.isoformat()}
        ),
        _clean_spaces,
        _write_spaces,
        _spaces_words,
        safe=True,
    ),
    ListingField(
        "notice",
        "Notice",
        lambda service: (
            {"text": service.notice, "until": service.notice_until.isoformat()} if service.notice and service.notice_until else None
        ),
        _clean_notice,
        _write_notice,
        _notice_words,
        safe=True,
    ),
)

_COLUMNS = (
    _column("name", "Name", risky=True),
    _column("other_names", "Other names"),
    _column("kind", "Kind"),
    _column("summary", "In one plain sentence"),
    _column("description", "More about it"),
    _column("min_age", "Lowest age"),
    _column("max_age", "Highest age"),
    _column("what_you_get", "What people get"),
    _column("who_for", "Who it is for"),
    _column("not_for", "Who it is not for"),
    _column("group_size", "People in the group"),
    _column("how_to_access", "What happens first"),
    _column("next_step", "What happens then"),
    _column("wait_time", "How long people wait"),
    _column("what_to_bring", "What to bring"),
    _column("referral_route", "Who can ask"),
    _column("takes_referrals", "Takes referrals through the store"),
    _column("is_free", "Free"),
    _column("cost", "Cost"),
    _column("url", "Web page"),
    _column("languages", "Languages"),
    _column("interpretation", "Interpreters"),
    _column("faith", "Faith or community"),
    _column("cqc_location", "Regulated by the Care Quality Commission as", risky=True),
    _column("status", "Running, paused or closed"),
    _column("visible_from", "Shown from", for_partners=False),
    _column("visible_to", "Shown until", for_partners=False),
    _column("rhythm_days", "Checked after so many days", for_partners=False),
    _column("internal_note", "Note for staff", for_partners=False),
)

FIELDS: dict[str, ListingField] = {field.name: field for field in (*_COLUMNS, *_RELATED)}
SAFE = frozenset(name for name, field in FIELDS.items() if field.safe)
FOR_PARTNERS = frozenset(name for name, field in FIELDS.items() if field.for_partners)
