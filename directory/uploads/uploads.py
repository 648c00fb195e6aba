"""Files handed in: received, told what their columns are, written, stopped, gone on with, taken away. The worker does the rest (working.py)."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.imports.columns import Columns
from directory.journal.recording import record
from directory.sources.keeping import columns_of, set_source
from directory.sources.models import ImportSource
from directory.states import NEW
from directory.uploads import files
from directory.uploads.models import Part, Upload
from directory.uploads.states import UPLOAD, UploadState

OWN, WORKER = frozenset({Relation.OWNER}), frozenset({Relation.SYSTEM})
MOST_AT_ONCE = 5


@transaction.atomic
def receive(key: UUID, name: str, source: str, *, by: User) -> Upload:
    """A file that lies there encrypted under this key. `source`: where it comes from; its listings remember it.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.MODERATE)
    source = " ".join(source.split())
    if not source or len(source) > 200 or not source.isprintable():
        raise ValidationError({"source": ["Say where the file comes from, in 200 letters at most."]})
    if Upload.objects.filter(made_by=by).count() >= MOST_AT_ONCE:
        raise ValidationError({"file": [f"{MOST_AT_ONCE} files of yours are here already. Take one away first."]})
    UPLOAD.check(NEW, UploadState.RECEIVED, OWN)
    upload = Upload.objects.create(id=key, name=name, source=source, made_by=by)
    _tell(upload, by=by)
    return upload


@transaction.atomic
def say_columns(upload: Upload, names: Mapping[str, str], *, by: User, licence: str = "") -> Upload:
    """What the headings are here ("" leaves one out). It is kept for the source, and the file is read.

    Raises PermissionDenied, WrongState, ValidationError.
    """
    row = _own(upload, by)
    UPLOAD.check(row.state, UploadState.READING, OWN)
    if strange := names.keys() - set(row.begins.get("headings", [])):
        raise ValidationError({"columns": [f"There is no column “{sorted(strange)[0]}” in the file."]})
    _refuse_too_little(names.values())
    known = ImportSource.objects.filter(name=row.source).first() or ImportSource()
    key = next((heading for heading, ours in names.items() if ours == "source_id"), "")
    # Headings of other files of this source stay known, but for those that would now be two of one kind.
    told = {heading: ours for heading, ours in known.columns.items() if heading not in names and ours not in names.values()}
    licence = licence.strip() or known.licence
    source = set_source(row.source, {**told, **names}, by=by, defaults=known.defaults, licence=licence, key_column=key)
    columns = columns_of(source)
    row.columns = {"names": dict(names), "defaults": dict(columns.defaults), "key": key}
    return move(row, UploadState.READING, by=by)


@transaction.atomic
def change_columns(upload: Upload, *, by: User) -> Upload:
    """Say again what the headings are, as long as nothing was written. Raises PermissionDenied, WrongState, ValidationError."""
    row = _own(upload, by)
    UPLOAD.check(row.state, UploadState.COLUMNS, OWN)
    if not row.begins.get("headings"):
        raise ValidationError({"file": ["This file has no columns. Hand in another one."]})
    row.parts.all().delete()
    return move(row, UploadState.COLUMNS, by=by)


@transaction.atomic
def write(upload: Upload, *, by: User, skip_bad: bool = False) -> Upload:
    """Let the worker write it, or go on where it was stopped. Bad rows are left out only where somebody says so.

    Raises PermissionDenied, WrongState, ValidationError.
    """
    row = _own(upload, by)
    UPLOAD.check(row.state, UploadState.WRITING, OWN)
    if row.state == UploadState.TRIED and not skip_bad and row.parts.filter(bad__gt=0).exists():
        raise ValidationError({"bad": ["Some rows cannot be taken. Put them right, or leave them out."]})
    return move(row, UploadState.WRITING, by=by)


@transaction.atomic
def stop(upload: Upload, *, by: User) -> Upload:
    """Write no more of it; what is written stays, and it may go on later. Raises PermissionDenied, WrongState."""
    row = _own(upload, by)
    UPLOAD.check(row.state, UploadState.STOPPED, OWN)
    return move(row, UploadState.STOPPED, by=by)


@transaction.atomic
def take_away(upload: Upload, *, by: User) -> None:
    """Erase the file and all that was read of it. Listings that were written stay. Raises PermissionDenied."""
    row = _own(upload, by)
    record("upload.taken_away", row, by=by, role=role_used(by, Permission.MODERATE), codes={"state": row.state})
    erase(row)


def erase(upload: Upload) -> None:
    """The file and its rows. The journal keeps that there was one."""
    key = upload.pk
    upload.delete()
    transaction.on_commit(lambda: files.erase(key))


def move(upload: Upload, to: UploadState, *, by: User) -> Upload:
    """The one place where a file changes its state, by the table; the caller has locked it, and has looked who may."""
    UPLOAD.find(upload.state, to)
    upload.state, upload.faults = to, 0
    if to != UploadState.FAILED and to != UploadState.STOPPED:
        upload.error = ""
    upload.save()
    _tell(upload, by=by)
    return upload


def columns_for(upload: Upload) -> Columns:
    """What the headings of this file are."""
    return Columns(**upload.columns)


def written(upload: Upload) -> int:
    """How many parts are written."""
    return Part.objects.filter(upload=upload, written_at__isnull=False).count()


def _own(upload: Upload, by: User) -> Upload:
    require(by, Permission.MODERATE)
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if row.made_by_id != by.pk:
        raise PermissionDenied("This file was handed in by somebody else.")
    return row


def _refuse_too_little(ours: Iterable[str]) -> None:
    told = [name for name in ours if name]
    for name in told:
        if told.count(name) > 1:
            raise ValidationError({"columns": [f"Two columns are both {name}. Leave one of them out."]})
    if "name" not in told or not {"summary", "description"} & set(told):
        raise ValidationError({"columns": ["Say which column holds the name, and which one a summary or a description."]})


def _tell(upload: Upload, *, by: User) -> None:
    record(f"upload.{upload.state}", upload, by=by, role=role_used(by, Permission.MODERATE), codes={"rows": upload.rows})
