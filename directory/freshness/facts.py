"""What stands in a listing, as it is asked about by mail and on paper: both are handed on, so a secret place is not told."""

from typing import Any

from directory import coverage
from directory.listing_fields import FIELDS, FOR_PARTNERS, read_values
from directory.models import Service
from directory.secret_places import told_areas

PLACES = frozenset({"places", "access"})
# In which a place may be named beside other things.
WITH_PLACES = frozenset({"times", "closures", "area"})
HEADING = frozenset({"name", "summary"})


def facts_of(service: Service) -> dict[str, Any]:
    """The values of a listing that a group keeps, in their JSON form, without name and summary."""
    values = read_values(service)
    if service.at_locations.filter(location__masked=True).exists():
        values["area"] = coverage.as_json(told_areas(service))
        values = {name: _without_place(name, value) for name, value in values.items() if name not in PLACES}
    return {name: value for name, value in values.items() if name in FOR_PARTNERS and name not in HEADING}


def is_told(value: Any) -> bool:
    """Does the listing say anything here?"""
    return value not in (None, "", [], {}, False)


def lines(name: str, value: Any) -> list[str]:
    """A value in words, line by line."""
    return FIELDS[name].words(value).split("\n")


def _without_place(name: str, value: Any) -> Any:
    if name not in WITH_PLACES:
        return value
    return [{part: told for part, told in row.items() if part != "place"} for row in value]
