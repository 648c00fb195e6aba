"""CSV that a spreadsheet program opens without carrying anything out."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

# The wide signs are typed on Asian keyboards, and count as much.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def plain_cell(value: Any) -> Any:
    """A cell that no program takes for a formula: a text that looks like one gets an apostrophe in front. Numbers and dates stay."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value


def original_text(cell: str) -> str:
    """What `plain_cell` was given, so that a file of ours comes in again as it went out."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGINS_A_FORMULA) else cell


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a file, one at a time, with the mark at the beginning by which spreadsheet programs know UTF-8."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([plain_cell(value) for value in row])  # type: ignore[func-returns-value,misc]


def csv_response(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    """A file to keep, sent while it is read."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
