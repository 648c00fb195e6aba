"""Listings come in out of files: whole or not at all, the same again, and never over what was edited here."""

import csv
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from directory import listings, moderation
from directory.accounts.models import User
from directory.change_states import FieldState
from directory.imports import BadFile, import_listings
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.models import Change, ChangeField, Location, Organisation, Service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]

KIRKLEES = Path(__file__).parents[3] / "shared" / "data" / "listings" / "listings_kirklees.csv"
OWN = Path(__file__).parents[2] / "site" / "carestore" / "demo" / "services.csv"
HEAD = [
    "source_id",
    "organisation",
    "name",
    "summary",
    "needs",
    "delivery",
    "address",
    "postcode",
    "area_served",
    "phone",
    "opening",
    "source",
    "source_date",
]
LUNCH = {
    "source_id": "lunch",
    "organisation": "Golcar Club",
    "name": "Lunch",
    "summary": "A hot lunch.",
    "needs": "Nutrition;faith & culture",
    "delivery": "place",
    "address": "Town Hall, Golcar",
    "postcode": "HD7 4AA",
    "area_served": "HD7",
    "phone": "01484 223197",
    "opening": "Tu 12:00-14:00",
    "source": "https://example.org/lunch",
    "source_date": "2025-03",
}
BINGO = {**LUNCH, "source_id": "bingo", "name": "Bingo", "opening": ""}


def write(path: Path, *rows: dict[str, str], head: list[str] | None = None) -> Path:
    file = path / "services.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, head or HEAD, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_row_becomes_a_listing(tmp_path: Path, system: User) -> None:
    report = import_listings(write(tmp_path, LUNCH, BINGO), by=system)
    assert report.made == ["Lunch", "Bingo"]
    lunch = Service.objects.get(name="Lunch")
    assert lunch.organisation == Service.objects.get(name="Bingo").organisation
    assert (lunch.source, lunch.source_id, lunch.source_date) == ("https://example.org/lunch", "lunch", "2025-03")
    assert (str(lunch.checked_at), lunch.checked_how) == ("2025-03-01", "import")
    values = read_values(lunch)
    assert values["needs"] == ["faith-and-culture", "nutrition"]
    assert values["times"] == [{"every": "week", "weekday": 1, "opens": "12:00", "closes": "14:00"}]
    assert Location.objects.count() == 1
    assert Event.objects.filter(kind="service.created").count() == 2


def test_a_dry_run_says_everything_and_writes_nothing(tmp_path: Path, system: User) -> None:
    import_listings(write(tmp_path, LUNCH), by=system)
    events = Event.objects.count()
    report = import_listings(write(tmp_path, {**LUNCH, "phone": "01484 111222"}, BINGO), by=system, dry_run=True)
    assert (report.made, report.changed) == (["Bingo"], [("Lunch", ["phone"])])
    assert "would be made" in "\n".join(report.lines())
    assert (Service.objects.count(), Event.objects.count()) == (1, events)
    assert read_values(Service.objects.get())["phone"] == "01484 223197"


def test_the_same_again_changes_nothing(tmp_path: Path, system: User) -> None:
    file = write(tmp_path, LUNCH, BINGO)
    import_listings(file, by=system)
    events = Event.objects.count()
    report = import_listings(file, by=system)
    assert (report.made, report.changed, report.unchanged, report.conflicts) == ([], [], 2, [])
    assert (Event.objects.count(), Organisation.objects.count(), Location.objects.count()) == (events, 1, 1)


def test_the_source_is_followed_where_nobody_edited(tmp_path: Path, system: User) -> None:
    import_listings(write(tmp_path, LUNCH), by=system)
    import_listings(write(tmp_path, {**LUNCH, "summary": "A hot dinner.", "phone": ""}), by=system)
    lunch = Service.objects.get()
    assert (lunch.summary, read_values(lunch)["phone"]) == ("A hot dinner.", "")


def test_what_was_edited_here_is_put_up_once_and_never_overwritten(tmp_path: Path, system: User, editor: User) -> None:
    import_listings(write(tmp_path, LUNCH), by=system)
    lunch = Service.objects.get()
    listings.set_fields(lunch, {"summary": "Our own words."}, by=editor)
    assert import_listings(write(tmp_path, LUNCH), by=system).conflicts == []

    newer = write(tmp_path, {**LUNCH, "summary": "Their newer words.", "phone": "01484 111222"})
    report = import_listings(newer, by=system)
    assert (report.conflicts, report.changed) == ([("Lunch", "In one plain sentence")], [("Lunch", ["phone"])])
    lunch.refresh_from_db()
    assert lunch.summary == "Our own words."
    field = ChangeField.objects.get()
    assert (field.state, field.old_value, field.new_value) == (FieldState.CONFLICT, "Our own words.", "Their newer words.")
    assert import_listings(newer, by=system).conflicts == []

    moderation.accept_field(field, by=editor, seen_version=lunch.version)
    lunch.refresh_from_db()
    assert lunch.summary == "Their newer words."
    import_listings(newer, by=system)
    import_listings(write(tmp_path, {**LUNCH, "summary": "Newest words.", "phone": "01484 111222"}), by=system)
    lunch.refresh_from_db()
    assert lunch.summary == "Newest words."
    assert Change.objects.count() == 1


