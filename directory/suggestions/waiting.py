"""Suggestions as a kind of thing that waits for a moderator."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from directory.accounts.models import User
from directory.change_states import FIELD_UNDECIDED
from directory.suggestions import deciding
from directory.suggestions.models import Suggestion
from directory.waiting.kinds import Kind, Words

NAME = "suggestion"


def url_of(key: UUID) -> str:
    """Where one is decided."""
    return reverse("moderation-suggestion", args=[key])


def waiting() -> "QuerySet[Suggestion]":
    """Open ones; those that became a change wait in the list as that change."""
    return Suggestion.objects.waiting().exclude(change__fields__state__in=FIELD_UNDECIDED)


def words(keys: list[UUID]) -> Mapping[UUID, Words]:
    """What it is about, never who told us."""
    found = Suggestion.objects.filter(pk__in=keys).select_related("service__organisation")
    return {told.pk: _words(told) for told in found}


def _words(told: Suggestion) -> Words:
    return Words(
        title=told.service.name if told.service else told.name,
        url=url_of(told.pk),
        group=told.service.organisation.name if told.service else "",
        by="A visitor",
        what=told.get_part_display() if told.part else told.get_kind_display(),
        signs=("says it has ended",) if told.part == Suggestion.Part.GONE else (),
    )


def take(key: UUID, by: User, to: User) -> object:
    """As deciding.take."""
    return deciding.take(Suggestion.objects.get(pk=key), by=by, to=to)


SUGGESTIONS = Kind(
    name=NAME,
    label="What visitors tell us",
    waiting=waiting,
    since="told_at",
    words=words,
    moderator=F("moderator_id"),
    url=url_of,
    take=take,
)
