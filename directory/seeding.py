"""Elements and needs of the product's own files become rows; what staff changed since is never overwritten."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.accounts.system import system_user
from directory.journal.recording import record
from directory.models import Element, Need

DATA = Path(__file__).parent / "data"
# The journal names things by a UUID; a need has a word as its key, and this makes the one from the other.
NEED_NAMES = UUID("6f3c7a52-3d0e-4f4c-9f1b-2b8f0c7f5d11")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
NEED_COLUMNS = frozenset(["name", "plain", "what_counts", "rather_elsewhere", "resident_words", "professional_words", "order", "element"])


def need_id(slug: str) -> UUID:
    """The id under which the journal knows a need."""
    return uuid5(NEED_NAMES, slug)


@transaction.atomic
def load_needs() -> int:
    """Make the elements and needs that are not there yet, from directory/data. Returns how many needs were made."""
    for order, row in enumerate(_rows("elements.csv")):
        Element.objects.get_or_create(
            slug=row["slug"], defaults={**{name: row[name] for name in ("name", "plain", "tone")}, "order": order}
        )
    made = 0
    for order, row in enumerate(_rows("needs.csv")):
        values = {name: row[name] for name in ("name", "what_counts", "rather_elsewhere", "plain")}
        values |= {name: "\n".join(row[name].split(";")) for name in ("resident_words", "professional_words")}
        _, created = Need.every.get_or_create(slug=row["slug"], defaults={**values, "element_id": row["element"], "order": order})
        if created:
            made += 1
            _record(row["slug"], by=system_user())
    return made


@transaction.atomic
def set_need(need: Need, values: Mapping[str, Any], *, by: User) -> Need:
    """Change or make a need: its words are what the finder understands. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    if unknown := values.keys() - NEED_COLUMNS:
        raise ValidationError({name: ["There is no such field."] for name in sorted(unknown)})
    if not KEY.fullmatch(need.slug):
        raise ValidationError({"slug": ["Small letters and digits, parted by single hyphens: it stands in links."]})
    for name, value in values.items():
        setattr(need, name, value)
    need.full_clean()
    need.save()
    _record(need.slug, by=by)
    return need


def _record(slug: str, *, by: User) -> None:
    record("need.changed", ("directory.need", need_id(slug)), by=by, role=role_used(by, Permission.MODERATE), codes={"need": slug})


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
