"""Where a service of a feed is and which area it covers, as the listing fields `places`, `access` and `area`."""

from typing import Any

from django.core.exceptions import ValidationError

from directory import coverage, extents
from directory.geodata.locating import normalise_district
from directory.harvest.parts import Notes, Record, record, records
from directory.harvest.reading import number, position, postcode, words
from directory.models import Location
from directory.venues import ACCESS_FACTS, MOST_PLACES, clean_places

ONLINE = ("virtual", "online", "remote")
WORKED_OUT = (Location.FoundBy.POSTCODE, Location.FoundBy.VILLAGE)


class Spot:
    """One place of a service: its JSON form, how people get in, and the record of the service there (its own times and areas)."""

    def __init__(self, place: dict[str, Any], access: dict[str, Any], at: Record) -> None:
        self.place, self.access, self.at = place, access, at


def spots(service: Record, notes: Notes) -> tuple[list[Spot], bool]:
    """The places of a service, each once, and whether it is held online as well."""
    found: list[Spot] = []
    online = False
    for at, location in _locations(service, notes):
        if words(location.get("location_type"), 40).lower() in ONLINE:
            online = True
            continue
        place = _place(location, notes)
        if place is None:
            notes.add("a place without an address, a postcode or a position was left out")
        elif all(place != other.place for other in found):
            found.append(Spot(place, _access(location), at))
    if len(found) > MOST_PLACES:
        notes.add(f"only the first {MOST_PLACES} places of a service were kept")
    return found[:MOST_PLACES], online


def areas(told: list[Record], notes: Notes) -> list[dict[str, Any]]:
    """The area that these `service_areas` tell. What we do not know is left out, and noted."""
    rows: list[dict[str, Any]] = []
    for each in told:
        try:
            rows += _own_rows(each) or extents.from_service_areas([each])
        except ValidationError:
            notes.add("an area that is not known here was left out")
    try:
        return coverage.clean(rows[: coverage.MOST_PARTS])
    except ValidationError:
        notes.add("an area that is too large a drawing was left out")
        return coverage.clean([row for row in rows if "drawn" not in row][: coverage.MOST_PARTS])


def _own_rows(told: Record) -> list[dict[str, Any]]:
    """What a directory of our own kind says beside the standard's words."""
    label = {"label": name} if (name := words(told.get("name"), 100)) else {}
    around = record(told.get("ccs_around"))
    if told.get("ccs_everywhere") is True:
        return [{"everywhere": True}]
    if isinstance(told.get("ccs_district"), str) and normalise_district(told["ccs_district"]):
        return [{"district": told["ccs_district"], **({} if name == told["ccs_district"] else label)}]
    if around and number(around.get("miles")):
        return coverage.clean([{"around": [around.get("lat"), around.get("lon")], "miles": around.get("miles"), **label}])
    return []


def _locations(service: Record, notes: Notes) -> list[tuple[Record, Record]]:
    known = {row.get("id"): row for row in records(service, "locations", notes=notes) if isinstance(row.get("id"), str | int)}
    found: list[tuple[Record, Record]] = []
    for at in records(service, "service_at_locations", "service_at_location", notes=notes):
        location = record(at.get("location"))
        if not location and isinstance(at.get("location_id"), str | int):
            location = known.get(at["location_id"], {})
        if location:
            found.append((at, location))
        else:
            notes.add("a service_at_location without location was left out")
    used = {location.get("id") for _, location in found if isinstance(location.get("id"), str | int)}
    return found + [({}, row) for row in records(service, "locations") if not isinstance(row.get("id"), str | int) or row["id"] not in used]


def _place(location: Record, notes: Notes) -> dict[str, Any] | None:
    address = _address(location)
    code = location.get("ccs_postcode") or address.get("postal_code") or location.get("postal_code")
    found = postcode(code)
    if code and not found and words(code):
        notes.add("a postcode could not be read")
    place: dict[str, Any] = {
        "name": words(location.get("name"), 200),
        "address": words(location.get("ccs_address"), 300) or _lines(address),
        "postcode": found or "",
    }
    if location.get("mask_exact_address") is True:
        notes.add("the exact place of a service is secret: only its town was kept")
        town = words(address.get("city"), 100)
        return clean_places([{"name": "", "address": town}])[0] if town else None
    place |= _position(location, notes)
    if not place["address"] and not place["postcode"] and "lat" not in place:
        return None
    try:
        return clean_places([place])[0]
    except ValidationError:
        return None


def _address(location: Record) -> Record:
    rows = list(records(location, "addresses", "physical_addresses", "physical_address", "address"))
    physical = [row for row in rows if "physical" in words(row.get("address_type"), 60).lower()]
    return next(iter(physical or rows), location)


def _lines(address: Record) -> str:
    """One line. To whom letters go (`attention`) is a person, and stays out."""
    parts: list[str] = []
    for name in ("address_1", "address_2", "city"):
        part = words(address.get(name), 150).strip(" ,")
        if part and all(part.casefold() != other.casefold() for other in parts):
            parts.append(part)
    return words(", ".join(parts), 300)


def _position(location: Record, notes: Notes) -> dict[str, Any]:
    if location.get("ccs_found_by") in WORKED_OUT:
        return {}
    lat, lon = location.get("latitude"), location.get("longitude")
    points = record(location.get("geometry")).get("coordinates")
    if lat is None and isinstance(points, list) and len(points) == 2:
        lon, lat = points
    found, fault = position(lat, lon)
    if fault == "swapped":
        notes.add("latitude and longitude were the wrong way round")
    elif fault == "not in this country":
        notes.add("a position that is not in this country was left out")
    return {"lat": found[0], "lon": found[1], "found_by": str(Location.FoundBy.SOURCE)} if found else {}


def _access(location: Record) -> dict[str, Any]:
    """Facts that a directory of our own kind tells as such; of others, what stands there in words."""
    facts: dict[str, Any] = {}
    said: list[str] = []
    for row in records(location, "accessibility", "accessibility_for_disabilities", "accessibilities"):
        fact, value = row.get("ccs_fact"), row.get("ccs_value")
        if fact in ACCESS_FACTS and isinstance(value, bool):
            facts[str(fact)] = value
        else:
            parts = (row.get("description") or row.get("accessibility") or row.get("name"), row.get("details"))
            said += [text for part in parts if (text := words(part, 300))]
    joined = words(" ".join(dict.fromkeys(said)), 300)
    return {**facts, "words": joined} if joined else facts
