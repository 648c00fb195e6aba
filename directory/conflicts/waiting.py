"""Organisations of which a source says something else, as a kind of thing that waits: one line for each, with all its fields."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.urls import reverse

from directory.claimed import claimed_of
from directory.conflicts.models import Conflict
from directory.conflicts.states import ConflictState
from directory.models import Organisation
from directory.waiting.kinds import Kind, Words, in_hand

NAME = "organisation"


def url_of(key: UUID) -> str:
    """Where its fields are decided."""
    return reverse("moderation-organisation", args=[key])


def waiting() -> "QuerySet[Organisation]":
    """Organisations with a field to decide, each since the first of them."""
    is_open = Q(conflicts__state=ConflictState.WAITING)
    return Organisation.objects.filter(is_open).annotate(waits_from=Min("conflicts__found_at", filter=is_open)).order_by("waits_from", "id")


def words(keys: list[UUID]) -> Mapping[UUID, Words]:
    """Which organisation, who says something else, and of what."""
    rows = Conflict.objects.filter(organisation__in=keys, state=ConflictState.WAITING).select_related("organisation")
    of_group: dict[UUID, list[Conflict]] = {}
    for row in rows:
        of_group.setdefault(row.organisation_id, []).append(row)
    kept = claimed_of(of_group)
    return {key: _words(found, key in kept) for key, found in of_group.items()}


def _words(rows: list[Conflict], kept: bool) -> Words:
    group = rows[0].organisation
    return Words(
        title=group.name,
        url=url_of(group.pk),
        by=", ".join(dict.fromkeys(row.source for row in rows)),
        what=", ".join(dict.fromkeys(row.label for row in rows)),
        signs=("a group keeps it",) if kept else (),
    )


ORGANISATIONS = Kind(
    name=NAME,
    label="What sources say otherwise of an organisation",
    waiting=waiting,
    since="waits_from",
    words=words,
    moderator=in_hand(NAME),
    url=url_of,
)
