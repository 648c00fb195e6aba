"""Two coordinators at one record: a form remembers what it was filled with, and nothing that somebody else wrote since is lost."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.crypto import salted_hmac

from directory.states import WrongState


class ChangedMeanwhile(WrongState):
    """Both have changed the same fields since the form was opened (409). `fields` names them."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__("Somebody else has changed this record meanwhile. Look at both, then save again.")
        self.fields = tuple(sorted(fields))


def version_of(row: Model, fields: Iterable[str]) -> str:
    """A mark of what is written in each of these fields, in the order of their names; it tells nothing of the words themselves."""
    return ".".join(_mark(row, name, getattr(row, name)) for name in sorted(fields))


def still_to_write(row: Model, version: str, fields: Mapping[str, Any], all_fields: Iterable[str]) -> dict[str, Any]:
    """What of a form is written now: fields that only this form changed; what only somebody else changed stays as they wrote it.

    version: `version_of(person, all_fields)` when the form was opened. Raises ChangedMeanwhile where both changed one field to different words,
    or where the mark is none of ours.
    """
    names = sorted(all_fields)
    marks = dict(zip(names, version.split("."), strict=False))
    if len(version.split(".")) != len(names):
        raise ChangedMeanwhile(fields)
    theirs = {name for name in fields if marks[name] != _mark(row, name, getattr(row, name))}
    untouched = {name for name in theirs if marks[name] == _mark(row, name, fields[name])}
    if both := {name for name in theirs - untouched if fields[name] != getattr(row, name)}:
        raise ChangedMeanwhile(both)
    return {name: value for name, value in fields.items() if name not in untouched}


def version_of_rows(row: Model, rows: Iterable[Iterable[Any]]) -> str:
    """A mark of rows that belong to something, for a form that adds one more to them, or ends what they hang on."""
    return _mark(row, "rows", [list(each) for each in rows])


def require_as_seen(mark: str, now: str) -> None:
    """What a page showed when its form was opened (mark) is as it is now. Raises WrongState; an empty mark is not asked for."""
    if mark and mark != now:
        raise WrongState("Since you opened this page, something has changed, and nothing was done. Look, then decide again.")


def _mark(row: Model, name: str, value: Any) -> str:
    told = json.dumps(value, sort_keys=True, default=str)
    return salted_hmac("matching.versions", f"{row.pk}|{name}|{told}", algorithm="sha256").hexdigest()[:12]
