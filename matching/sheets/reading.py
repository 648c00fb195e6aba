"""From a file, CSV or XLSX, to rows of text under headings that we know. What is wrong with the whole is one sentence."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from directory.imports.faults import BadFile
from directory.imports.reading import peek
from directory.imports.workbooks import read_workbook
from directory.spreadsheets import original_text
from matching.sheets.columns import COLUMNS

MOST_BYTES = 5_000_000
# A trial and the real thing hold the database for as long as they take.
MOST_ROWS = 1_000
MOST_CELL = 4_000
ROW = "row"  # the key of the number that a spreadsheet program shows beside the row
FAULT = "fault"


def read_sheet(path: Path, kind: str) -> list[dict[str, str]]:
    """[{row, fault, column: text}, …]; `fault` is empty, or says what is wrong with the cells of the row. Raises BadFile."""
    if path.stat().st_size > MOST_BYTES:
        raise BadFile(f"The file is larger than {MOST_BYTES // 1_000_000} million bytes. Split it.")
    # What is no table at all is told by the same words as everywhere.
    headings, _ = peek(path, 1)
    headings = [heading.strip().lower().replace(" ", "_") for heading in headings]
    _check(headings, kind)
    rows: list[dict[str, str]] = []
    for place, (number, cells, fault) in enumerate(_rows(path)):
        if place == 0:
            continue
        if len(rows) == MOST_ROWS:
            raise BadFile(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        cells = [original_text(cell.strip()) for cell in cells]
        if len(cells) != len(headings):
            fault = fault or f"There are {len(cells)} cells under {len(headings)} headings. Look for a stray comma."
        elif any(len(cell) > MOST_CELL for cell in cells):
            fault = fault or f"A cell is longer than {MOST_CELL:,} letters."
        rows.append({ROW: str(number), FAULT: fault, **dict(zip(headings, cells, strict=False))})
    if not rows:
        raise BadFile("There are no rows under the headings.")
    return rows


def _rows(path: Path) -> Iterator[tuple[int, list[str], str]]:
    with path.open("rb") as file:
        is_workbook = file.read(4) == b"PK\x03\x04"
    if is_workbook:
        yield from read_workbook(path)
        return
    reader = csv.reader(StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(map(str.strip, cells)):
                yield number, cells, ""
    except csv.Error as error:
        raise BadFile(f"Near line {reader.line_num} this is not CSV. Look for a quotation mark that is not closed.") from error


def _check(headings: list[str], kind: str) -> None:
    known = {column.name for column in COLUMNS[kind]}
    doubled = next((heading for heading in headings if headings.count(heading) > 1), None)
    if doubled is not None:
        raise BadFile(f"The heading “{doubled}” is there twice.")
    if strange := [heading or "(blank)" for heading in headings if heading not in known]:
        raise BadFile(f"We do not know the heading “{strange[0][:60]}”. Known are: {', '.join(sorted(known))}.")
    missing = [column.name for column in COLUMNS[kind] if column.needed and column.name not in headings]
    if missing:
        raise BadFile(f"The first line must hold headings, and {' and '.join(missing)} is missing.")
