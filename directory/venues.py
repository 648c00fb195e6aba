"""Places: one venue is one Location, however many services meet there; each knows how its position was found."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.geodata.locating import Located, LocatedKind, locate, normalise_postcode, shown_postcode
from directory.journal.recording import record
from directory.locks import require_open
from directory.models import Location, Service, ServiceAtLocation

FoundBy = Location.FoundBy
ADDRESS = ("name", "address", "postcode")
POSITION = ("lat", "lon", "found_by")
ACCESS_FACTS = (
    "step_free",
    "wheelchair",
    "accessible_toilet",
    "changing_place",
    "hearing_loop",
    "quiet_space",
    "assistance_dogs",
    "parking",
)
# Positions that somebody gave, and that are not worked out from the address.
GIVEN = (FoundBy.SOURCE, FoundBy.MAP)
MOST_PLACES = 30


def read_places(service: Service) -> list[dict[str, Any]]:
    """The places of a service as JSON; a position only where it was given and is not that of the address."""
    return sorted((place_as_json(row.location) for row in service.at_locations.all()), key=_order)


def named_places(service: Service) -> list[tuple[str, str]]:
    """(id of its Location, what it is called) of each place of a service, in a steady order."""
    return [(str(row.location_id), str(row.location)) for row in _in_order(service.at_locations.all())]


def clean_places(value: Any) -> list[dict[str, Any]]:
    """Checked places, in a steady order. Raises ValidationError in plain words."""
    if not isinstance(value, list) or len(value) > MOST_PLACES:
        raise ValidationError(f"Places are a list of {MOST_PLACES} at most.")
    return sorted((_clean_place(place) for place in value), key=_order)


def write_places(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Hold the service at these places and no others; times that hold at a place that stays are kept.

    What comes in the place of a secret one is secret, too: an address that was only put right must not be read by everybody.
    """
    there = {row.pk: row for row in service.at_locations.select_related("location")}
    used = {row.location_id for row in there.values()}
    new = []
    for place in value:
        kept = next((key for key, row in there.items() if place_as_json(row.location) == place), None)
        if kept:
            there.pop(kept)
        else:
            new.append(place)
    if there:
        ServiceAtLocation.objects.filter(pk__in=there).delete()
    _hold_at(service, new, used, masked=any(row.location.masked for row in there.values()))


