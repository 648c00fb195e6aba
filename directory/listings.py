"""Listings: made, changed field by field, checked, withdrawn, brought back. The one place where a live field of a service is written.

Every save bumps the version, keeps a revision with all fields as they are then, and writes to the journal.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from wagtail.models import Revision

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.listing_fields import SAFE, blank_values, clean_values, read_values, write_columns, write_rows
from directory.locks import require_open
from directory.models import Organisation, Service
from directory.organisations import add_member, create_organisation, see_vetting, set_organisation, standing_for
from directory.revisions import keep_revision
from directory.venues import first_place, touch_services

__all__ = [
    "add_member",
    "create_organisation",
    "create_service",
    "mark_checked",
    "restore",
    "see_vetting",
    "set_fields",
    "set_organisation",
    "withdraw",
]

PROVENANCE = frozenset({"source", "source_id", "source_date", "licence"})
# Under this key a revision keeps the fields that are rows of other tables.
IN_REVISION = "listing"


@transaction.atomic
def create_service(
    organisation: Organisation,
    *,
    by: User,
    key: UUID | None = None,
    imported: Mapping[str, Any] | None = None,
    checked_on: date | None = None,
    **values: Any,
) -> Service:
    """A new service, visible at once. `values` are listing fields in their JSON form, and provenance; `key` its id, where that is given.
    Of an organisation that was merged into another one, it is that one's.

    `imported`: what its source says of the fields, in their strict form; `checked_on`: the day on which its source made sure of it.
    Raises PermissionDenied, ValidationError ({field: [text]}).
    """
    require(by, Permission.MODERATE)
    organisation = standing_for(organisation)
    cleaned = clean_values({name: value for name, value in values.items() if name not in PROVENANCE})
    if missing := [name for name in ("name", "summary") if not cleaned.get(name)]:
        raise ValidationError({name: ["This is needed."] for name in missing})
    service = Service(id=key or uuid4(), organisation=organisation, **{name: values[name] for name in PROVENANCE & values.keys()})
    service.imported = dict(imported or {})
    if checked_on:
        _set_checked(service, checked_on, by=by, how=Service.CheckedHow.IMPORT)
    blank = blank_values(service)
    write_columns(service, cleaned)
    service.save(force_insert=True)
    write_rows(service, {name: value for name, value in cleaned.items() if value != blank[name]}, new=True)
    keep_revision(service, by=by, action="wagtail.create", more={IN_REVISION: {**blank, **cleaned}})
    record("service.created", service, by=by, role=_role(by), codes={"fields": sorted(cleaned)})
    if checked_on:
        _tell_checked(service, by=by)
    return service


@transaction.atomic
def set_fields(service: Service, values: Mapping[str, Any], *, by: User, through_lock: bool = False) -> Service:
    """Write live fields of a service; those that are already so stay untouched, and nothing at all happens where none is left.

    A partner writes safe fields of its own services only; everything else is for moderators. The service handed in is read anew.
    `through_lock`: it follows from something else (two needs became one), and no lock holds it.
    Raises PermissionDenied, ValidationError ({field: [text]}), WrongState where somebody else has locked it, or its place for "access".
    """
    cleaned = clean_values(values)
    _require_to_write(by, service, cleaned)
    fresh = Service.objects.select_for_update().get(pk=service.pk)
    before = read_values(fresh)
    changed = {name: value for name, value in cleaned.items() if before[name] != value}
    if fresh.replaced_by_id and "status" in changed:
        raise ValidationError({"status": ["This listing was merged into another one. Take that back first."]})
    if changed and not through_lock:
        _require_open(fresh, changed, by)
    if changed:
        write_columns(fresh, changed)
        fresh.version += 1
        fresh.changed_at = clock.now()
        fresh.save()
        write_rows(fresh, changed)
        keep_revision(fresh, by=by, action="wagtail.edit", more={IN_REVISION: {**before, **changed}})
        record("service.changed", fresh, by=by, role=_role(by), codes={"fields": sorted(changed), "version": fresh.version})
        if "access" in changed:
            place = first_place(fresh)
            touch_services(Service.objects.filter(at_locations__location=place).exclude(pk=fresh.pk), because="location", by=by)
        service.refresh_from_db()
    return fresh


@transaction.atomic
def withdraw(service: Service, *, by: User) -> Service:
    """Close a service: visitors do not see it any more, its history stays. Raises PermissionDenied."""
    fresh = set_fields(service, {"status": Service.Status.CLOSED}, by=by)
    record("service.withdrawn", fresh, by=by, role=_role(by))
    return fresh


@transaction.atomic
def mark_checked(service: Service, *, by: User, how: str, on: date | None = None) -> Service:
    """Write down that a listing was found right, today or on an earlier day; an older check never covers a newer one.

    Freshness is not an edit: neither the version nor the day of change moves. Raises PermissionDenied.
    """
    may = allowed(by, Permission.EDIT_LISTINGS, service) or allowed(by, Permission.MODERATE)
    if not may and not (how == Service.CheckedHow.REFERRAL and allowed(by, Permission.ANSWER_REFERRALS)):
        raise PermissionDenied("This is not open to you.")
    day = on or clock.today()
    fresh = Service.objects.select_for_update().get(pk=service.pk)
    if fresh.checked_at is None or fresh.checked_at < day or (fresh.checked_at == day and fresh.checked_how != how):
        _set_checked(fresh, day, by=by, how=how)
        fresh.save(update_fields=["checked_at", "checked_by", "checked_how"])
        _tell_checked(fresh, by=by)
        service.refresh_from_db()
    return fresh


def restore(service: Service, revision: Revision, *, by: User) -> Service:
    """Bring back every field as it was in a revision of this service. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    kept = revision.content.get(IN_REVISION)
    if str(revision.object_id) != str(service.pk) or kept is None:
        raise ValidationError("That is not a version of this listing.")
    return set_fields(service, kept, by=by)


def _require_to_write(by: User, service: Service, values: Mapping[str, Any]) -> None:
    if allowed(by, Permission.MODERATE):
        return
    require(by, Permission.EDIT_LISTINGS, service)
    if not values.keys() <= SAFE:
        raise PermissionDenied("These fields wait for a moderator.")


def _require_open(service: Service, values: Mapping[str, Any], by: User) -> None:
    require_open(service, by)
    if "access" in values and (place := first_place(service)):
        require_open(place, by)


def _role(by: User) -> str:
    return role_used(by, Permission.EDIT_LISTINGS) or role_used(by, Permission.MODERATE)


def _set_checked(service: Service, day: date, *, by: User, how: str) -> None:
    service.checked_at, service.checked_by, service.checked_how = day, by, Service.CheckedHow(how)


def _tell_checked(service: Service, *, by: User) -> None:
    record("service.checked", service, by=by, role=_role(by), codes={"how": str(service.checked_how), "on": service.checked_at})
