"""Organisations: made, changed, vetted, and the people who keep their listings."""

from collections.abc import Iterable, Mapping, Set
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.locks import require_open
from directory.models import Membership, Organisation, Service
from directory.models.organisations import VETTING_FACTS
from directory.revisions import keep_revision
from directory.venues import touch_services

_FACTS = {f"{fact}_{part}" for fact in VETTING_FACTS for part in ("seen_on", "seen_by", "review_on")}
_WORDS = {"name", "other_names", "kind", "description", "url", "email", "phone", "social", "networks"}
_REGISTERS = {"charity_number", "company_number", "coop_number", "cqc_provider"}
_LINKS = {"logo", "logo_alt", "parent"}
# Columns of which rules of the table speak; that a name is there, its own field says, and sources are told apart by who brings them.
_RULED = {"logo", "logo_alt", "parent", "replaced_by"} | {f"{fact}_{part}" for fact in VETTING_FACTS for part in ("seen_on", "review_on")}
COLUMNS = frozenset(_WORDS | _REGISTERS | _LINKS | _FACTS | {"ours", "demo", "source", "source_id"})


@transaction.atomic
def create_organisation(*, by: User, name: str, key: UUID | None = None, **values: Any) -> Organisation:
    """A new organisation; `key` is its id, where that is given. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    organisation = Organisation(id=key or uuid4())
    _set(organisation, {"name": name, **values})
    _save(organisation, {"name", *values}, by=by, action="wagtail.create")
    record("organisation.created", organisation, by=by, role=role_used(by, Permission.MODERATE), codes={"kind": organisation.kind})
    return organisation


@transaction.atomic
def set_organisation(organisation: Organisation, values: Mapping[str, Any], *, by: User) -> Organisation:
    """Change columns of an organisation; its services are touched, since they show its name and what is known of it.

    Raises PermissionDenied, ValidationError (also for one that was merged into another), WrongState where somebody else has locked it.
    """
    require(by, Permission.MODERATE)
    fresh = Organisation.objects.select_for_update().get(pk=organisation.pk)
    changed = {name: value for name, value in values.items() if name not in COLUMNS or getattr(fresh, name) != value}
    for fact in VETTING_FACTS:
        if f"{fact}_seen_on" in changed:
            changed.setdefault(f"{fact}_seen_by", by if changed[f"{fact}_seen_on"] else None)
    if changed:
        refuse_merged(fresh, "name")
        require_open(fresh, by)
        _set(fresh, changed)
        _save(fresh, changed.keys(), by=by, action="wagtail.edit")
        codes = {"fields": sorted(changed)}
        record("organisation.changed", fresh, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
        touch_services(Service.objects.filter(organisation=fresh), because="organisation", by=by)
        organisation.refresh_from_db()
    return fresh


def see_vetting(
    organisation: Organisation, *, by: User, seen_on: date, review_on: date, facts: Iterable[str] = VETTING_FACTS
) -> Organisation:
    """Write down that facts of vetting (all four where left out) were seen on a day, and when to look again.

    Raises PermissionDenied, ValidationError.
    """
    seen = {"seen_on": seen_on, "seen_by": by, "review_on": review_on}
    return set_organisation(organisation, {f"{fact}_{part}": value for fact in facts for part, value in seen.items()}, by=by)


@transaction.atomic
def add_member(organisation: Organisation, user: User, *, by: User, part: str = Membership.Part.MEMBER) -> Membership:
    """Let a user keep this organisation's listings; nothing happens where they already do. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    refuse_merged(organisation, "organisation")
    membership, created = Membership.objects.get_or_create(organisation=organisation, user=user, defaults={"part": part})
    if created:
        codes: Codes = {"user": user.pk, "part": str(membership.part)}
        record("organisation.member_added", organisation, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
    return membership


def standing_for(organisation: Organisation) -> Organisation:
    """The organisation itself, or the one that took it in. Nobody merges it from then on until the transaction ends."""
    rows = Organisation.objects.select_for_update(no_key=True)
    found = rows.get(pk=organisation.replaced_by_id or organisation.pk)
    while found.replaced_by_id:
        found = rows.get(pk=found.replaced_by_id)
    return found


def refuse_merged(organisation: Organisation, field: str) -> None:
    """Raises ValidationError for one that was merged into another: nothing is written there any more.

    Asked before a row is written that points at it. Nobody merges it from then on until the transaction ends.
    """
    fresh = Organisation.objects.select_for_update(no_key=True).only("replaced_by").get(pk=organisation.pk)
    if fresh.replaced_by is not None:
        raise ValidationError({field: [f"This organisation was merged into “{fresh.replaced_by}”. Go on there."]})


def _set(organisation: Organisation, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - COLUMNS:
        raise ValidationError({name: ["There is no such field."] for name in sorted(unknown)})
    for name, value in values.items():
        setattr(organisation, name, value.strip() if isinstance(value, str) else value)


def _save(organisation: Organisation, changed: Set[str], *, by: User, action: str) -> None:
    organisation.changed_at = clock.now()
    # Each rule of the table is a question to the database, and holds where none of its columns has changed.
    organisation.full_clean(exclude={"latest_revision"}, validate_constraints=bool(_RULED & changed))
    organisation.save(force_insert=organisation._state.adding)
    keep_revision(organisation, by=by, action=action)
