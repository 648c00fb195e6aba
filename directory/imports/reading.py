"""From a CSV file to rows. What is wrong with the whole file is one clear sentence."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


class BadFile(Exception):
    """The file as a whole cannot be read; the text says what to do."""


@dataclass(frozen=True)
class Row:
    """One record: its number as a spreadsheet counts, and its cells. `fault` says what is wrong with the number of cells."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def read_rows(path: Path) -> Iterator[Row]:
    """All records of a file with known headings. Raises BadFile."""
    lines = _text(path).splitlines(keepends=True)
    reader = csv.reader(lines, strict=True)
    try:
        headings = [heading.strip() for heading in next(reader, [])]
        _check(headings, path.name)
        for number, cells in enumerate((cells for cells in reader if any(cell.strip() for cell in cells)), start=2):
            fault = (
                ""
                if len(cells) == len(headings)
                else f"there are {len(cells)} cells under {len(headings)} headings. Look for a stray comma or quote."
            )
            yield Row(number, {name: cell.strip() for name, cell in zip(headings, cells, strict=False)}, fault)
    except csv.Error as error:
        raise BadFile(
            f"{path.name}, near line {reader.line_num}: this is not CSV ({error}). Look for a quotation mark that is not closed."
        ) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(f"{path.name} is larger than {MOST_BYTES // 1_000_000} million bytes. Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or 'it is not a file'}.") from error
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
