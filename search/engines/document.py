"""What an engine stores: one service at one place, or over the areas it serves."""

from dataclasses import dataclass
from datetime import date

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is offered, WGS84 degrees. A masked place never becomes one of these."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Document:
    """One service at one place, or over its served areas where it has none; all documents of a service are shown as one result.

    Place, locality, areas, area_names, circles and access are the document's own. All other fields speak of the service: they are the
    same in all of its documents (the first one's count), but for the tokens, of which the service holds those of all documents together.

    `areas` are codes as in Spot.areas, `district:HD7` for postcode districts, and EVERYWHERE; `circles` are (lat, lon, miles).
    With neither, no area served is stated. `access` holds `fact:yes` and `fact:no`; a fact that is not known is left out.
    `locality` is the village of the place as search.valleys knows it, "" otherwise. `who` are stems of `who_for`.
    `days` (MO to SU) are those on which something regular begins. `hours` are (start, end, sure) in minutes since 1970, from when it was
    indexed until `hours_to`; not sure is what takes place in term time only. `hours_to` None: the times are not known.
    `name_tokens` and `text_tokens` are stems in their order.
    """

    id: str
    service: str
    name: str
    url: str = ""
    organisation: str = ""
    summary: str = ""
    ours: bool = False
    needs: tuple[str, ...] = ()
    kind: str = ""
    modes: tuple[str, ...] = ()
    free: bool | None = None
    languages: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    who_for: str = ""
    min_age: float | None = None
    max_age: float | None = None
    spaces: bool | None = None
    paused: bool = False
    days: tuple[str, ...] = ()
    hours: tuple[tuple[int, int, bool], ...] = ()
    hours_to: int | None = None
    visible_from: date | None = None
    visible_to: date | None = None
    checked_on: date | None = None
    place: Place | None = None
    locality: str = ""
    areas: tuple[str, ...] = ()
    area_names: tuple[str, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    access: tuple[str, ...] = ()
    name_tokens: tuple[str, ...] = ()
    text_tokens: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether it is stated which area is served."""
        return bool(self.areas or self.circles)
