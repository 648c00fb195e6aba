"""Changes of listings as a kind of thing that waits."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from directory.accounts.models import RoleGrant
from directory.accounts.policy import POLICY
from directory.accounts.roles import Permission, Role
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.listing_fields import FIELDS
from directory.models import Change, Membership
from directory.waiting.kinds import Kind, Words, in_hand

NAME = "change"
# Whoever proposed it was removed, has left, or their claim was taken away: what they wrote still waits.
KEEPS_NO_MORE = "keeps it no more"
_STAFF = [role for role in Role if Permission.MODERATE in POLICY[role]]
_PARTNERS = [role for role in Role if Permission.EDIT_LISTINGS in POLICY[role]]


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
    return {change.pk: _words(change) for change in found.annotate(gone=kept_no_more())}


def kept_no_more() -> Q:
    """Changes whose proposer does not keep that listing any more; staff and sources never did."""
    keeping = Membership.objects.filter(user=OuterRef("made_by"), organisation=OuterRef("service__organisation"))
    keeping = keeping.filter(user__is_active=True, user__grants__role__in=_PARTNERS)
    staff = RoleGrant.objects.filter(user=OuterRef("made_by"), role__in=_STAFF)
    return Q(made_by__isnull=False, made_by__is_service=False) & ~Exists(keeping) & ~Exists(staff)


def _words(change: Any) -> Words:
    undecided = [field for field in change.fields.all() if field.state in FIELD_UNDECIDED]
    signs = [KEEPS_NO_MORE] if change.gone else []
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
