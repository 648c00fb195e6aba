"""From a listing to what the index holds of it: one document per place, and one where it has none. No contact, no masked place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from directory import clock
from directory.geodata.localities import Localities
from directory.geodata.locating import localities
from directory.models import Location, Service, ServiceArea
from directory.opening import spans, weekdays
from directory.secret_places import told_areas
from search import tokens
from search.engines.document import EVERYWHERE, Document, Place
from search.languages import language_slug
from search.query import ACCESS_FACTS, DAYS
from search.valleys import locality

CHUNK = 500
TEXT_TOKENS_MAX = 2000
# For so many days opening times are worked out ahead; from how long before now, so that a clock that is late is told no wrong thing.
HOURS_AHEAD = timedelta(days=21)
HOURS_BACK = timedelta(days=1)
MINUTE_SECONDS = 60
_MARKUP = re.compile(r"\]\([^)]*\)|https?://\S+|[*_#>`\[\]]+")
_MODES = (("at_place", "place"), ("at_home", "home"), ("online", "online"), ("by_phone", "phone"), ("outreach", "outreach"))
_WHO_SAYS_LITTLE = frozenset(
    tokens.tokens("people person persons adult adults everyone anybody all aged age over under years living older")
)


def documents_of_all() -> Iterator[Document]:
    """The documents of every listing that is, or will be, shown to visitors; read in chunks."""
    rows = Service.objects.exclude(status=Service.Status.CLOSED).with_everything().order_by("pk")
    villages = localities()
    for service in rows.iterator(chunk_size=CHUNK):
        yield from documents_of(service, villages)


def documents_for(services: Iterable[str]) -> Iterator[Document]:
    """The documents of these services; none for those that are gone or closed."""
    rows = Service.objects.filter(pk__in=list(services)).exclude(status=Service.Status.CLOSED)
    villages = localities()
    for service in rows.with_everything().order_by("pk"):
        yield from documents_of(service, villages)


def documents_of(service: Service, villages: Localities) -> list[Document]:
    """The documents of one service (loaded with_everything); `villages` tell to which a place belongs.

    The days on which it is visible travel with it, so that it appears and goes on its day without a new indexing.
    """
    hours, hours_to = _hours(service)
    documents = [_document(service, number, place, areas) for number, (place, areas) in enumerate(_parts(service))]
    return [
        replace(each, hours=hours, hours_to=hours_to, locality=locality(villages.at(each.place.lat, each.place.lon)) if each.place else "")
        for each in documents
    ]


def _parts(service: Service) -> Iterator[tuple[Location | None, list[ServiceArea]]]:
    """The places that may be shown, each with the area that is covered from it; and what is covered from nowhere that may be shown."""
    rows = told_areas(service)
    whole = [row for row in rows if row.at_location_id is None]
    hidden = [row for row in rows if row.at_location_id is not None]
    there = [at for at in service.at_locations.all() if _position(at.location)]
    for at in there:
        own = [row for row in hidden if row.at_location_id == at.pk]
        hidden = [row for row in hidden if row.at_location_id != at.pk]
        yield at.location, own or whole
    if hidden or not there:
        yield None, [*(() if there else whole), *hidden]


def _hours(service: Service) -> tuple[tuple[tuple[int, int, bool], ...], int | None]:
    """When it is open in the days ahead, and until when that is known."""
    now = clock.now()
    until = now + HOURS_AHEAD
    found = spans(service, now - HOURS_BACK, until)
    if found is None:
        return (), None
    return tuple(found), int(until.timestamp() // MINUTE_SECONDS)


def _position(location: Location) -> bool:
    return not location.masked and location.lat is not None and location.lon is not None


def _document(service: Service, number: int, location: Location | None, areas: list[ServiceArea]) -> Document:
    open_places = [at.location for at in service.at_locations.all() if not at.location.masked]
    place = Place(str(location), location.lat, location.lon) if location and location.lat is not None and location.lon is not None else None
    return Document(
        id=f"{service.pk}:{number}",
        service=str(service.pk),
        name=service.name,
        url=service.get_absolute_url(),
        organisation=service.organisation.name,
        summary=service.summary,
        ours=service.organisation.ours,
        needs=tuple(sorted(need.slug for need in service.needs.all())),
        kind=service.kind,
        modes=tuple(mode for field, mode in _MODES if getattr(service, field)),
        free=service.is_free,
        languages=tuple(dict.fromkeys(language_slug(name) for name in service.languages.split(";") if name.strip())),
        who=tuple(dict.fromkeys(word for word in tokens.tokens(service.who_for) if word not in _WHO_SAYS_LITTLE)),
        who_for=service.who_for,
        min_age=_number(service.min_age),
        max_age=_number(service.max_age),
        spaces=None if service.current_spaces is None else service.current_spaces > 0,
        paused=service.status == Service.Status.PAUSED,
        days=tuple(DAYS[day] for day in sorted(weekdays(service))),
        visible_from=service.visible_from,
        visible_to=service.visible_to,
        checked_on=service.checked_at,
        place=place,
        areas=_areas(areas),
        area_names=tuple(dict.fromkeys(str(area) for area in areas)),
        circles=_circles(areas),
        access=_access(location or (open_places[0] if open_places else None)),
        name_tokens=tuple(tokens.tokens(f"{service.name} {service.other_names} {service.organisation.name}")),
        text_tokens=tuple(_text_tokens(service, location)),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _areas(areas: list[ServiceArea]) -> tuple[str, ...]:
    """The codes that search.places gives a spot, too."""
    codes = []
    for area in areas:
        if area.everywhere:
            codes.append(EVERYWHERE)
        elif area.area is not None:
            codes.append(f"{area.area.area_set_id}:{area.area.code}")
        elif area.district:
            codes.append(f"district:{area.district.upper()}")
        elif area.drawn:
            codes.append(area.drawn)
    return tuple(dict.fromkeys(codes))


def _circles(areas: list[ServiceArea]) -> tuple[tuple[float, float, float], ...]:
    around = (area for area in areas if area.miles is not None)
    return tuple((area.lat, area.lon, area.miles) for area in around if area.lat is not None and area.lon is not None and area.miles)


def _access(location: Location | None) -> tuple[str, ...]:
    if location is None or location.masked:
        return ()
    told = ((fact, getattr(location, fact)) for fact in ACCESS_FACTS)
    return tuple(f"{fact}:{'yes' if value else 'no'}" for fact, value in told if value is not None)


def _text_tokens(service: Service, location: Location | None) -> list[str]:
    parts = [
        service.summary,
        service.organisation.name,
        service.organisation.other_names,
        service.who_for,
        service.faith,
        service.languages,
        *(need.name for need in service.needs.all()),
        *(str(area) for area in told_areas(service) if area.label),
        f"{location.name} {location.address}" if location else "",
        service.how_to_access,
        service.what_to_bring,
        _MARKUP.sub(" ", service.description),
    ]
    return tokens.tokens(" . ".join(parts))[:TEXT_TOKENS_MAX]
