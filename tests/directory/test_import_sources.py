"""What a source's headings are is said once and kept; after that its files come in as they are."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from directory.accounts.models import User
from directory.imports import BadFile, import_listings
from directory.models import Service
from directory.sources.keeping import columns_of, set_source
from directory.sources.models import ImportSource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
COLUMNS = {"Group": "name", "What": "summary", "Ring": "phone", "Our notes": ""}


def write(folder: Path, phone: str = "01484 223197") -> Path:
    file = folder / "groups.csv"
    file.write_text(f"No,Group,What,Ring,Our notes\n7,Lunch,A hot lunch.,{phone},secret\n", encoding="utf-8")
    return file


def test_headings_are_ours_by_what_is_kept(tmp_path: Path, system: User, editor: User) -> None:
    source = set_source("Kirkburton list", COLUMNS, by=editor, defaults={"delivery": "phone"}, licence="OGL v3", key_column="No")
    file = write(tmp_path)
    with pytest.raises(BadFile, match="name"):
        import_listings(file, by=system)
    assert import_listings(file, by=system, source=source.name, columns=columns_of(source)).made == ["Lunch"]
    lunch = Service.objects.get()
    assert (lunch.source, lunch.source_id, lunch.licence, lunch.by_phone) == ("Kirkburton list", "7", "OGL v3", True)
    assert "secret" not in str(lunch.imported)
    assert import_listings(file, by=system, source=source.name, columns=columns_of(source)).unchanged == 1


def test_a_bad_row_names_the_heading_of_the_file(tmp_path: Path, system: User, editor: User) -> None:
    source = set_source("list", COLUMNS, by=editor, key_column="No")
    (bad,) = import_listings(write(tmp_path, "ring the bell"), by=system, columns=columns_of(source)).bad
    assert str(bad).startswith("groups.csv, row 2, column Ring: ")


def test_what_makes_no_sense_is_refused(editor: User, partner: User) -> None:
    for columns, more in (
        ({"Group": "title"}, {}),
        ({"Group": "name", "Title": "name"}, {}),
        ({}, {"defaults": {"colour": "red"}}),
        ({"Id": "source_id"}, {"key_column": "No"}),
    ):
        with pytest.raises(ValidationError):
            set_source("list", columns, by=editor, **more)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        set_source("list", COLUMNS, by=partner)
    assert not ImportSource.objects.exists()


def test_the_command_keeps_them(tmp_path: Path) -> None:
    file = str(write(tmp_path))
    with pytest.raises(CommandError, match="Nothing is kept"):
        call_command("import_listings", file, "--columns", "list")
    with pytest.raises(CommandError, match="--columns"):
        call_command("import_listings", file, "--keep", "Group=name")
    with pytest.raises(CommandError, match="no column title"):
        call_command("import_listings", file, "--columns", "list", "--keep", "Group=title")
    said = [part for heading, ours in COLUMNS.items() for part in ("--keep", f"{heading}={ours}")]
    call_command("import_listings", file, "--columns", "list", *said, "--key", "No", "--dry-run")
    assert not Service.objects.exists()
    call_command("import_listings", file, "--columns", "list")
    assert Service.objects.get().source == "list"


def test_bad_rows_are_written_as_a_file_that_comes_back(tmp_path: Path, system: User, editor: User) -> None:
    source = set_source("list", COLUMNS, by=editor, key_column="No")
    file, bad = write(tmp_path, "=ring the bell"), tmp_path / "bad.csv"
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_listings", str(file), columns=source.name, bad_rows=str(bad))
    text = bad.read_text("utf-8-sig")
    assert text.startswith("row in the file,column,what is wrong,")
    # What looks like a formula went out as text.
    assert "'=ring the bell" in text
    assert "secret" not in text
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("import_listings", str(file), columns=source.name, bad_rows=str(bad))
    bad.write_text(text.replace("'=ring the bell", "01484 223197"), "utf-8")
    assert import_listings(bad, by=system, source=source.name, columns=columns_of(source)).made == ["Lunch"]
