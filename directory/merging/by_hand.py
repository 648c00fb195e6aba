"""Doubles that nobody proposed: whatever has some words in its name, for a person who knows that two are one."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from directory.models import Organisation, Service

MOST_FOUND = 20
MOST_WORDS = 8


def services_called(text: str) -> "QuerySet[Service]":
    """Listings that were not merged, with all these words in their names or their organisation's; or the one whose address was pasted."""
    rows = Service.objects.filter(replaced_by=None).select_related("organisation").order_by("name", "id")
    return _called(rows, text, ("name", "other_names", "organisation__name"))


def organisations_called(text: str) -> "QuerySet[Organisation]":
    """Organisations that were not merged, with all these words in their names."""
    rows = Organisation.objects.filter(replaced_by=None).order_by("name", "id")
    return _called(rows, text, ("name", "other_names"))


def _called(rows: "QuerySet[Any]", text: str, columns: tuple[str, ...]) -> "QuerySet[Any]":
    if keys := [key for part in text.split("/") if (key := _key(part)) is not None]:
        return rows.filter(pk__in=keys)
    words = text.split()[:MOST_WORDS]
    if not words:
        return rows.none()
    for word in words:
        one_of = Q()
        for column in columns:
            one_of |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(one_of)
    return rows


def _key(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
