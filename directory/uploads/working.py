"""What the worker does with files that were handed in: a piece in each of its rounds, so that nothing else waits for long.

A part is written in one transaction with the note that it was, so that the worker may be ended at any moment. What broke off is done again.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.imports.faults import BadFile
from directory.imports.mapping import Listing
from directory.imports.reading import peek
from directory.imports.report import Report
from directory.imports.running import listings_of, take
from directory.uploads import files
from directory.uploads.models import Part, Upload
from directory.uploads.states import AT_WORK, UploadState
from directory.uploads.uploads import columns_for, erase, move
from directory.venues import place_the_unplaced

log = logging.getLogger("carestore.uploads")

KEPT = timedelta(days=1)
# Of one file at a time, in seconds: another round comes after the followers of the journal.
A_WHILE = 2.0
ROWS = 50
MOST_FAULTS = 5
MOST_SHOWN = 2_000
BROKEN = "Something went wrong on our side. What is written is written; you may go on."


def work_some() -> bool:
    """Do a piece of the file that waits longest; forget one that is a day old where none waits. False: there may always be more."""
    upload = Upload.objects.filter(state__in=AT_WORK).order_by("worked_at").first()
    if upload is None:
        forget_some()
        return False
    Upload.objects.filter(pk=upload.pk).update(worked_at=clock.now())
    try:
        STEPS[UploadState(upload.state)](upload)
    except BadFile as fault:
        _end(upload, str(fault))
    except PermissionDenied:
        _end(upload, "Whoever handed this in may not write listings any more.")
    except DatabaseError as error:
        # Busy, or somebody else wrote the same listing at this moment: the next round does it again.
        _fault(upload, error)
    except Exception as error:  # noqa: BLE001
        log.warning("uploads.failed upload=%s error=%s", upload.pk, type(error).__name__)
        _end(upload, BROKEN)
    return False


def forget_some() -> None:
    """Erase a file that is a day old, whatever became of it, and what forms that broke off left behind."""
    old = Upload.objects.filter(made_at__lt=clock.now() - KEPT).exclude(state__in=AT_WORK).first()
    if old is not None:
        with transaction.atomic():
            erase(old)
        return
    files.erase_left_behind(set(Upload.objects.values_list("pk", flat=True)), older_than=KEPT.total_seconds())


def _look_at(upload: Upload) -> None:
    """The headings and the first rows."""
    with files.opened(upload.pk, upload.name) as path:
        headings, first = peek(path)
    headings = [heading[:200] for heading in headings]
    upload.begins = {"headings": headings, "rows": [[cell[:MOST_SHOWN] for cell in row] for row in first]}
    _step(upload, UploadState.COLUMNS)


def _read(upload: Upload) -> None:
    """All rows, understood, in parts. The state moves at the end: where this breaks off it begins anew."""
    upload.parts.all().delete()
    report, columns = Report(upload.name), columns_for(upload)
    rows = number = told = 0
    with files.opened(upload.pk, upload.name) as path:
        listings = listings_of(path, upload.source, report, columns)
        while some := list(islice(listings, ROWS)):
            number += 1
            _part(upload, number, some, report, told)
            rows, told = rows + len(some), len(report.bad)
    if len(report.bad) > told:
        _part(upload, number + 1, [], report, told)
    if not rows and not report.bad:
        raise BadFile(f"{upload.name} has headings, and no rows below them.")
    upload.rows = rows + len(report.bad)
    _step(upload, UploadState.TRYING)


def _part(upload: Upload, number: int, some: list[Listing], report: Report, told: int) -> None:
    unread = [asdict(bad) for bad in report.bad[told:]]
    Part.objects.create(upload=upload, number=number, listings=[_as_json(listing) for listing in some], unread=unread, bad=len(unread))


def _try(upload: Upload) -> None:
    """Do everything and take it back, part by part."""
    for part in _for_a_while(lambda: upload.parts.filter(tried_at=None).first()):
        with transaction.atomic():
            report = _take(upload, part)
            transaction.set_rollback(True)
        _note(part, report)
        part.tried_at = clock.now()
        part.save()
    if not upload.parts.filter(tried_at=None).exists():
        _step(upload, UploadState.TRIED)


def _write(upload: Upload) -> None:
    """Write part by part; somebody may stop it between two of them."""
    for _ in _for_a_while(lambda: upload.parts.filter(written_at=None).first()):
        if not _write_one(upload):
            return
    if not upload.parts.filter(written_at=None).exists():
        with transaction.atomic():
            row = Upload.objects.select_for_update().get(pk=upload.pk)
            if row.state == UploadState.WRITING:
                place_the_unplaced(by=row.made_by)
                row.parts.update(listings=[])
                move(row, UploadState.WRITTEN, by=row.made_by)
                transaction.on_commit(lambda: files.erase(row.pk))


@transaction.atomic
def _write_one(upload: Upload) -> bool:
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if row.state != UploadState.WRITING:
        return False
    part = row.parts.filter(written_at=None).first()
    if part is None:
        return False
    _note(part, _take(row, part))
    part.written_at = clock.now()
    part.save()
    if row.faults:
        Upload.objects.filter(pk=row.pk).update(faults=0)
    return True


def _take(upload: Upload, part: Part) -> Report:
    by: User = upload.made_by
    require(by, Permission.MODERATE)
    report = Report(upload.name)
    take([_from_json(told) for told in part.listings], report, source=upload.source, by=by, columns=columns_for(upload))
    return report


def _note(part: Part, report: Report) -> None:
    bad = [*part.unread, *(asdict(row) for row in report.bad)]
    part.made, part.changed, part.unchanged = len(report.made), len(report.changed), report.unchanged
    part.conflicts, part.bad = len(report.conflicts), len(bad)
    told = [asdict(each) | {"old": each.old[:MOST_SHOWN], "new": each.new[:MOST_SHOWN]} for each in report.differences]
    part.told = {"made": report.made, "differences": told, "bad": bad}


def _for_a_while(following: Callable[[], Part | None]) -> Iterator[Part]:
    """One part after another, as long as a round may last; one at least."""
    end = time.monotonic() + A_WHILE
    while (part := following()) is not None:
        yield part
        if time.monotonic() > end:
            return


def _step(upload: Upload, to: UploadState) -> None:
    """On to the next state, if nobody took the file away meanwhile."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is not None and row.state == upload.state:
            row.begins, row.rows = upload.begins, upload.rows
            move(row, to, by=row.made_by)


def _end(upload: Upload, why: str) -> None:
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is not None and row.state == upload.state:
            row.error = why
            move(row, UploadState.STOPPED if row.state == UploadState.WRITING else UploadState.FAILED, by=row.made_by)


def _fault(upload: Upload, error: DatabaseError) -> None:
    log.warning("uploads.again upload=%s error=%s", upload.pk, type(error).__name__)
    upload.faults += 1
    if upload.faults >= MOST_FAULTS:
        _end(upload, BROKEN)
    else:
        Upload.objects.filter(pk=upload.pk).update(faults=upload.faults)


def _as_json(listing: Listing) -> dict[str, Any]:
    return asdict(listing)


def _from_json(told: dict[str, Any]) -> Listing:
    return Listing(**{**told, "checked_on": date.fromisoformat(told["checked_on"]) if told["checked_on"] else None})


STEPS: dict[UploadState, Callable[[Upload], None]] = {
    UploadState.RECEIVED: _look_at,
    UploadState.READING: _read,
    UploadState.TRYING: _try,
    UploadState.WRITING: _write,
}
