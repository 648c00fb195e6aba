"""One record of a feed becomes a listing, or the listing that it is already follows it. Through the verbs, by the rule of imports."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from directory import listings
from directory.accounts.models import User
from directory.coverage import MOST_PARTS
from directory.harvest.belonging import Known, forget, organisation_of
from directory.harvest.envelopes import digest_of
from directory.harvest.models import Feed
from directory.harvest.parts import Notes
from directory.harvest.timing import fitted
from directory.harvest.understanding import VERSION, Rejected, Understood, id_here, understand
from directory.imports.following import follow, remember
from directory.listing_fields import clean_values
from directory.models import Organisation, Service
from directory.times import times_from_json

log = logging.getLogger("carestore.harvest")


@dataclass(frozen=True)
class Taken:
    """What became of a record: one of made, changed, unchanged; how many fields were put up; what was noted."""

    service: Service
    what: str
    conflicts: int
    understood: Understood


def read(told: Any) -> Understood:
    """What a record says. Raises Rejected, also for what nobody foresaw: one record never stops the others."""
    try:
        return understand(told)
    except Rejected:
        raise
    except Exception as error:
        log.exception("harvest.record_not_understood")
        raise Rejected(f"it could not be understood ({type(error).__name__})") from error


def digest(told: Any) -> str:
    """A code for a record as this version of the product understands it."""
    return f"{VERSION}.{digest_of(told)}"


def take(understood: Understood, service: Service | None, known: Known) -> Taken:
    """Make the listing, or let it follow, whole or not at all. Raises Rejected where a verb or the database refuses the values."""
    try:
        with transaction.atomic():
            return _make(understood, known) if service is None else _follow(understood, service, known)
    except ValidationError as error:
        forget(understood, known)
        fields = sorted(error.message_dict) if hasattr(error, "error_dict") else []
        raise Rejected(f"its values were refused{': ' + ', '.join(fields) if fields else ''}") from error
    except (IntegrityError, DataError) as error:
        forget(understood, known)
        log.error("harvest.record_not_stored error=%s", type(error).__name__)
        raise Rejected(f"it could not be stored ({type(error).__name__})") from error


def _make(understood: Understood, known: Known) -> Taken:
    feed, by = known.feed, known.by
    organisation = Organisation.objects.only("replaced_by").get(pk=organisation_of(understood, known))
    provenance = _provenance(understood, feed)
    service = listings.create_service(
        organisation,
        by=by,
        key=id_here(feed.url, understood.source_id),
        imported=understood.values,
        checked_on=None if understood.hidden else understood.checked_on,
        **understood.values,
        **provenance,
        source=feed.url,
        source_id=understood.source_id,
    )
    if more := _at_its_places(service, understood):
        listings.set_fields(service, more, by=by)
        remember(service, {**understood.values, **more}, provenance)
    return Taken(service, "made", 0, understood)


def _follow(understood: Understood, service: Service, known: Known) -> Taken:
    organisation_of(understood, known)
    late = {"times": understood.times_at, "area": understood.areas_at}
    values = {name: value for name, value in understood.values.items() if not late.get(name)}
    provenance = _provenance(understood, known.feed)
    followed = follow(service, values, provenance, by=known.by)
    changed, conflicts = set(followed.changed), len(followed.conflicts)
    if any(late.values()):
        fresh = Service.objects.with_everything().get(pk=service.pk)
        more = follow(fresh, _at_its_places(fresh, understood), provenance, by=known.by)
        changed, conflicts = changed | set(more.changed), conflicts + len(more.conflicts)
    _check(service, understood, known.by)
    return Taken(service, "changed" if changed else "unchanged", conflicts, understood)


def _provenance(understood: Understood, feed: Feed) -> dict[str, str]:
    changed = understood.modified_at.date().isoformat() if understood.modified_at else ""
    return {"source_date": changed, "licence": feed.licence}


def _check(service: Service, understood: Understood, by: User) -> None:
    on = understood.checked_on
    if on and not understood.hidden and (service.checked_at is None or service.checked_at < on):
        listings.mark_checked(service, by=by, how=Service.CheckedHow.IMPORT, on=on)


def _at_its_places(service: Service, understood: Understood) -> dict[str, Any]:
    """Times and areas that hold at one place alone, now that the places are there and have ids; {} where there are none."""
    if not understood.times_at and not understood.areas_at:
        return {}
    ids = [(str(row.location_id), row.location) for row in service.at_locations.select_related("location")]

    def place_of(told: Mapping[str, Any]) -> str:
        return next((key for key, here in ids if all(getattr(here, name) == value for name, value in told.items())), "")

    values: dict[str, Any] = {}
    if understood.times_at:
        rows = times_from_json(understood.values.get("times", []))
        rows += [replace(row, place=place_of(place)) for place, told in understood.times_at for row in told]
        values["times"] = [row.as_json() for row in fitted(rows, Notes())]
    if understood.areas_at:
        parts = list(understood.values.get("area", []))
        for place, told in understood.areas_at:
            at = place_of(place)
            parts += [{**row, **({"place": at} if at else {})} for row in told]
        values["area"] = parts[:MOST_PARTS]
    return clean_values(values)