def test_a_declined_value_is_not_put_up_again(tmp_path: Path, system: User, editor: User) -> None:
    import_listings(write(tmp_path, LUNCH), by=system)
    listings.set_fields(Service.objects.get(), {"summary": "Our own words."}, by=editor)
    newer = write(tmp_path, {**LUNCH, "summary": "Their newer words."})
    import_listings(newer, by=system)
    moderation.decline_field(ChangeField.objects.get(), by=editor, reason="Ours is right.")
    assert import_listings(newer, by=system).conflicts == []
    assert Service.objects.get().summary == "Our own words."


def test_a_value_that_the_source_took_away_is_put_up_once(tmp_path: Path, system: User, editor: User) -> None:
    head = [*HEAD, "cost", "min_age"]
    import_listings(write(tmp_path, {**LUNCH, "cost": "free", "min_age": "60"}, head=head), by=system)
    listings.set_fields(Service.objects.get(), {"is_free": False, "min_age": "55"}, by=editor)
    bare = write(tmp_path, {**LUNCH, "cost": "", "min_age": ""}, head=head)
    assert len(import_listings(bare, by=system).conflicts) == 2
    assert import_listings(bare, by=system).conflicts == []


def test_a_claimed_listing_is_the_groups_own(tmp_path: Path, system: User, partner: User) -> None:
    import_listings(write(tmp_path, LUNCH), by=system)
    listings.add_member(Organisation.objects.get(name="Golcar Club"), partner, by=system)
    report = import_listings(write(tmp_path, {**LUNCH, "phone": "01484 111222"}), by=system)
    assert (report.conflicts, report.changed) == ([("Lunch", "Phone")], [])


BAD = [
    ({"needs": "nutrision"}, "needs", "Did you mean nutrition?"),
    ({"postcode": "HD7 5AAAA"}, "postcode", "not a full postcode"),
    ({"opening": "Tuesdays at noon"}, "opening", "Write it like this"),
    ({"opening": "Tu 10:00-12:00; Tu 11:00-13:00"}, "opening", "at once"),
    ({"area_served": "Atlantis"}, "area_served", "Write a half postcode"),
    ({"phone": "ring the bell"}, "phone", "is not a telephone number"),
    ({"delivery": "pigeon"}, "delivery", "Choose out of"),
    ({"source_date": "last year"}, "source_date", "is not a date"),
    ({"source_date": "9999-12-31"}, "source_date", "no day on which"),
    ({"summary": "x" * 100_001}, "(all)", "summary is longer than"),
    ({"name": ""}, "name", "blank"),
    ({"summary": ""}, "summary", "plain sentence"),
    ({"source_id": "lunch"}, "source_id", "the same listing as row 2"),
]


@pytest.mark.parametrize(("fault", "column", "words"), BAD)
def test_a_bad_row_is_one_clear_line_and_stops_the_file(
    tmp_path: Path, system: User, fault: dict[str, str], column: str, words: str
) -> None:
    file = write(tmp_path, LUNCH, {**BINGO, **fault})
    report = import_listings(file, by=system)
    assert (report.stopped, Service.objects.count()) == (True, 0)
    (line,) = (str(bad) for bad in report.bad)
    assert line.startswith(f"services.csv, row 3, column {column}: ")
    assert words in line
    assert "\n" not in line
    skipped = import_listings(file, by=system, skip_bad=True)
    assert (skipped.made, len(skipped.bad)) == (["Lunch"], 1)


def test_a_row_with_a_stray_comma_is_bad(tmp_path: Path, system: User) -> None:
    file = tmp_path / "services.csv"
    file.write_text("name,summary\nLunch,A hot, cheap lunch\n", encoding="utf-8")
    (bad,) = import_listings(file, by=system).bad
    assert "3 cells under 2 headings" in str(bad)


