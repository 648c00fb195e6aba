"""Sources of files: kept by moderators, taken by an import."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.imports.columns import Columns
from directory.imports.reading import KNOWN
from directory.journal.recording import record
from directory.sources.models import ImportSource


@transaction.atomic
def set_source(
    name: str, columns: Mapping[str, str], *, by: User, defaults: Mapping[str, str] | None = None, licence: str = "", key_column: str = ""
) -> ImportSource:
    """Keep what the columns of a source's files mean; a source of that name is changed. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    defaults = defaults or {}
    taken: dict[str, str] = {}
    for heading, ours in columns.items():
        _refuse_unknown("columns", ours)
        if ours and taken.setdefault(ours, heading) != heading:
            raise ValidationError({"columns": [f"“{taken[ours]}” and “{heading}” are both {ours}. Leave one of them out."]})
    for ours in defaults:
        _refuse_unknown("defaults", ours)
    if key_column and "source_id" in taken and taken["source_id"] != key_column:
        raise ValidationError({"key_column": [f"“{taken['source_id']}” is the source_id already."]})
    source = ImportSource.objects.filter(name=name.strip()).first() or ImportSource(name=name.strip())
    source.columns, source.defaults = dict(columns), dict(defaults)
    source.licence, source.key_column, source.changed_at = licence.strip(), key_column.strip(), clock.now()
    source.full_clean()
    source.save()
    record("source.set", source, by=by, role=role_used(by, Permission.MODERATE), codes={"columns": len(columns)})
    return source


def columns_of(source: ImportSource) -> Columns:
    """What an import needs of it."""
    licence: dict[str, Any] = {"licence": source.licence} if source.licence else {}
    return Columns(source.columns, licence | source.defaults, source.key_column)


def _refuse_unknown(field: str, ours: str) -> None:
    if ours and ours not in KNOWN:
        raise ValidationError({field: [f"There is no column {ours} here. There are: {', '.join(sorted(KNOWN))}."]})
