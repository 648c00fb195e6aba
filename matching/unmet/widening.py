"""Services that do what is needed and come close, but end before the area: who could be asked to come here too."""

from dataclasses import dataclass

from directory import clock
from directory.geodata.models import Area
from directory.models import Service
from search import engines
from search.engines.base import Moved
from search.find import find, understood
from search.near_misses import near_misses
from search.query import BadQuery, Query


@dataclass(frozen=True)
class Near:
    """A service that does this nearby; `why_not`: how far it goes, in words."""

    service: Service
    why_not: str


def middle_of(area_code: str) -> tuple[float, float] | None:
    """A position inside of an area of the installed set: latitude and longitude; None where there is no such area."""
    area = Area.objects.filter(area_set__installed=True, code=area_code).first()
    if area is None:
        return None
    inside = area.outline.point_on_surface()
    return inside.y, inside.x


def services_near(need: str, area_code: str) -> list[Near]:
    """Services for this need that do not reach the middle of the area, the nearest to fitting first."""
    middle = middle_of(area_code)
    if middle is None:
        return []
    query = Query(need=(need,), lat=middle[0], lon=middle[1], page_size=100)
    try:
        there = {result.id for result in find(query).results}
        missed = near_misses(understood(query), there, engines.current(), today=clock.today())
    except (BadQuery, Moved):
        return []
    services = (
        Service.objects.public().filter(status=Service.Status.ACTIVE).select_related("organisation").in_bulk([each.id for each in missed])
    )
    by_id = {str(key): service for key, service in services.items()}
    return [Near(by_id[each.id], each.why_not) for each in missed if each.id in by_id]
