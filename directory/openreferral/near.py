"""Where a postcode counts: the areas that hold it, and the places so many metres from its middle."""

from math import cos, pi, radians, sin
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cos, Power, Radians, Sin

from directory.drawn_areas import METRES_IN_A_DEGREE, METRES_IN_A_MILE, drawn_at
from directory.geodata.locating import EARTH_RADIUS_MILES, miles
from directory.geodata.models import PostcodeArea
from directory.models import ServiceArea, ServiceAtLocation
from directory.openreferral.opened import hidden_areas
from directory.openreferral.parameters import Position

EARTH_METRES = EARTH_RADIUS_MILES * METRES_IN_A_MILE
# A degree is a little shorter on the ground than on the sphere; the box that is looked into first is wider.
ROOM = 1.01


def services_reaching(position: Position) -> Q:
    """Services that cover a postcode as a whole or from one of their places, and those of which nobody knows what they cover."""
    shown, covering = _areas(position)
    return Q(pk__in=covering.values("service")) | ~Q(pk__in=shown.values("service"))


def places_reaching(position: Position) -> Q:
    """Services at places from which a postcode is covered: a place with an area of its own does not cover that of the whole service."""
    shown, covering = _areas(position)
    own, whole = Q(at_location__isnull=False), Q(at_location=None)
    has_own = Q(pk__in=shown.filter(own).values("at_location"))
    from_own = Q(pk__in=covering.filter(own).values("at_location"))
    from_whole = Q(service__in=covering.filter(whole).values("service")) | ~Q(service__in=shown.filter(whole).values("service"))
    return (has_own & from_own) | (~has_own & from_whole)


def _areas(position: Position) -> "tuple[QuerySet[ServiceArea], QuerySet[ServiceArea]]":
    """The parts of areas that may be told, and those among them that hold a position."""
    hidden = [row.pk for row in hidden_areas()]
    shown = ServiceArea.objects.exclude(pk__in=hidden) if hidden else ServiceArea.objects.all()
    areas = PostcodeArea.objects.filter(postcode=position.code, main=True).values("area")
    circles = shown.filter(_in_reach(position, F("miles") * METRES_IN_A_MILE), miles__isnull=False).values_list("pk", "lat", "lon", "miles")
    around = [
        pk
        for pk, lat, lon, reach in circles
        if lat is not None and lon is not None and reach is not None and miles(position.lat, position.lon, lat, lon) <= reach
    ]
    inside, _ = drawn_at(position.lat, position.lon)
    holds = Q(everywhere=True) | Q(district__iexact=position.district) | Q(area__in=areas)
    return shown, shown.filter(holds | Q(drawn__in=inside) | Q(pk__in=around))


def places_within(position: Position, metres: float) -> "QuerySet[ServiceAtLocation]":
    """Services at places so many metres at most from the middle of a postcode, as the crow flies. No secret place."""
    near = ServiceAtLocation.objects.filter(_in_reach(position, metres, "location__"), location__masked=False)
    half_lat = Radians(F("location__lat") - position.lat) / 2.0
    half_lon = Radians(F("location__lon") - position.lon) / 2.0
    chord = Power(Sin(half_lat), 2) + cos(radians(position.lat)) * Cos(Radians(F("location__lat"))) * Power(Sin(half_lon), 2)
    return near.annotate(chord=chord).filter(chord__lte=_chord(metres))


def _chord(metres: float) -> float:
    """What the haversine of so many metres is."""
    return sin(min(metres / EARTH_METRES / 2, pi / 2)) ** 2


def _in_reach(position: Position, metres: Any, before: str = "") -> Q:
    """A box around a position: what lies outside of it lies further away."""
    high = metres * (ROOM / METRES_IN_A_DEGREE)
    wide = metres * (ROOM / METRES_IN_A_DEGREE / max(0.2, cos(radians(position.lat))))
    lat, lon = Value(position.lat, FloatField()), Value(position.lon, FloatField())
    return Q(
        **{
            f"{before}lat__gte": lat - high,
            f"{before}lat__lte": lat + high,
            f"{before}lon__gte": lon - wide,
            f"{before}lon__lte": lon + wide,
        }
    )
