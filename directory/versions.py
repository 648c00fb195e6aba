"""The versions of a listing: who kept which, what changed from one to the next in words, and one field of one brought back.

A whole version is brought back by listings.restore.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from wagtail.models import Revision

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.listing_fields import FIELDS
from directory.listings import IN_REVISION, set_fields
from directory.models import Service


@dataclass(frozen=True)
class Difference:
    """One field that is not the same in two versions, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One version: when, by whom, and what was different from the one before it (`older`); None for the first that is kept."""

    revision: Revision
    number: int | None
    at: datetime
    by: str
    differences: list[Difference] | None
    older: Revision | None = None


def revisions_of(service: Service) -> "QuerySet[Revision]":
    """Every revision, the newest first."""
    return Revision.objects.for_instance(service).select_related("user").order_by("-created_at", "-pk")


def kept_in(revision: Revision) -> dict[str, Any]:
    """The fields of a listing as a revision keeps them; those that listings do not have any more are left out."""
    kept = revision.content.get(IN_REVISION) or {}
    return {name: value for name, value in kept.items() if name in FIELDS}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What is not the same, in the order of the fields. What only one of them knows is no difference: it was not kept then."""
    return [
        Difference(name, field.label, field.words(before[name]), field.words(after[name]))
        for name, field in FIELDS.items()
        if name in before and name in after and before[name] != after[name]
    ]


def versions(newest_first: Iterable[Revision]) -> list[Version]:
    """These revisions, each with what changed from the one after it in the row; the last has none unless it is the first that is kept."""
    rows = list(newest_first)
    return [_version(row, older) for row, older in zip(rows, [*rows[1:], None], strict=True)]


def bring_back(service: Service, revision: Revision, name: str, *, by: User) -> Service:
    """Bring one field back as it was in a revision of this service; all others stay. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    kept = kept_in(revision)
    if str(revision.object_id) != str(service.pk) or name not in kept:
        raise ValidationError("That is not kept in a version of this listing.")
    return set_fields(service, {name: kept[name]}, by=by)


def _version(row: Revision, older: Revision | None) -> Version:
    changed = differences(kept_in(older), kept_in(row)) if older is not None else None
    by = row.user.get_full_name() or row.user.email if row.user else "Somebody who has left"
    return Version(row, row.content.get("version"), row.created_at, by, changed, older)
