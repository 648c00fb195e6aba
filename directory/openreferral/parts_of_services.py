"""What hangs on a service: times, areas, contacts, prices and so on. Ids that rows here do not keep are made from what the part says."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from directory import clock
from directory.extents import as_service_area
from directory.models import Contact, Schedule, Service, ServiceArea, ServiceAtLocation
from directory.opening_text import DAY_CODES
from directory.openreferral.modified import is_over, midnight
from directory.openreferral.opened import open_areas, open_closures, open_contacts, open_schedules
from directory.openreferral.values import Record, day, email, moment, number, parts, text, told, wall_time
from directory.times import Times, times_of

Outlines = Mapping[UUID, str]
Every = Schedule.Every


def schedules(service: Service, at: ServiceAtLocation | None = None) -> list[Record]:
    """All times that are not over, or those that hold at one place alone, as RFC 5545 says them."""
    today = clock.today()
    rows = [row for row in open_schedules(service) if (at is None or row.at_location_id == at.pk) and not is_over(row, today)]
    return [_schedule(service, row) for row in rows]


def _schedule(service: Service, row: Schedule) -> Record:
    times = times_of(row)
    return told(
        id=str(uuid5(service.pk, f"times:{sorted(times.as_json().items())}")),
        service_id=str(service.pk),
        service_at_location_id=str(row.at_location_id) if row.at_location_id else None,
        valid_from=day(row.valid_from or row.on),
        valid_to=day(row.valid_to or row.on),
        **_recurrence(times),
        opens_at=wall_time(row.opens),
        closes_at=wall_time(row.closes),
        notes=_notes(times),
        ccs_term_time_only=row.term_time_only or None,
        ccs_closed_on_bank_holidays=row.closed_on_bank_holidays,
    )


def _recurrence(times: Times) -> Record:
    if times.every == Every.ONCE:
        return {"dtstart": day(times.on), "count": 1}
    if times.every == Every.MONTH_DATE:
        return {"freq": "MONTHLY", "interval": 1, "bymonthday": str(times.nth)}
    assert times.weekday is not None
    code = DAY_CODES[times.weekday].upper()
    if times.every == Every.MONTH_WEEKDAY:
        return {"freq": "MONTHLY", "interval": 1, "byday": f"{times.nth}{code}"}
    return {"freq": "WEEKLY", "interval": 1, "byday": code}


def _notes(times: Times) -> str:
    ways = {True: "Closed on bank holidays.", False: "Open on bank holidays too.", None: ""}
    said = ("In term time only." if times.term_time_only else "", ways[times.closed_on_bank_holidays])
    return " ".join(part for part in said if part)


def closures(service: Service) -> list[Record]:
    """The days ahead on which it is closed though its times say otherwise: the standard has no word for them."""
    today = clock.today()
    return [
        told(
            service_at_location_id=str(row.at_location_id) if row.at_location_id else None,
            first=day(row.first),
            last=day(row.last),
            reason=text(row.reason),
        )
        for row in open_closures(service)
        if row.last >= today
    ]


def areas(service: Service, at: ServiceAtLocation | None, outlines: Outlines) -> list[Record]:
    """What it covers as a whole, or from one place alone."""
    place = at.pk if at is not None else None
    return [_area(row, outlines) for row in open_areas(service) if row.at_location_id == place]


def _area(row: ServiceArea, outlines: Outlines) -> Record:
    around = {"lat": row.lat, "lon": row.lon, "miles": row.miles} if row.miles is not None else None
    code = row.area.code if row.area is not None else ""
    shown: Record = {**as_service_area(row, outlines.get(row.pk)), "service_id": str(row.service_id)}
    return shown | told(
        uri=f"http://statistics.data.gov.uk/id/statistical-geography/{code}" if _is_of_ons(code) else None,
        ccs_area_code=code,
        ccs_district=row.district,
        ccs_around=around,
        ccs_everywhere=row.everywhere or None,
    )


def _is_of_ons(code: str) -> bool:
    return len(code) == 9 and code[0] in "EWSNK" and code[1:].isdigit() and code.isascii()


def contacts(service: Service, at: ServiceAtLocation | None) -> list[Record]:
    """The contacts that may be shown: of the service, or of one place alone."""
    place = at.pk if at is not None else None
    return [_contact(row) for row in open_contacts(service) if row.at_location_id == place]


def _contact(row: Contact) -> Record:
    return told(
        id=str(row.pk),
        service_id=str(row.service_id),
        service_at_location_id=str(row.at_location_id) if row.at_location_id else None,
        name=text(row.name),
        title=text(row.role),
        email=email(row.email),
        phones=_phones(row),
        ccs_personal=row.is_personal or None,
    )


def _phones(row: Contact) -> list[Record]:
    number_ = text(row.phone)
    return [{"id": str(uuid5(row.pk, "phone")), "contact_id": str(row.pk), "number": number_}] if number_ else []


def phones(service: Service) -> list[Record]:
    """The numbers of the service itself, which are nobody's own; they stand with their contacts, too."""
    own = (row for row in open_contacts(service) if not row.is_personal and row.at_location_id is None)
    return [phone | {"service_id": str(service.pk)} for row in own for phone in _phones(row)]


def languages(service: Service) -> list[Record]:
    """The languages in which it is given, by name."""
    return [
        {"id": str(uuid5(service.pk, f"language:{name.casefold()}")), "service_id": str(service.pk), "name": name}
        for name in parts(service.languages)
    ]


def costs(service: Service) -> list[Record]:
    """Each price; where none is written down, that it is free, or what it costs in words."""
    rows = [
        told(
            id=str(uuid5(service.pk, f"cost:{row.option}|{row.amount}|{row.concession}|{place}")),
            service_id=str(service.pk),
            option=text(row.option),
            currency="gbp" if row.amount is not None else None,
            amount=number(row.amount),
            amount_description="For those who have little money" if row.concession else None,
            ccs_concession=row.concession or None,
        )
        for place, row in enumerate(service.costs.all())
    ]
    if rows or (not service.is_free and not text(service.cost)):
        return rows
    free = {"option": "Free", "currency": "gbp", "amount": 0} if service.is_free else {}
    return [
        {"id": str(uuid5(service.pk, "cost")), "service_id": str(service.pk), **free, **told(amount_description=text(service.cost))},
    ]


def documents(service: Service) -> list[Record]:
    """What to bring."""
    bring = text(service.what_to_bring)
    return [{"id": str(uuid5(service.pk, "document")), "service_id": str(service.pk), "document": bring}] if bring else []


def capacities(service: Service) -> list[Record]:
    """How many places are free, while the count says something."""
    left = service.current_spaces
    if left is None or service.spaces_on is None:
        return []
    unit = {"id": str(uuid5(service.pk, "unit:place")), "name": "Place"}
    return [
        {
            "id": str(uuid5(service.pk, "capacity")),
            "service_id": str(service.pk),
            "unit": unit,
            "available": left,
            "updated": moment(midnight(service.spaces_on)),
        }
    ]
