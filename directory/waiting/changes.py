"""Changes of listings as a kind of thing that waits."""

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse

from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.listing_fields import FIELDS
from directory.models import Change
from directory.waiting.kinds import Kind, Words, in_hand

NAME = "change"


def url_of(key: UUID) -> str:
    """Where one is decided."""
    return reverse("moderation-change", args=[key])


def made_by(change: Change) -> str:
    """Who proposed it, in words."""
    if change.made_by is None:
        return "Somebody who has left"
    return "An import" if change.made_by.is_service else change.made_by.get_full_name()


def words(keys: list[UUID]) -> Mapping[UUID, Words]:
    """Listing, group, who proposed it, and the fields that are still to be decided."""
    found = Change.objects.filter(pk__in=keys).select_related("service__organisation", "made_by").prefetch_related("fields")
    return {change.pk: _words(change) for change in found}


def _words(change: Change) -> Words:
    undecided = [field for field in change.fields.all() if field.state in FIELD_UNDECIDED]
    signs = []
    if any(FIELDS[field.name].risky for field in undecided):
        signs.append("look closely")
    if any(field.state == FieldState.CONFLICT for field in undecided):
        signs.append("changed meanwhile")
    return Words(
        title=change.service.name,
        url=url_of(change.pk),
        group=change.service.organisation.name,
        by=made_by(change),
        what=", ".join(FIELDS[field.name].label for field in undecided),
        signs=tuple(signs),
    )


CHANGES = Kind(
    name=NAME,
    label="Changes of a listing",
    waiting=lambda: Change.objects.waiting(),
    since="made_at",
    words=words,
    moderator=in_hand(NAME),
    url=url_of,
)
