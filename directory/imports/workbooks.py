"""From an XLSX workbook to rows of text: its values, never its formulas, and never more of it than a directory needs.

A workbook is a zip archive of XML. What it would unpack to is looked at before anything is unpacked; XML that refers to other files or to
itself is refused (defusedxml, which openpyxl takes where it is installed).
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from directory.imports.faults import BadFile

log = logging.getLogger("carestore.imports")

MOST_UNPACKED = 200_000_000
MOST_PARTS = 1_000
# A sheet of plain rows shrinks to a tenth, one that repeats itself to a fiftieth.
MOST_RATIO = 200
RATIO_FROM = 1_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_LETTERS = 32_767
SAVE_AGAIN = "Open it in a spreadsheet program, and save it as “CSV UTF-8”."


def read_workbook(path: Path) -> Iterator[tuple[int, list[str], str]]:
    """Rows with something in them, each with its number, its cells as text, and what is wrong with one of them. Raises BadFile."""
    _refuse_bombs(path)
    yielded = False
    try:
        for row in _rows(path):
            yielded = True
            yield row
    except BadFile:
        raise
    except Exception as error:
        # Whatever a broken or an evil file makes of the library is the file's fault; our own faults would be in the log.
        log.info("imports.workbook_unreadable error=%s", type(error).__name__)
        raise BadFile(f"{path.name} is a workbook that cannot be read. {SAVE_AGAIN}") from error
    if not yielded:
        raise BadFile(f"{path.name} is empty.")


def _refuse_bombs(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile(f"{path.name} is no workbook, although it begins like one. {SAVE_AGAIN}") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadFile(f"{path.name} would unpack to more than a directory holds. Split it, or save it as “CSV UTF-8”.")
    for part in parts:
        if part.flag_bits & 1:
            raise BadFile(f"{path.name} is protected by a password. Save it without one.")
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise BadFile(f"{path.name} would unpack to many times its size. {SAVE_AGAIN}")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise BadFile(f"{path.name} is an archive, but no XLSX workbook. {SAVE_AGAIN}")


def _rows(path: Path) -> Iterator[tuple[int, list[str], str]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # Of styles and rules that it does not know.
        warnings.simplefilter("ignore")
        values = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            name = _the_sheet(values, path.name)
            yield from _cells(values[name], formulas[name], path.name)
        finally:
            values.close()
            formulas.close()


def _the_sheet(book: Any, file: str) -> str:
    """The one sheet with something in it that is not hidden."""
    full = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        if sheet.sheet_state == "visible" and any(any(cell is not None for cell in row) for row in _looked_at(sheet)):
            full.append(sheet.title)
    if not full:
        raise BadFile(f"{file} is empty.")
    if len(full) > 1:
        raise BadFile(f"{file} has several sheets: {', '.join(f'“{name}”' for name in full[:5])}. Keep the one with the listings.")
    return str(full[0])


def _looked_at(sheet: Any) -> Iterator[Sequence[Any]]:
    return sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=1_000, values_only=True)  # type: ignore[no-any-return]


def _cells(values: Any, formulas: Any, file: str) -> Iterator[tuple[int, list[str], str]]:
    """What a row lacks at its end is there as blank cells: headings say how many there are."""
    width, full = 0, 0
    for sheet in (values, formulas):
        sheet.reset_dimensions()
    pairs = zip_longest(*(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True) for sheet in (values, formulas)), fillvalue=())
    for number, (row, written) in enumerate(pairs, start=1):
        if all(cell is None for cell in (*row, *written)):
            continue
        full += 1
        if full > MOST_ROWS:
            raise BadFile(f"{file} has more than {MOST_ROWS:,} rows. Split it.")
        cells, fault = [], ""
        for column, cell in enumerate(row):
            is_formula = column < len(written) and isinstance(written[column], str) and written[column].startswith("=")
            text, wrong = _text(cell, is_formula)
            cells.append(text)
            fault = fault or (f"in column {_letters(column)} {wrong}" if wrong else "")
        while cells and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        if len(cells) > MOST_COLUMNS:
            raise BadFile(f"{file}, row {number}: there are more than {MOST_COLUMNS} columns.")
        yield number, cells + [""] * (width - len(cells)), fault


def _text(cell: Any, is_formula: bool) -> tuple[str, str]:
    """A value as somebody would type it, and what is wrong with it."""
    if cell is None:
        return "", "is a formula without a result: open the file in a spreadsheet program and save it." if is_formula else ""
    if isinstance(cell, bool):
        return "yes" if cell else "no", ""
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell).isoformat(), ""
    if isinstance(cell, date):
        return cell.isoformat(), ""
    if isinstance(cell, time):
        return f"{cell:%H:%M}", ""
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".") if abs(cell) < 1e15 else str(cell), ""
    text = str(cell)
    if is_formula and text in ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"):
        return "", f"is a formula that went wrong ({text})."
    return text, f"are more than {MOST_LETTERS:,} letters." if len(text) > MOST_LETTERS else ""


def _letters(column: int) -> str:
    """The name of a column as spreadsheets write it: A, B, …, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
