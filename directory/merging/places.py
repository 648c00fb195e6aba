"""The places of a listing that goes, brought over as they are: a place that is kept secret stays the same place, and stays secret."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from directory.merging.choosing import AT_PLACES
from directory.models import Location, Service, ServiceAtLocation
from directory.venues import place_as_json

AT_FAULT = "Some of this holds at a place that only the other listing has. Take its places as well."


def take_as_they_are(keep: Service, drop: Service, before: set[Any]) -> None:
    """After places were written by their words: use the dropped listing's own rows where the words are the same.

    `before`: ids of the places that the kept listing had. Of those only one that the other listing keeps secret is given up for it.
    """
    theirs = {_words(row.location): row.location for row in drop.at_locations.select_related("location")}
    held = set(keep.at_locations.values_list("location_id", flat=True))
    for row in ServiceAtLocation.objects.filter(service=keep).select_related("location"):
        place = theirs.get(_words(row.location))
        new = row.location_id not in before
        if place is None or place.pk in held or not (new or (place.masked and not row.location.masked)):
            continue
        old = row.location
        row.location = place
        row.save(update_fields=["location"])
        held = held - {old.pk} | {place.pk}
        if new and not old.at_services.exists():
            old.delete()


def led_over(keep: Service, drop: Service, values: Mapping[str, Any]) -> dict[str, Any]:
    """The dropped listing's values, in which what holds at one place holds at the kept listing's place of the same words, where it has one."""
    here = {_words(row.location): str(row.location_id) for row in keep.at_locations.select_related("location")}
    same = {str(row.location_id): here.get(_words(row.location), "") for row in drop.at_locations.select_related("location")}
    led = dict(values)
    for name in AT_PLACES:
        if name in led:
            led[name] = [{**row, "place": same.get(row["place"]) or row["place"]} if row.get("place") else row for row in led[name]]
    return led


def refuse_elsewhere(keep: Service, values: Mapping[str, Any]) -> None:
    """Raises ValidationError ({field: [text]}) for what holds at a place where the kept listing is not."""
    here = {str(pk) for pk in keep.at_locations.values_list("location_id", flat=True)}
    for name in AT_PLACES:
        if any(row.get("place") and row["place"] not in here for row in values.get(name, [])):
            raise ValidationError({name: [AT_FAULT]})


def _words(location: Location) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(place_as_json(location).items()))
