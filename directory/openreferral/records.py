"""From rows to records of HSDS-UK 3.0: plain dictionaries, prepared for a whole page at once.

Keys without a value are left out. What HSDS 3.1 has beyond that is there where we hold it; keys of our own begin with `ccs_`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from directory.models import Organisation, Service, ServiceAtLocation
from directory.openreferral import licences, organisations, parts_of_services, places
from directory.openreferral.modified import dates_of, modified, modified_by
from directory.openreferral.opened import open_areas, open_contacts, open_places
from directory.openreferral.outlines import outlines_for
from directory.openreferral.parts_of_services import Outlines
from directory.openreferral.taxonomies import need_attribute
from directory.openreferral.values import Record, day, email, lines, moment, number, parts, text, told, uri

STATUS = {Service.Status.ACTIVE: "active", Service.Status.PAUSED: "temporarily closed", Service.Status.CLOSED: "defunct"}
DELIVERY = {"at_place": "place", "at_home": "home", "online": "online", "by_phone": "phone", "outreach": "outreach"}
PAID_BY = ("own_money", "direct_payment", "council_funded")


def service_records(services: Sequence[Service], *, full: bool) -> list[Record]:
    """Services with what stands to them one to one; with all that hangs on them where `full`.

    They are loaded with `with_all_that_is_open`, or `with_one_to_one` where not full; outlines and changes are asked for here.
    """
    changed = modified(services)
    if not full:
        return [_flat(service, changed[service.pk]) for service in services]
    outlines = outlines_for(row for service in services for row in open_areas(service))
    return [_full(service, changed[service.pk], outlines) for service in services]


def minimal_records(ids: Sequence[UUID]) -> list[Record]:
    """Only ids, and when they changed; what was taken away a moment ago is missing."""
    changed = modified_by(dates_of(ids))
    return [{"id": str(pk), "modified_date": moment(changed[pk])} for pk in ids if pk in changed]


def at_location_records(rows: Sequence[ServiceAtLocation], *, full: bool) -> list[Record]:
    """Services at their places, each with its place and its service. None of them is a secret place."""
    services = {row.service_id: row.service for row in rows}
    changed = modified(list(services.values()))
    if not full:
        return [_at(row) | {"location": places.flat(row.location), "service": _flat(row.service, changed[row.service_id])} for row in rows]
    outlines = outlines_for(area for service in services.values() for area in open_areas(service))
    whole = {pk: _full(service, changed[pk], outlines, with_places=False) for pk, service in services.items()}
    return [_full_at(row, row.service, outlines) | {"service": whole[row.service_id]} for row in rows]


def organisation_records(
    rows: Sequence[Organisation],
    *,
    full: bool,
    services: Mapping[UUID, list[Record]] | None = None,
    replaced: Mapping[UUID, list[str]] | None = None,
) -> list[Record]:
    """Organisations; where `full` with their identifiers, with these records of their services, and with the ids that they took in."""
    if not full:
        return [organisations.flat(row) for row in rows]
    replaced = replaced or {}
    return [organisations.full(row) | told(services=(services or {}).get(row.pk), ccs_replaces=replaced.get(row.pk)) for row in rows]


def _flat(service: Service, changed: datetime) -> Record:
    return _columns(service, changed) | {"organization": organisations.flat(service.organisation)}


def _full(service: Service, changed: datetime, outlines: Outlines, *, with_places: bool = True) -> Record:
    record = _columns(service, changed)
    record["organization"] = organisations.full(service.organisation)
    record |= told(
        phones=parts_of_services.phones(service),
        schedules=parts_of_services.schedules(service),
        service_areas=parts_of_services.areas(service, None, outlines),
        service_at_locations=[_full_at(at, service, outlines) for at in open_places(service)] if with_places else None,
        languages=parts_of_services.languages(service),
        cost_options=parts_of_services.costs(service),
        required_documents=parts_of_services.documents(service),
        contacts=parts_of_services.contacts(service, None),
        capacities=parts_of_services.capacities(service),
        attributes=[need_attribute(service.pk, need) for need in service.needs.all()],
        ccs_closures=parts_of_services.closures(service),
    )
    return record


def _at(row: ServiceAtLocation) -> Record:
    return {"id": str(row.pk), "service_id": str(row.service_id), "location_id": str(row.location_id)}


def _full_at(row: ServiceAtLocation, service: Service, outlines: Outlines) -> Record:
    return _at(row) | told(
        location=places.full(row.location),
        schedules=parts_of_services.schedules(service, at=row),
        service_areas=parts_of_services.areas(service, row, outlines),
        contacts=parts_of_services.contacts(service, row),
    )


def _columns(service: Service, changed: datetime) -> Record:
    summary, more = text(service.summary), text(service.description)
    return told(
        id=str(service.pk),
        organization_id=str(service.organisation_id),
        name=text(service.name) or service.get_kind_display(),
        alternate_name=text(service.other_names),
        description="\n\n".join(part for part in (summary, more) if part),
        url=uri(service.url),
        email=_email(service),
        status=STATUS[Service.Status(service.status)],
        interpretation_services=text(service.interpretation),
        application_process="\n\n".join(part for part in (text(service.how_to_access), text(service.next_step)) if part),
        fees=_fees(service),
        fees_description=_fees(service),
        wait_time=text(service.wait_time),
        accreditations=_accreditations(service),
        eligibility_description="\n".join(_for_whom(service)),
        minimum_age=number(service.min_age),
        maximum_age=number(service.max_age),
        assured_date=day(service.checked_at),
        alert=text(service.current_notice),
        last_modified=moment(changed),
    ) | _own_columns(service)


def _own_columns(service: Service) -> Record:
    return told(
        ccs_page=f"{settings.BASE_URL}{service.get_absolute_url()}",
        ccs_kind=service.kind,
        ccs_summary=text(service.summary),
        ccs_what_you_get=lines(service.what_you_get),
        ccs_who_for=text(service.who_for),
        ccs_not_for=text(service.not_for),
        ccs_how_to_access=text(service.how_to_access),
        ccs_next_step=text(service.next_step),
        ccs_what_to_bring=text(service.what_to_bring),
        ccs_referral_route=service.referral_route,
        ccs_takes_referrals=service.takes_referrals,
        ccs_free=service.is_free,
        ccs_cost=text(service.cost),
        ccs_paid_by=[name for name in PAID_BY if getattr(service, name)],
        ccs_delivery=[word for column, word in DELIVERY.items() if getattr(service, column)],
        ccs_notice_until=day(service.notice_until) if service.current_notice else None,
        ccs_cqc_location=text(service.cqc_location),
        ccs_languages=parts(service.languages),
        ccs_group_size=service.group_size,
        ccs_faith=text(service.faith),
        ccs_visible_to=day(service.visible_to),
        ccs_checked_how=service.checked_how if service.checked_at else None,
        ccs_source=text(service.source),
        ccs_source_id=text(service.source_id) if text(service.source) else None,
        ccs_source_date=text(service.source_date),
        ccs_licence=licences.of_service(service),
    )


def _email(service: Service) -> str | None:
    """Of the service itself: the first that is nobody's own and belongs to no place alone."""
    own = (each for each in open_contacts(service) if not each.is_personal and not each.at_location_id)
    return next((found for each in own if (found := email(each.email))), None)


def _fees(service: Service) -> str:
    return text(service.cost) or ("Free" if service.is_free else "")


def _accreditations(service: Service) -> str:
    number_ = text(service.cqc_location)
    return f"Regulated by the Care Quality Commission, location {number_}" if number_ else ""


def _for_whom(service: Service) -> list[str]:
    without = text(service.not_for)
    return [part for part in (text(service.who_for), f"Not for: {without}" if without else "") if part]
