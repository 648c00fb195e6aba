"""What somebody hands in about people lies on no disk in plain, not even until it is read: a server that is cut off leaves nothing behind."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from matching.models import Sheet
from tests import factories

pytestmark = pytest.mark.django_db
_written: list[str] | None = None


def _listen(event: str, args: tuple[Any, ...]) -> None:
    """Each file that Python opens to write into it; a file in memory has no path."""
    if _written is not None and event == "open" and isinstance(args[0], str | bytes) and set(str(args[1] or "")) & set("wax+"):
        _written.append(str(args[0]))


sys.addaudithook(_listen)


@contextmanager
def listening() -> Iterator[list[str]]:
    global _written
    _written = []
    try:
        yield _written
    finally:
        _written = None


def workbook(rows: int) -> bytes:
    book, written = Workbook(), BytesIO()
    for row in (["external_id", "name"], *([f"P{number}", "Edith Quietperson"] for number in range(rows))):
        book.active.append(row)
    book.save(written)
    return written.getvalue()


def large_table() -> bytes:
    """More than what Django itself keeps in memory."""
    rows = "".join(f"P{number},Edith Quietperson,{'n' * 3500}\r\n" for number in range(900))
    return f"external_id,name,notes\r\n{rows}".encode()


@pytest.mark.parametrize("content", [large_table(), workbook(3)], ids=["a large table", "a workbook"])
def test_a_spreadsheet_of_people_is_read_from_memory(content: bytes) -> None:
    desk = Client()
    desk.force_login(factories.coordinator())
    with listening() as written:
        answer = desk.post("/desk/sheets/", {"kind": "people", "file": SimpleUploadedFile("people.csv", content)})
    assert answer.status_code == 302
    assert Sheet.objects.get().rows[0]["name"] == "Edith Quietperson"
    assert [path for path in written if "__pycache__" not in path] == []


def test_a_form_without_its_token_hands_in_nothing() -> None:
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(factories.coordinator())
    assert desk.post("/desk/sheets/", {"kind": "people", "file": SimpleUploadedFile("people.csv", workbook(1))}).status_code == 403
    assert not Sheet.objects.exists()
