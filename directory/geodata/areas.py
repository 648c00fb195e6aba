"""Sets of areas: stored by set and code, so that loading again keeps every id; one set is the installed one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from directory import clock
from directory.geodata import membership
from directory.geodata.models import Area, AreaKind, AreaSet

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class WrongSet(Exception):
    """A set of this slug is there already and is of another kind or year; the message is a sentence for the operator."""


@dataclass(frozen=True)
class SetDetails:
    """What a set of areas is called and where it comes from."""

    slug: str
    name: str
    kind: AreaKind
    year: int
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Shape:
    """One area to be stored: a valid polygon or multipolygon in WGS84 degrees."""

    code: str
    name: str
    geometry: "BaseGeometry"


@dataclass
class Stored:
    """What a load of areas did. `missing`: codes the set holds and the file does not; they stay, since figures and requests name them."""

    area_set: AreaSet
    new: int
    again: int
    postcodes: int
    missing: list[str] = field(default_factory=list)


@transaction.atomic
def store(details: SetDetails, shapes: Sequence[Shape], install_it: bool = False) -> Stored:
    """Store the areas of a set, all or none, and the areas of every postcode that is loaded.

    Idempotent by set and code: areas that are there keep their ids. Raises WrongSet.
    """
    area_set = _set_of(details)
    before = set(area_set.areas.values_list("code", flat=True))
    Area.objects.bulk_create(
        [_area(area_set, shape) for shape in shapes],
        update_conflicts=True,
        unique_fields=["area_set", "code"],
        update_fields=["name", "kind", "geometry", "west", "south", "east", "north"],
        batch_size=500,
    )
    codes = {shape.code for shape in shapes}
    postcodes = membership.assign_set(area_set)
    if install_it:
        install(area_set)
    return Stored(area_set, len(codes - before), len(codes & before), postcodes, sorted(before - codes))


@transaction.atomic
def install(area_set: AreaSet) -> None:
    """Make this the set that "area" means from now on. Areas stored on requests and referrals stay as they are."""
    AreaSet.objects.filter(installed=True).exclude(pk=area_set.pk).update(installed=False)
    area_set.installed = True
    area_set.save(update_fields=["installed"])


def _set_of(details: SetDetails) -> AreaSet:
    """The set of these details, made where it is new, with its name, source and licence up to date."""
    area_set = AreaSet.objects.filter(slug=details.slug).first() or AreaSet(slug=details.slug, kind=details.kind, year=details.year)
    if (area_set.kind, area_set.year) != (details.kind, details.year):
        raise WrongSet(
            f"The set {details.slug} is there already, as {AreaKind(area_set.kind).label} of {area_set.year}. "
            "Lines of another year or kind are a set of their own: choose another --set."
        )
    area_set.name = details.name
    area_set.source = details.source or area_set.source
    area_set.licence = details.licence or area_set.licence
    area_set.changed_at = clock.now()
    area_set.save()
    return area_set


def _area(area_set: AreaSet, shape: Shape) -> Area:
    west, south, east, north = shape.geometry.bounds
    return Area(
        area_set=area_set,
        code=shape.code,
        name=shape.name,
        kind=area_set.kind,
        geometry=shape.geometry.wkb,
        west=west,
        south=south,
        east=east,
        north=north,
    )
