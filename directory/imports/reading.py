"""From a CSV file, an XLSX workbook or GeoJSON to rows, by what is in the file, not by its name. What is wrong with the whole is one clear sentence."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from directory.imports.columns import AS_THEY_ARE, Columns
from directory.imports.faults import BadFile
from directory.imports.features import read_features
from directory.imports.workbooks import MOST_ROWS, read_workbook
from directory.spreadsheets import original_text

__all__ = ["BadFile", "Row", "read_rows"]

REQUIRED = ("name",)
ONE_OF = ("summary", "description")
KNOWN = frozenset(
    [
        *("source_id", "organisation", "organisation_kind", "name", "other_names", "kind", "category", "summary", "description", "needs"),
        *("min_age", "max_age", "who_for", "how_to_access", "what_to_bring", "delivery", "address", "postcode", "lat", "lon", "precision"),
        *("area_served", "phone", "email", "url", "cost", "opening", "access", "languages", "faith", "source", "source_date", "licence"),
        *("status", "regulated", "set", "ward"),
    ]
)
MOST_BYTES = 50_000_000
MOST_CELL = 100_000
# What people send in the place of a table, by how it begins.
OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a packed file"),
    (b"SQLite format", "a database"),
)


@dataclass(frozen=True)
class Row:
    """One record: its number as a spreadsheet counts, and its cells. `fault` says what is wrong with the number of cells."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def read_rows(path: Path, columns: Columns = AS_THEY_ARE) -> Iterator[Row]:
    """All records of a file whose headings are known, or said by `columns`. Raises BadFile."""
    raw = _begin(path)
    rows = _rows_of_its_kind(path, raw)
    headings: list[str] = []
    for number, cells, fault in rows:
        cells = [original_text(cell.strip()) for cell in cells]
        if not headings:
            headings = columns.ours(cells)
            _check([heading for heading, theirs in zip(headings, cells, strict=True) if heading or not theirs], path.name)
            continue
        if len(cells) != len(headings):
            fault = fault or f"there are {len(cells)} cells under {len(headings)} headings. Look for a stray comma or quote."
        elif long := next((heading for heading, cell in zip(headings, cells, strict=True) if len(cell) > MOST_CELL), ""):
            fault = f"{long} is longer than {MOST_CELL:,} letters. Look for a quotation mark that is not closed."
        kept = {name: cell for name, cell in zip(headings, cells, strict=False) if name}
        yield Row(number, columns.filled(kept), fault)


def peek(path: Path, rows: int = 3) -> tuple[list[str], list[list[str]]]:
    """The headings of a file as they stand there, and its first rows. Raises BadFile."""
    headings: list[str] = []
    first: list[list[str]] = []
    for _, cells, _ in _rows_of_its_kind(path, _begin(path)):
        cells = [original_text(cell.strip()) for cell in cells]
        if not headings:
            headings = cells
        else:
            first.append(cells)
        if len(first) == rows:
            break
    return headings, first


def _rows_of_its_kind(path: Path, begin: bytes) -> Iterator[tuple[int, list[str], str]]:
    if begin.startswith(b"PK\x03\x04"):
        return read_workbook(path)
    return read_features(path) if begin.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str], str]]:
    # A cell may hold a page break or a line separator of Word's: only what ends a line of CSV ends one here.
    reader = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise BadFile(f"{path.name} has more than {MOST_ROWS:,} rows. Split it.")
            if any(map(str.strip, cells)):
                yield number, cells, ""
    except csv.Error as error:
        raise BadFile(
            f"{path.name}, near line {reader.line_num}: this is not CSV ({error}). Look for a quotation mark that is not closed."
        ) from error


def _begin(path: Path) -> bytes:
    """The first bytes of a file that may be a table by its size and its kind."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(f"{path.name} is larger than {MOST_BYTES // 1_000_000} million bytes. Split it.")
        with path.open("rb") as file:
            begin = file.read(512)
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or 'it is not a file'}.") from error
    for mark, kind in OTHER_KINDS:
        if begin.startswith(mark):
            raise BadFile(f"{path.name} is {kind}. A table is needed: save it as XLSX or as “CSV UTF-8”.")
    if begin.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise BadFile(f"{path.name} is a web page, not a table. Was the address asking for a log-in?")
    return begin


def _text(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(f"{path.name}: the letters are in UTF-16. Save the file as “CSV UTF-8” and try again.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile(f"{path.name}, line {line}: the letters are not in UTF-8. Save the file as “CSV UTF-8” and try again.") from error
    if "\0" in text:
        raise BadFile(f"{path.name} is not a text file. Save it as “CSV UTF-8” and try again.")
    if not text.strip():
        raise BadFile(f"{path.name} is empty.")
    return text


def _check(headings: list[str], file: str) -> None:
    doubled = [heading for heading, times in Counter(headings).items() if times > 1]
    if doubled:
        raise BadFile(f"{file}: the heading “{doubled[0]}” is there twice. Keep one of the two columns.")
    missing = [heading for heading in REQUIRED if heading not in headings]
    if missing or not set(ONE_OF) & set(headings):
        wanted = " and ".join([*missing, *([] if set(ONE_OF) & set(headings) else [" or ".join(ONE_OF)])])
        raise BadFile(f"{file}: the first line must hold headings, and {wanted} is missing. It begins: {', '.join(headings[:5])}.")
    unknown = [heading or "(blank)" for heading in headings if heading not in KNOWN]
    if unknown:
        raise BadFile(f"{file}: we do not know the heading “{unknown[0]}”. Known are: {', '.join(sorted(KNOWN))}.")
