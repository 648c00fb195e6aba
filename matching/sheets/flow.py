"""A spreadsheet from its trial to its end. The trial does everything that the real thing does, and takes it back."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW as NOTHING
from directory.states import WrongState
from matching.desk_states import SHEET, SheetState
from matching.models import Sheet
from matching.numbering import hold_numbers
from matching.persons.ages import TooYoung
from matching.sheets.columns import values_of
from matching.sheets.doubles import perhaps_the_same
from matching.sheets.faults import Faults
from matching.sheets.holding import hold_named
from matching.sheets.reading import FAULT, ROW
from matching.sheets.writing import CHANGED, NEW, SAME, WRITERS, WRONG
from matching.sheets.young import is_young, without_young, young_words

KEPT = timedelta(days=30)
PIECE = 20
NUMBER = "external_id"

_ENDED: Mapping[str, str] = {
    SheetState.BROUGHT_IN: "These rows were brought in already. Nothing was done twice.",
    SheetState.DROPPED: "This spreadsheet was thrown away already.",
}

Rows = list[dict[str, str]]
Outcome = list[dict[str, str]]


def try_sheet(kind: str, rows: Rows, *, by: User) -> Sheet:
    """Keep the rows, encrypted, with what would become of each; nothing of them is written. Of somebody under 18 only the row's number is kept.

    rows: of read_sheet. Raises PermissionDenied, ValidationError for a kind that is none.
    """
    require(by, Permission.KEEP_RECORDS)
    if kind not in Sheet.Kind.values:
        raise ValidationError({"kind": ["Choose from the list."]})
    outcome = _tried(kind, rows, by)
    with transaction.atomic():
        SHEET.check(NOTHING, SheetState.READ, [Relation.COORD])
        sheet = Sheet.objects.create(kind=kind, rows=without_young(kind, rows), outcome=outcome, counts=_counts(outcome), made_by=by)
        codes: Codes = {"to": sheet.state, "kind": kind, **sheet.counts}
        record("sheet.read", sheet, by=by, role=_role(by), codes=codes)
    return sheet


@transaction.atomic
def bring_in(sheet: Sheet, *, by: User) -> Sheet:
    """Write all good rows, in one go or not at all; the wrong ones are left out, and told.

    What has changed since the trial counts as it is now. Raises PermissionDenied, WrongState for one that was brought in already.
    """
    require(by, Permission.KEEP_RECORDS)
    # Its own row first, so that of two clicks one waits; then, as everybody, the numbers before the journal.
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _require_open(sheet)
    SHEET.check(sheet.state, SheetState.BROUGHT_IN, [Relation.COORD])
    hold_numbers("ask", "volunteer")
    hold_named(sheet.rows)
    outcome = [*_told_of_no_row(sheet), *_write(sheet.kind, sheet.rows, by)]
    sheet.rows = without_young(sheet.kind, sheet.rows)
    return _end(sheet, SheetState.BROUGHT_IN, by, sorted(outcome, key=lambda each: int(each["row"])))


@transaction.atomic
def drop_sheet(sheet: Sheet, *, by: User) -> Sheet:
    """Throw it away; its rows go at once. Raises PermissionDenied, WrongState."""
    require(by, Permission.KEEP_RECORDS)
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _require_open(sheet)
    SHEET.check(sheet.state, SheetState.DROPPED, [Relation.COORD])
    sheet.rows = []
    return _end(sheet, SheetState.DROPPED, by, [])


def wrong_rows(sheet: Sheet) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of the rows that were wrong, with what is wrong, to put right and hand in again."""
    wrong = {each["row"]: each["words"] for each in sheet.outcome if each["does"] == WRONG}
    rows = [row for row in sheet.rows if row[ROW] in wrong]
    headings = [name for name in (sheet.rows[0] if sheet.rows else {}) if name not in (ROW, FAULT)]
    return [*headings, "what_is_wrong"], [[*(row.get(name, "") for name in headings), wrong[row[ROW]]] for row in rows]


def forget_some() -> bool:
    """Delete a few spreadsheets, KEPT after they were handed in; the daily job. True when nothing is left to do."""
    old = Sheet.objects.filter(made_at__lt=clock.now() - KEPT)
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    for pk in keys:
        with transaction.atomic():
            sheet = old.select_for_update().filter(pk=pk).first()
            if sheet is not None:
                name = (Sheet._meta.label_lower, sheet.pk)
                sheet.delete()
                record("system.sheet_erased", name, by=None)
    return len(keys) < PIECE


def _require_open(sheet: Sheet) -> None:
    if words := _ENDED.get(sheet.state):
        raise WrongState(words)


def _tried(kind: str, rows: Rows, by: User) -> Outcome:
    with transaction.atomic():
        hold_numbers("ask", "volunteer")
        hold_named(rows)
        outcome = _write(kind, rows, by)
        transaction.set_rollback(True)
    return outcome


def _write(kind: str, rows: Rows, by: User) -> Outcome:
    """Each row in a savepoint of its own: what a wrong one began is taken back. A number that comes twice is wrong the second time."""
    writer, numbers = WRITERS[kind], {row[NUMBER].strip(): row[ROW] for row in reversed(rows) if NUMBER in row}
    outcome, seen = [], set()
    for row in rows:
        if is_young(kind, row):
            outcome.append({"row": row[ROW], "does": WRONG, "words": young_words(row)})
            continue
        key = _key(row)
        if key in seen:
            outcome.append({"row": row[ROW], "does": WRONG, "words": "This is in the file twice. Keep one of the two rows."})
            continue
        try:
            if row[FAULT]:
                raise ValidationError(row[FAULT])
            faults = Faults()
            said = values_of(kind, row, faults)
            with transaction.atomic():
                does, words = writer(said, by, faults)
            seen.add(key)
            if kind == Sheet.Kind.PEOPLE and does == NEW:
                words = perhaps_the_same(said[NUMBER], numbers)
        except (ValidationError, WrongState, TooYoung, PermissionDenied) as error:
            does, words = WRONG, _words(error)
        outcome.append({"row": row[ROW], "does": does, "words": words})
    return outcome


def _told_of_no_row(sheet: Sheet) -> Outcome:
    """What the trial said of rows that were not kept."""
    kept = {row[ROW] for row in sheet.rows}
    return [each for each in sheet.outcome if each["row"] not in kept]


def _key(row: dict[str, str]) -> tuple[str, ...]:
    names = (NUMBER,) if NUMBER in row else ("person", "volunteer", "activity")
    return tuple(row.get(name, "").strip() for name in names)


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        pairs = error.message_dict.items()
        return " ".join(text if name in (NON_FIELD_ERRORS, "pair") else f"{name}: {text}" for name, texts in pairs for text in texts)
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _counts(outcome: Outcome) -> dict[str, int]:
    found = Counter(each["does"] for each in outcome)
    return {name: found[name] for name in (NEW, CHANGED, SAME, WRONG)}


def _end(sheet: Sheet, to: SheetState, by: User, outcome: Outcome) -> Sheet:
    before = sheet.state
    sheet.state, sheet.ended_at = to, clock.now()
    sheet.outcome, sheet.counts = outcome, _counts(outcome)
    sheet.save(update_fields=["state", "ended_at", "outcome", "counts", "rows"])
    codes: Any = {"from": before, "to": to, "kind": sheet.kind, **sheet.counts}
    record("sheet.moved", sheet, by=by, role=_role(by), codes=codes)
    return sheet


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS)
