"""From ids to records, for lists, streams and single ones: what a page shows is loaded at once, in a constant number of queries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from directory.models import Organisation, Service, ServiceAtLocation
from directory.openreferral import queries, records
from directory.openreferral.opened import OPEN_PLACE, with_all_that_is_open, with_one_to_one
from directory.openreferral.paging import Listed, at_locations_listed, batches, organisations_listed, services_listed
from directory.openreferral.parameters import OF_ORGANISATIONS, OF_PLACES, OF_SERVICES, Asked
from directory.openreferral.queries import public_now
from directory.openreferral.values import Record

Ids = Sequence[UUID]
Row = TypeVar("Row")
MINIMAL_BATCH = 2_000


@dataclass(frozen=True)
class Kind:
    """One kind of record: the parameters its list knows, the list for what is asked, and the records of some ids in their order."""

    parameters: frozenset[str]
    listed: Callable[[Asked], Listed]
    records: Callable[[Ids, Asked], list[Record]]


def one(kind: Kind, pk: UUID, asked: Asked) -> Record | None:
    """A record by its id; None for what is not there, or not shown."""
    listed = kind.listed(Asked())
    if not listed.rows.filter(listed.shown, pk=pk).exists():
        return None
    return next(iter(kind.records([pk], asked)), None)


def stream(kind: Kind, asked: Asked) -> Iterator[Record]:
    """Every record that fits, in a memory that does not grow."""
    for ids in batches(kind.listed(asked)):
        yield from kind.records(ids, asked)


def _service_records(ids: Ids, asked: Asked) -> list[Record]:
    if asked.minimal:
        chunks = (ids[at : at + MINIMAL_BATCH] for at in range(0, len(ids), MINIMAL_BATCH))
        return [record for chunk in chunks for record in records.minimal_records(chunk)]
    load = with_all_that_is_open if asked.full else with_one_to_one
    return records.service_records(_in_order(load(Service.objects.all()).in_bulk(list(ids)), ids), full=asked.full)


def _at_location_records(ids: Ids, asked: Asked) -> list[Record]:
    places = ServiceAtLocation.objects.filter(OPEN_PLACE).select_related("location").in_bulk(list(ids))
    rows = _in_order(places, ids)
    load = with_all_that_is_open if asked.full else with_one_to_one
    services = load(Service.objects.all()).in_bulk(list({row.service_id for row in rows}))
    for row in rows:
        row.service = services[row.service_id]
    return records.at_location_records(rows, full=asked.full)


def _organisation_records(ids: Ids, asked: Asked) -> list[Record]:
    rows = _in_order(Organisation.objects.select_related("logo").in_bulk(list(ids)), ids)
    full = asked.full or asked.full_service
    if not full:
        return records.organisation_records(rows, full=False)
    return records.organisation_records(rows, full=True, services=_services_of(ids, asked), replaced=_took_in(ids))


def _took_in(ids: Ids) -> dict[UUID, list[str]]:
    """The ids of organisations that each of these took in."""
    found: dict[UUID, list[str]] = {}
    merged = Organisation.objects.filter(replaced_by__in=list(ids)).order_by("pk")
    for row in merged.only("replaced_by"):
        if row.replaced_by_id:
            found.setdefault(row.replaced_by_id, []).append(str(row.pk))
    return found


def _services_of(ids: Ids, asked: Asked) -> dict[UUID, list[Record]]:
    """The services of organisations: whole ones where that is asked for, otherwise their ids and names."""
    services = Service.objects.filter(public_now(), organisation__in=list(ids)).order_by("created_at", "pk")
    found: dict[UUID, list[Record]] = {}
    if not asked.full_service:
        for pk, name, status, organisation in services.values_list("pk", "name", "status", "organisation"):
            found.setdefault(organisation, []).append({"id": str(pk), "name": name, "status": records.STATUS[Service.Status(status)]})
        return found
    rows = list(with_all_that_is_open(services))
    for service, record in zip(rows, records.service_records(rows, full=True), strict=True):
        found.setdefault(service.organisation_id, []).append(record)
    return found


def _in_order(found: dict[UUID, Row], ids: Ids) -> list[Row]:
    """What was found, as the ids stand; what was taken away a moment ago is missing."""
    return [found[pk] for pk in ids if pk in found]


SERVICES = Kind(OF_SERVICES, lambda asked: services_listed(queries.services(asked)), _service_records)
AT_LOCATIONS = Kind(OF_PLACES, lambda asked: at_locations_listed(queries.at_locations(asked)), _at_location_records)
ORGANISATIONS = Kind(OF_ORGANISATIONS, lambda asked: organisations_listed(queries.organisations(asked)), _organisation_records)
