"""Places as records. Only those that are no secret come here."""

from uuid import uuid5

from directory.models import Location
from directory.openreferral.postal import addresses_of
from directory.openreferral.values import Record, text, told
from directory.venues import ACCESS_FACTS

ACCESS_WORDS = {
    "step_free": ("Step-free access", "No step-free access"),
    "wheelchair": ("Wheelchair users can get in and about", "Not suited to wheelchairs"),
    "accessible_toilet": ("Accessible toilet", "No accessible toilet"),
    "changing_place": ("Changing Places toilet", "No Changing Places toilet"),
    "hearing_loop": ("Hearing loop", "No hearing loop"),
    "quiet_space": ("Quiet space", "No quiet space"),
    "assistance_dogs": ("Assistance dogs welcome", "No assistance dogs"),
    "parking": ("Parking", "No parking"),
}


def flat(location: Location) -> Record:
    """What stands to a place one to one. A position from the middle of a postcode or village says so."""
    assert not location.masked
    return told(
        id=str(location.pk),
        location_type="physical",
        name=text(location.name),
        transportation=text(location.transport),
        latitude=location.lat,
        longitude=location.lon,
        ccs_address=text(location.address),
        ccs_postcode=text(location.postcode),
        ccs_found_by=location.found_by,
    )


def full(location: Location) -> Record:
    """With its address and how people get in."""
    return flat(location) | told(addresses=addresses_of(location), accessibility=_accessibility(location))


def _accessibility(location: Location) -> list[Record]:
    facts = [(name, getattr(location, name)) for name in ACCESS_FACTS if getattr(location, name) is not None]
    rows = [
        _access(location, name, ACCESS_WORDS[name][0 if value else 1]) | {"ccs_fact": name, "ccs_value": value} for name, value in facts
    ]
    words = text(location.access_words)
    return [*rows, _access(location, "words", words)] if words else rows


def _access(location: Location, name: str, words: str) -> Record:
    # The standard was renamed on the way: readers look for either key.
    return {
        "id": str(uuid5(location.pk, f"access:{name}")),
        "location_id": str(location.pk),
        "description": words,
        "accessibility": words,
    }