def make_places(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Hold a new service, which is nowhere yet, at these places."""
    _hold_at(service, value, set())


def _hold_at(service: Service, value: Iterable[Mapping[str, Any]], used: set[UUID], *, masked: bool = False) -> None:
    """Two places of one service are never one Location, even where they differ by capitals only: each is a line of its own there."""
    for place in value:
        location = find_or_make(place, but_not=used, masked=masked)
        used.add(location.pk)
        ServiceAtLocation.objects.create(service=service, location=location)


def rows_by_place(service: Service) -> dict[str, UUID]:
    """Of each place of a service the row that says so, by the id of its Location."""
    return {str(row.location_id): row.pk for row in service.at_locations.all()}


def find_or_make(place: Mapping[str, Any], but_not: Iterable[Any] = (), *, masked: bool = False) -> Location:
    """The Location with the same name, address and postcode; without an address a new one, since a name alone says too little.

    `masked`: a secret one only, found or made.
    """
    words = {name: place.get(name, "") for name in ADDRESS}
    if words["address"]:
        same = Location.objects.filter(**{f"{name}__iexact": text for name, text in words.items()}, **({"masked": True} if masked else {}))
        # What an index answers; among thousands of places, reading all of them took longer than all the rest of a new listing.
        same = same.alias(lowered=Lower("address")).filter(lowered=Lower(Value(words["address"])))
        if but_not := list(but_not):
            same = same.exclude(pk__in=but_not)
        position = {name: place[name] for name in ("lat", "lon") if place.get(name) is not None}
        found = (same.filter(**position) if position else same).first()
        if found:
            return found
    location = Location(**words, masked=masked, **{name: place[name] for name in POSITION if name in place})
    if location.lat is None:
        place_by_address(location)
    location.save()
    return location


def place_by_address(location: Location) -> bool:
    """Set the position from the postcode or else from the village in the address; False where neither is known."""
    found = locate(location.postcode) if location.postcode else None
    if found is None:
        # "Peel Street, Marsden": the last part names the village, a street may be called after another one.
        parts = [part.strip() for part in location.address.split(",") if part.strip()]
        found = next(filter(None, (_by_name(part) for part in reversed(parts))), None)
    if found is None:
        location.lat = location.lon = None
        location.found_by = ""
        return False
    location.lat, location.lon = found.lat, found.lon
    location.found_by = FoundBy.POSTCODE if found.kind == LocatedKind.POSTCODE else FoundBy.VILLAGE
    return True


@transaction.atomic
def place_the_unplaced(*, by: User) -> int:
    """Look again for positions of places that have none, after postcodes or villages were loaded. Returns how many were found."""
    require(by, Permission.MODERATE)
    found = [location for location in Location.objects.filter(lat=None).exclude(address="", postcode="") if place_by_address(location)]
    Location.objects.bulk_update(found, list(POSITION))
    touch_services(Service.objects.filter(at_locations__location__in=found).distinct(), because="location", by=by)
    return len(found)


def read_access(service: Service) -> dict[str, Any]:
    """What is known about getting into its first place: yes and no only, and words."""
    location = first_place(service)
    if location is None:
        return {}
    facts = {name: getattr(location, name) for name in ACCESS_FACTS if getattr(location, name) is not None}
    return {**facts, "words": location.access_words} if location.access_words else facts


def clean_access(value: Any) -> dict[str, Any]:
    """Checked facts; what is not known is left out. Raises ValidationError."""
    if not isinstance(value, Mapping) or not set(value) <= {*ACCESS_FACTS, "words"}:
        raise ValidationError("These are not facts about getting in that we keep.")
    facts = {name: value[name] for name in ACCESS_FACTS if value.get(name) is not None}
    words = value.get("words") or ""
    if not all(isinstance(fact, bool) for fact in facts.values()) or not isinstance(words, str) or len(words) > 300 or "\0" in words:
        raise ValidationError("Each fact is yes, no or not known; words are 300 letters at most.")
    return {**facts, "words": words.strip()} if words.strip() else facts


def write_access(service: Service, value: Mapping[str, Any]) -> None:
    """Write the facts to the first place. Raises ValidationError where there is no place."""
    location = _first(service.at_locations.select_related("location"))
    if location is None and not value:
        return
    if location is None:
        raise ValidationError("Say first where it is; then what it is like to get in.")
    for name in ACCESS_FACTS:
        setattr(location, name, value.get(name))
    location.access_words = value.get("words", "")
    location.save(update_fields=[*ACCESS_FACTS, "access_words"])


def first_place(service: Service) -> Location | None:
    """The first of its places, always the same one."""
    return _first(service.at_locations.all())


def _first(rows: Iterable[ServiceAtLocation]) -> Location | None:
    return next((row.location for row in _in_order(rows)), None)


def _in_order(rows: Iterable[ServiceAtLocation]) -> list[ServiceAtLocation]:
    return sorted(rows, key=lambda row: _order(place_as_json(row.location)))


@transaction.atomic
def set_location(location: Location, values: Mapping[str, Any], *, by: User) -> Location:
    """Change columns of a place; where the address changes and no position is given, the position follows. Services there are touched.

    Raises PermissionDenied, ValidationError, WrongState where somebody else has locked it.
    """
    require(by, Permission.MODERATE)
    if not location._state.adding:
        require_open(location, by)
    changed = {name: value for name, value in values.items() if location._state.adding or getattr(location, name) != value}
    for name, value in changed.items():
        setattr(location, name, value)
    given = any(changed.get(name) is not None for name in ("lat", "lon"))
    if changed.keys() & {"address", "postcode"} and not given and location.found_by not in GIVEN:
        place_by_address(location)
    if given and "found_by" not in changed:
        location.found_by = FoundBy.MAP
    if location.lat is None:
        location.found_by = ""
    location.full_clean()
    created = location._state.adding
    location.save()
    if created or changed:
        codes = {} if created else {"fields": sorted(changed)}
        role = role_used(by, Permission.MODERATE)
        record("location.created" if created else "location.changed", location, by=by, role=role, codes=codes)
        touch_services(Service.objects.filter(at_locations__location=location).distinct(), because="location", by=by)
    return location


def touch_services(services: Iterable[Service], *, because: str, by: User) -> None:
    """Tell the followers of the journal that what these services show has changed somewhere else. Inside a transaction."""
    for service in services:
        record("service.touched", service, by=by, role=role_used(by, Permission.EDIT_LISTINGS), codes={"because": because})


def _by_name(text: str) -> Located | None:
    found = locate(text)
    return found if found and found.kind == LocatedKind.PLACE else None


def _order(place: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(place.get(name, "")) for name in (*ADDRESS, "lat", "lon"))


def place_as_json(location: Location) -> dict[str, Any]:
    """What a listing says of a place; a position only where it was given and is not that of the address."""
    place: dict[str, Any] = {name: getattr(location, name) for name in ADDRESS}
    if location.found_by in GIVEN:
        place |= {name: getattr(location, name) for name in POSITION}
    return place


def _clean_place(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= {*ADDRESS, *POSITION}:
        raise ValidationError("A place has a name, an address and a postcode.")
    place: dict[str, Any] = {name: value.get(name) or "" for name in ADDRESS}
    if not all(isinstance(text, str) and "\0" not in text for text in place.values()):
        raise ValidationError("A place has a name, an address and a postcode.")
    place = {name: " ".join(text.split()) for name, text in place.items()}
    if place["postcode"]:
        code = normalise_postcode(place["postcode"])
        if code is None:
            raise ValidationError(f"“{place['postcode']}” is not a full postcode such as HD7 5AB.")
        place["postcode"] = shown_postcode(code)
    if len(place["name"]) > 200 or len(place["address"]) > 300:
        raise ValidationError("The name of a place has 200 letters at most, its address 300.")
    if value.get("lat") is not None or value.get("lon") is not None:
        place |= _clean_position(value)
    if not any(place.values()):
        raise ValidationError("Say where the place is: an address or a postcode.")
    return place


def _clean_position(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        lat, lon = float(value["lat"]), float(value["lon"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValidationError("A position has a latitude and a longitude, in degrees.") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValidationError("That position is not on the earth.")
    found_by = value.get("found_by") or FoundBy.MAP
    if found_by not in GIVEN:
        raise ValidationError("A position that is given was set by the source or on a map.")
    return {"lat": lat, "lon": lon, "found_by": str(found_by)}
