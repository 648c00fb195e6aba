"""Days on which a service is closed though its times say otherwise: checked as JSON, stored as rows, said in words."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from directory.models import Closure, Location, Service
from directory.opening_words import closure_words
from directory.timetable import place_of

MOST_CLOSURES = 60
LONGEST = timedelta(days=366)


def read(service: Service) -> list[dict[str, Any]]:
    """The closures of a service as JSON, in order: {"first", "last", "reason", "place"}, only what is set."""
    return sorted((_as_json(row) for row in service.closures.all()), key=_order)


def clean(value: Any) -> list[dict[str, Any]]:
    """Checked closures, in order, each once, out of JSON or out of lines as `as_text` writes them. Raises ValidationError in plain words."""
    if isinstance(value, str):
        value = [_read_line(line.strip()) for line in value.splitlines() if line.strip()]
    if not isinstance(value, list) or len(value) > MOST_CLOSURES:
        raise ValidationError(f"Closures are a list of {MOST_CLOSURES} at most.")
    rows = [_clean_closure(row) for row in value]
    return sorted((row for at, row in enumerate(rows) if row not in rows[:at]), key=_order)


def write(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Put these closures in the place of those that are there. Raises ValidationError for a place where the service is not."""
    rows = list(value)
    places = {str(row.location_id): row.pk for row in service.at_locations.all()}
    if any(row.get("place") and row["place"] not in places for row in rows):
        raise ValidationError("One of the closures is at a place where the service is not.")
    service.closures.all().delete()
    Closure.objects.bulk_create(
        Closure(
            service=service,
            at_location_id=places.get(row.get("place", "")),
            first=date.fromisoformat(row["first"]),
            last=date.fromisoformat(row["last"]),
            reason=row.get("reason", ""),
        )
        for row in rows
    )


def as_text(value: Iterable[Mapping[str, Any]]) -> str:
    """A line for each that holds everywhere: "2026-11-02 to 2026-11-06: half term"."""
    rows = [row for row in value if "place" not in row]
    return "\n".join(f"{row['first']} to {row['last']}" + (f": {row['reason']}" if "reason" in row else "") for row in rows)


def _read_line(line: str) -> dict[str, Any]:
    days, _, reason = line.partition(":")
    first, _, last = days.partition(" to ")
    return {"first": first.strip(), "last": last.strip(), "reason": reason.strip()}


def words(value: Iterable[Mapping[str, Any]]) -> str:
    """A line for each."""
    rows = list(value)
    places = Location.objects.in_bulk({row["place"] for row in rows if "place" in row})
    return "\n".join(_words(row, places) for row in rows) or "None"


def _words(row: Mapping[str, Any], places: Mapping[UUID, Location]) -> str:
    place = str(places.get(UUID(row["place"])) or "a place") if "place" in row else ""
    return closure_words(date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), row.get("reason", ""), place)


def _as_json(row: Closure) -> dict[str, Any]:
    told = {"first": row.first.isoformat(), "last": row.last.isoformat(), "reason": row.reason, "place": place_of(row)}
    return {name: value for name, value in told.items() if value}


def _order(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("first", "last", "place", "reason"))


def _clean_closure(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not set(row) <= {"first", "last", "reason", "place"}:
        raise ValidationError("A closure has a first and a last day, and a reason.")
    try:
        first = date.fromisoformat(row["first"])
        last = date.fromisoformat(row.get("last") or row["first"])
        place = str(UUID(row["place"])) if row.get("place") else ""
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError("Say from which day to which day it is closed.") from error
    if last < first:
        raise ValidationError("The last day lies before the first day.")
    if last - first > LONGEST:
        raise ValidationError("A closure lasts a year at most. Say that the service is paused, or closed.")
    reason = row.get("reason") or ""
    if not isinstance(reason, str) or "\0" in reason or len(reason) > 100:
        raise ValidationError("The reason has 100 letters at most.")
    told = {"first": first.isoformat(), "last": last.isoformat(), "reason": " ".join(reason.split()), "place": place}
    return {name: value for name, value in told.items() if value}
