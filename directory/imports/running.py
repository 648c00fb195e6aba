"""The import itself: one transaction, through the verbs, idempotent by source and source id. What is edited here stays: see following.py."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.imports.columns import AS_THEY_ARE, Columns
from directory.imports.following import follow, plan
from directory.imports.mapping import BadCell, Listing, organisation_id, understand
from directory.imports.reading import BadFile, read_rows
from directory.imports.report import BadRow, Difference, Report
from directory.listing_fields import FIELDS
from directory.models import Need, Organisation, Service
from directory.states import WrongState
from directory.venues import place_the_unplaced

CHUNK = 400


def import_listings(
    path: Path | str, *, by: User, source: str = "", dry_run: bool = False, skip_bad: bool = False, columns: Columns = AS_THEY_ARE
) -> Report:
    """Take the listings of a file: all of them, or none at all where a row is bad (`skip_bad` leaves bad rows out).

    `source` names where rows come from that do not say so themselves (the name of the file where left out), `columns` what its headings are
    here. A dry run does everything and takes it back. Raises BadFile, PermissionDenied.
    """
    require(by, Permission.MODERATE)
    path = Path(path)
    report = Report(path.name, dry_run=dry_run)
    listings_there = list(listings_of(path, source or path.stem, report, columns))
    if report.bad and not skip_bad:
        report.stopped = True
        return report
    with transaction.atomic():
        take(listings_there, report, source=source or path.stem, by=by, columns=columns)
        report.stopped = bool(report.bad) and not skip_bad
        if not report.stopped:
            place_the_unplaced(by=by)
        if dry_run or report.stopped:
            transaction.set_rollback(True)
    return report


def take(some: Sequence[Listing], report: Report, *, source: str, by: User, columns: Columns = AS_THEY_ARE) -> None:
    """Write these listings, inside of a transaction. One that a verb refuses is a bad row of the report, and stops no other."""
    there = _there(some)
    for listing in some:
        try:
            with transaction.atomic():
                _take(listing, there.get((listing.source, listing.source_id)), report, source=source, by=by)
        except ValidationError as error:
            report.bad.append(_bad(report.file, listing, error, columns))
        except WrongState as error:
            # Somebody has it locked; the source comes again.
            report.bad.append(BadRow(report.file, listing.row, "(all)", str(error), columns.as_they_were(listing.cells)))


def listings_of(path: Path, source: str, report: Report, columns: Columns = AS_THEY_ARE) -> Iterator[Listing]:
    """The good rows of a file, understood; bad ones go into the report. Raises BadFile."""
    needs = frozenset(Need.objects.values_list("pk", flat=True))
    if not needs:
        raise BadFile("There are no needs yet. Load them first (manage.py setup does it).")
    seen: dict[tuple[str, str], int] = {}
    for row in read_rows(path, columns):
        try:
            listing = understand(row, source=source, needs=needs)
            earlier = seen.setdefault((listing.source, listing.source_id), row.number)
            if earlier != row.number:
                column = "source_id" if row.cells.get("source_id") else "name"
                raise BadCell(column, f"is the same listing as row {earlier}. Take one of the two out, or give each an id of its own.")
        except BadCell as fault:
            cells = columns.as_they_were(row.cells)
            report.bad.append(BadRow(path.name, row.number, columns.theirs(fault.column), fault.text, cells))
        else:
            yield listing


def _bad(file: str, listing: Listing, error: ValidationError, columns: Columns) -> BadRow:
    cells = columns.as_they_were(listing.cells)
    if not hasattr(error, "error_dict"):
        return BadRow(file, listing.row, "(all)", " ".join(error.messages), cells)
    field, texts = next(iter(error.message_dict.items()))
    column = {"times": "opening", "area": "area_served", "places": "address"}.get(field, field)
    return BadRow(file, listing.row, columns.theirs(column), " ".join(texts), cells)


def _there(understood: Sequence[Listing]) -> dict[tuple[str, str], Service]:
    """The services that earlier imports of these rows made, with everything, in few queries."""
    found: dict[tuple[str, str], Service] = {}
    for start in range(0, len(understood), CHUNK):
        ids = [listing.source_id for listing in understood[start : start + CHUNK]]
        for service in Service.objects.with_everything().filter(source_id__in=ids):
            found[service.source, service.source_id] = service
    return found


def _take(listing: Listing, service: Service | None, report: Report, *, source: str, by: User) -> None:
    if service is None:
        organisation = _organisation(listing, source=source, by=by)
        provenance: dict[str, Any] = {"source": listing.source, "source_id": listing.source_id, **listing.provenance}
        service = listings.create_service(organisation, by=by, imported=listing.values, **listing.values, **provenance)
        report.made.append(service.name)
    else:
        _follow(service, listing, report, by=by)
    if listing.checked_on and listing.checked_on <= clock.today():
        listings.mark_checked(service, by=by, how=Service.CheckedHow.IMPORT, on=listing.checked_on)


def _organisation(listing: Listing, *, source: str, by: User) -> Organisation:
    """The organisation of that name in the file's source; a listing that names none gets one of its own."""
    key: dict[str, Any] = {"source": source, "source_id": organisation_id(listing.organisation)}
    if not listing.shares_organisation:
        key = {"source": listing.source, "source_id": listing.source_id[:200]}
    found = Organisation.objects.select_related("replaced_by").filter(**key).first()
    if found is not None and found.replaced_by is not None:
        return found.replaced_by
    return found or listings.create_organisation(by=by, name=listing.organisation, kind=listing.organisation_kind, **key)


def _follow(service: Service, listing: Listing, report: Report, *, by: User) -> None:
    made = plan(service, listing.values)
    followed = follow(service, listing.values, listing.provenance, by=by, made=made)
    told = [(name, made.before[name], made.to_set[name], False) for name in followed.changed]
    told += [(name, *made.to_put_up[name], True) for name in followed.conflicts]
    for name, old, new, conflict in told:
        field = FIELDS[name]
        report.differences.append(Difference(listing.row, service.name, field.label, field.words(old), field.words(new), conflict))
    report.conflicts += [(service.name, FIELDS[name].label) for name in followed.conflicts]
    if followed.changed:
        report.changed.append((service.name, list(followed.changed)))
    elif not followed.conflicts:
        report.unchanged += 1
