"""The rule by which a listing follows its source, whatever brings the source's word: a file or another directory's feed.

What a source says is kept per field (`Service.imported`). A field that still reads as the source said it last follows the source. One that
was edited here, or that belongs to a group which keeps its own listing, is never overwritten: the source's value is put up as a conflict.

A listing that was merged into another remembers what its source says; what the source says anew is put up on the one that took it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from directory import listings, moderation
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.claimed import is_claimed
from directory.listing_fields import FIELDS
from directory.models import Service

CONFLICT_NOTE = "The source says something else than what was edited here."


@dataclass
class Plan:
    """What a source's word means for one listing: fields to set, fields to put up, and what is remembered as said."""

    to_set: dict[str, Any] = field(default_factory=dict)
    to_put_up: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Followed:
    """What became of it: names of fields that were set, and of those newly put up for a moderator."""

    changed: tuple[str, ...]
    conflicts: tuple[str, ...]


def plan(service: Service, values: Mapping[str, Any], *, claimed: bool | None = None) -> Plan:
    """Three sides of each field: what the source says now, what it said last, and what stands here. Writes nothing.

    `values` in their strict form. `claimed`: does a group keep this listing? Looked up where left out.
    """
    if service.replaced_by is not None:
        return _plan_of_merged(service, service.replaced_by, values)
    if claimed is None:
        claimed = is_claimed(service.organisation_id)
    # A moderator who locked it looks at what the source says before it is there.
    claimed = claimed or service.locked
    made = Plan(told=dict(service.imported))
    for name, theirs in values.items():
        ours = FIELDS[name].read(service)
        known = name in made.told
        if ours == theirs:
            made.told[name] = theirs
        elif known and theirs == made.told[name]:
            continue  # The source says what it said before: what was edited here stays.
        elif known and ours == made.told[name] and not claimed:
            made.before[name] = ours
            made.to_set[name] = made.told[name] = theirs
        else:
            made.to_put_up[name] = (ours, theirs)
    return made


def follow(service: Service, values: Mapping[str, Any], provenance: Mapping[str, str], *, by: User, made: Plan | None = None) -> Followed:
    """Do what the plan says (`made`, or made now). Raises PermissionDenied, ValidationError."""
    made = made or plan(service, values)
    put_up = tuple(
        name
        for name, (ours, theirs) in made.to_put_up.items()
        if moderation.put_up_conflict(service.replaced_by or service, name, old=ours, new=theirs, by=system_user(), note=CONFLICT_NOTE)
    )
    if made.to_set:
        listings.set_fields(service, made.to_set, by=by)
    remember(service, made.told, provenance)
    return Followed(tuple(sorted(made.to_set)), put_up)


def _plan_of_merged(service: Service, kept: Service, values: Mapping[str, Any]) -> Plan:
    """Nothing is set. What holds at one place only is left out: it is another listing's place. So are notes for staff."""
    made = Plan(told=dict(service.imported))
    for name, theirs in values.items():
        ours = FIELDS[name].read(kept)
        news = name not in made.told or theirs != made.told[name]
        made.told[name] = theirs
        elsewhere = isinstance(theirs, list) and any(isinstance(row, Mapping) and row.get("place") for row in theirs)
        if news and ours != theirs and not elsewhere and name != "internal_note":
            made.to_put_up[name] = (ours, theirs)
    return made


def remember(service: Service, told: Mapping[str, Any], provenance: Mapping[str, str]) -> None:
    """Bookkeeping that visitors never see: no version, no journal row."""
    if service.imported != told or any(getattr(service, name) != value for name, value in provenance.items()):
        Service.objects.filter(pk=service.pk).update(imported=dict(told), **provenance)
        for name, value in {"imported": dict(told), **provenance}.items():
            setattr(service, name, value)