def test_blank_lines_and_odd_separators_count_as_a_spreadsheet_counts_them(tmp_path: Path, system: User) -> None:
    """A blank line is a row there, and what Word puts into a cell in the place of a line end is none."""
    file = tmp_path / "services.csv"
    text = (
        'name,summary,phone\r\n\r\nLunch,A hot\u2028lunch.\x0bCome.,\r\n,,\r\n"Tea","Two\r\nlines\x85",\r\nBingo,Words.,ring the bell\r\n'
    )
    file.write_bytes(text.encode())
    report = import_listings(file, by=system, skip_bad=True)
    (bad,) = report.bad
    assert str(bad).startswith("services.csv, row 6, column phone: ")
    assert report.made == ["Lunch", "Tea"]


def test_a_file_of_endless_rows_is_one_sentence(tmp_path: Path, system: User) -> None:
    file = tmp_path / "services.csv"
    file.write_bytes(b"name,summary\n" + b",\n" * 150_000)
    with pytest.raises(BadFile, match="more than 100,000 rows"):
        import_listings(file, by=system)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"name,summary\nCaf\xe9,x\n", "line 2: the letters are not in UTF-8"),
        (b"name,name,summary\nA,B,C\n", "is there twice"),
        (b"title,summary\nA,B\n", "name is missing"),
        (b"name,needs\nA,B\n", "summary or description is missing"),
        (b"name,summary,colour\nA,B,red\n", "do not know the heading"),
        (b'name,summary\nA,"B\n', "quotation mark"),
        (b"name,summary\nA\0,B\n", "not a text file"),
        (b"PK\x03\x04\xff\xfe", "no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel"),
        (b"%PDF-1.7", "a PDF"),
        (b" <!DOCTYPE html><title>Log in</title>", "a web page"),
        ("name,summary\nA,B\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_one_sentence(tmp_path: Path, system: User, raw: bytes, words: str) -> None:
    file = tmp_path / "services.csv"
    file.write_bytes(raw)
    with pytest.raises(BadFile, match=words) as caught:
        import_listings(file, by=system)
    assert "\n" not in str(caught.value)
    with pytest.raises(CommandError):
        call_command("import_listings", str(file))


def test_a_file_that_is_not_there(tmp_path: Path, system: User) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(BadFile, match="cannot be read"):
            import_listings(path, by=system)


def test_without_ids_the_place_tells_two_listings_apart(tmp_path: Path, system: User) -> None:
    head = ["name", "description", "lat", "lon", "address"]
    rows = [
        {"name": "Christ Church", "description": "A church.", "lat": "53.62", "lon": "-1.88"},
        {"name": "Christ Church", "description": "A church.", "lat": "53.65", "lon": "-1.80"},
        {"name": "Christ Church", "description": "A church.", "address": "Church Street, Golcar"},
    ]
    file = write(tmp_path, *rows, head=head)
    assert len(import_listings(file, by=system).made) == 3
    assert import_listings(file, by=system).unchanged == 3
    assert Organisation.objects.count() == 3


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(tmp_path, LUNCH, {**BINGO, "phone": "x"}))
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_listings", file)
    call_command("import_listings", file, "--skip-bad", "--dry-run")
    call_command("import_listings", file, "--skip-bad", "--source", "a list")
    assert "1 made" in capsys.readouterr().out
    assert Service.objects.count() == 1


def test_our_own_file_comes_in_whole(system: User) -> None:
    call_command("load_places")
    with OWN.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    report = import_listings(OWN, by=system)
    assert (len(report.made), [str(bad) for bad in report.bad]) == (len(rows), [])
    assert Service.objects.public().count() == len(rows)
    assert {slug for values in map(read_values, Service.objects.all()) for slug in values["needs"]} >= {
        "shopping",
        "friendships",
        "mobility",
    }


@pytest.mark.skipif(not KIRKLEES.exists() and not os.environ.get("CI"), reason="../shared/data is not beside this checkout")
def test_the_real_listings_come_in_whole(system: User) -> None:
    with KIRKLEES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    report = import_listings(KIRKLEES, by=system)
    assert (len(report.made), [str(bad) for bad in report.bad]) == (len(rows), [])
    placed = Service.objects.filter(at_locations__location__lat__isnull=False).distinct()
    assert placed.count() == sum(bool(row["lat"]) and row["address"] != "Online" for row in rows)
    assert [service.online for service in Service.objects.filter(name__contains="online drama")] == [True]
    assert sum(bool(read_values(service)["times"]) for service in Service.objects.all()) == sum(bool(row["opening"]) for row in rows)
    again = import_listings(KIRKLEES, by=system)
    assert (again.made, again.changed, again.conflicts, again.unchanged) == ([], [], [], len(rows))
