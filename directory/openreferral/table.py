"""The whole directory as one table, a row for each listing, with the headings that an import of ours reads; more columns stand behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.conf import settings

from directory import clock
from directory.models import Service, ServiceAtLocation
from directory.opening_text import format_times
from directory.openreferral import licences
from directory.openreferral.modified import is_over, modified
from directory.openreferral.opened import open_areas, open_contacts, open_places, open_schedules, with_all_that_is_open
from directory.openreferral.paging import batches, services_listed
from directory.openreferral.values import day, email, lines, moment, number, parts, text, uri
from directory.times import times_of
from directory.venues import ACCESS_FACTS

DELIVERY = {"at_place": "place", "at_home": "home", "online": "online", "by_phone": "phone", "outreach": "outreach"}
# As an import knows them.
OF_IMPORTS = (
    *("source_id", "organisation", "organisation_kind", "name", "other_names", "kind", "summary", "description", "needs"),
    *("min_age", "max_age", "who_for", "how_to_access", "what_to_bring", "delivery", "address", "postcode", "lat", "lon", "area_served"),
    *("phone", "email", "url", "cost", "opening", "access", "languages", "faith", "status", "source", "source_date", "licence"),
)
HEADINGS = (
    *OF_IMPORTS,
    *("place", "more_places", "what_you_get", "not_for", "next_step", "wait_time", "interpretation", "notice"),
    *("checked_on", "last_modified", "page"),
)

Cell = str | int | float | None


def rows() -> Iterator[Sequence[Cell]]:
    """The headings, then every listing that visitors see, in a memory that does not grow."""
    yield HEADINGS
    for ids in batches(services_listed(Service.objects.all())):
        services = with_all_that_is_open(Service.objects.filter(pk__in=ids)).in_bulk()
        found = [services[pk] for pk in ids if pk in services]
        changed = modified(found)
        for service in found:
            yield _row(service, moment(changed[service.pk]))


def _row(service: Service, changed: str) -> list[Cell]:
    there = open_places(service)
    first, others = (there[0] if there else None), there[1:]
    cells = {**_words(service), **_place(first), **_ways(service), **_origin(service)}
    cells["opening"] = _opening(service, first)
    cells["more_places"] = "; ".join(_place_words(service, at) for at in others)
    cells["area_served"] = "; ".join(sorted({"everywhere" if row.everywhere else str(row) for row in open_areas(service)}))
    cells["last_modified"] = changed
    return [cells[heading] for heading in HEADINGS]


def _words(service: Service) -> dict[str, Cell]:
    same = ("name", "other_names", "kind", "summary", "description", "who_for", "how_to_access", "what_to_bring", "faith")
    more = ("not_for", "next_step", "wait_time", "interpretation")
    return {name: text(getattr(service, name)) for name in (*same, *more)} | {
        "organisation": service.organisation.name,
        "organisation_kind": service.organisation.kind,
        "needs": "; ".join(sorted(need.slug for need in service.needs.all())),
        "min_age": number(service.min_age),
        "max_age": number(service.max_age),
        "languages": "; ".join(parts(service.languages)),
        "what_you_get": "; ".join(lines(service.what_you_get)),
        "notice": service.current_notice,
        "cost": _cost(service),
    }


def _cost(service: Service) -> str:
    """As an import reads it: free, or paid, and what."""
    words = text(service.cost)
    if service.is_free:
        return words or "free"
    return f"paid: {words}".removesuffix(": ") if service.is_free is False else words


def _place(at: ServiceAtLocation | None) -> dict[str, Cell]:
    if at is None:
        return dict.fromkeys(("place", "address", "postcode", "lat", "lon", "access"))
    location = at.location
    facts = [f"{name}={'yes' if value else 'no'}" for name in ACCESS_FACTS if (value := getattr(location, name)) is not None]
    words = [f"words={location.access_words.replace(';', ',')}"] if location.access_words else []
    return {
        "place": location.name,
        "address": location.address,
        "postcode": location.postcode,
        "lat": location.lat,
        "lon": location.lon,
        "access": "; ".join([*facts, *words]),
    }


def _ways(service: Service) -> dict[str, Cell]:
    contacts = [each for each in open_contacts(service) if each.at_location_id is None]
    own = [each for each in contacts if not each.is_personal] or contacts
    return {
        "delivery": "; ".join(word for column, word in DELIVERY.items() if getattr(service, column)),
        "phone": next((each.phone for each in own if each.phone), ""),
        "email": next((found for each in own if (found := email(each.email))), ""),
        "url": uri(service.url),
        "page": f"{settings.BASE_URL}{service.get_absolute_url()}",
    }


def _origin(service: Service) -> dict[str, Cell]:
    return {
        "source_id": str(service.pk),
        "status": str(service.status),
        "source": text(service.source),
        "source_date": text(service.source_date),
        "licence": licences.of_service(service),
        "checked_on": day(service.checked_at),
    }


def _opening(service: Service, at: ServiceAtLocation | None) -> str:
    """The times that hold everywhere or at one place, in the notation that an import reads."""
    place = at.pk if at is not None else None
    today = clock.today()
    rows = [row for row in open_schedules(service) if row.at_location_id in (None, place) and not is_over(row, today)]
    return format_times([replace(times_of(row), place="") for row in rows])


def _place_words(service: Service, at: ServiceAtLocation) -> str:
    location = at.location
    own = [
        replace(times_of(row), place="")
        for row in open_schedules(service)
        if row.at_location_id == at.pk and not is_over(row, clock.today())
    ]
    where = ", ".join(part for part in (location.name, location.address, location.postcode) if part)
    return f"{where} ({format_times(own).replace(';', ',')})" if own else where
