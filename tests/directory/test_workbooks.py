"""Listings come in out of workbooks as out of CSV: values and never formulas, and no archive unpacks to more than a directory holds."""

import zipfile
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from directory.accounts.models import User
from directory.imports import BadFile, import_listings
from directory.imports.reading import read_rows
from directory.listing_fields import read_values
from directory.models import Service
from directory.spreadsheets import csv_lines, original_text, plain_cell

HEAD = ["source_id", "name", "summary", "opening", "min_age", "source_date"]
LUNCH = ["lunch", "Lunch", "A hot lunch.", "Tu 12:00-14:00", 60, date(2025, 3, 1)]


def write(folder: Path, *rows: list[Any], head: list[str] | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([head or HEAD] if head != [] else []) + list(rows):
        sheet.append(row)
    file = folder / "services.xlsx"
    book.save(file)
    return file


@pytest.mark.django_db
@pytest.mark.usefixtures("needs")
def test_a_workbook_comes_in_like_a_csv(tmp_path: Path, system: User) -> None:
    file = write(tmp_path, LUNCH, [None], ["bingo", "Bingo", "Numbers."])
    assert import_listings(file, by=system).made == ["Lunch", "Bingo"]
    lunch = Service.objects.get(name="Lunch")
    assert (read_values(lunch)["min_age"], lunch.source_date, str(lunch.checked_at)) == ("60", "2025-03-01", "2025-03-01")
    assert import_listings(file, by=system).unchanged == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("needs")
def test_a_bad_cell_is_named_by_file_row_and_column(tmp_path: Path, system: User) -> None:
    bad = ["bingo", "Bingo", "Numbers.", "Tu 10:00-12:00; Tu 11:00-13:00", 0, date(9999, 12, 31)]
    (line,) = map(str, import_listings(write(tmp_path, LUNCH, [], bad), by=system).bad)
    assert line.startswith("services.xlsx, row 4, column opening: ")
    late = [*bad[:3], "", 0, bad[5]]
    (line,) = map(str, import_listings(write(tmp_path, LUNCH, late), by=system).bad)
    assert line.startswith("services.xlsx, row 3, column source_date: ")
    assert not Service.objects.exists()


def test_values_are_read_as_somebody_would_type_them(tmp_path: Path) -> None:
    row = [1.5, True, time(9, 30), date(2026, 1, 2), 3.0, "'+44 1484"]
    (read,) = read_rows(
        write(tmp_path, ["x", "y", *row], head=["name", "summary", "min_age", "status", "opening", "source_date", "cost", "phone"])
    )
    assert list(read.cells.values()) == ["x", "y", "1.5", "yes", "09:30", "2026-01-02", "3", "+44 1484"]


def test_a_formula_without_a_result_is_told_not_taken_for_a_blank(tmp_path: Path) -> None:
    (read,) = read_rows(write(tmp_path, ["lunch", '=HYPERLINK("http://evil.example")', "Soup."]))
    assert "column B is a formula without a result" in read.fault
    assert "evil" not in str(read)


def test_several_sheets_and_doubled_headings_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="“name” is there twice"):
        list(read_rows(write(tmp_path, head=["name", "summary", "name"])))
    with pytest.raises(BadFile, match="is empty"):
        list(read_rows(write(tmp_path, head=[])))
    book = Workbook()
    for title in ("Groups", "Clubs"):
        book.create_sheet(title).append(["name", "summary"])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(BadFile, match="“Groups”, “Clubs”"):
        list(read_rows(tmp_path / "two.xlsx"))


def archive(file: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"xl/workbook.xml": b"x", "xl/sharedStrings.xml": b"0" * 3_000_000}, "many times its size"),
        ({"xl/workbook.xml": b"x", **{f"xl/{number}": b"" for number in range(1_001)}}, "more than a directory holds"),
        ({"word/document.xml": b"x"}, "no XLSX workbook"),
        ({"xl/workbook.xml": b"<not a workbook"}, "cannot be read"),
        (
            {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "[Content_Types].xml": b"<a/>"},
            "cannot be read",
        ),
    ],
)
def test_what_is_no_honest_workbook_is_one_clear_sentence(tmp_path: Path, parts: dict[str, bytes], says: str) -> None:
    file = archive(tmp_path / "services.xlsx", parts)
    with pytest.raises(BadFile, match=says) as fault:
        list(read_rows(file))
    assert str(fault.value).startswith("services.xlsx ")
    assert "passwd" not in str(fault.value)


def test_a_file_of_a_hundred_megabytes_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "services.xlsx"
    with file.open("wb") as handle:
        handle.truncate(100_000_000)
    with pytest.raises(BadFile, match="larger than 50 million bytes"):
        list(read_rows(file))


@given(st.text(max_size=20))
def test_no_text_goes_out_as_a_formula_and_each_comes_back_as_it_was(text: str) -> None:
    cell = plain_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    if not text.startswith("'"):
        assert original_text(cell) == text


def test_a_whole_file_is_neutralised() -> None:
    assert list(csv_lines([["=1+1", -3, "a"], ["+44", "@x", "\tb"]]))[1:] == ["'=1+1,-3,a\r\n", "'+44,'@x,'\tb\r\n"]
