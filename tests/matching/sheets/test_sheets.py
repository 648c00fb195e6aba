"""The co-op's own spreadsheets: tried without a trace, brought in whole, twice the same is nothing; and what goes out again."""

import csv
import io
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from openpyxl import Workbook

from directory import clock
from directory.accounts.roles import Role
from directory.imports.faults import BadFile
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import matches
from matching.agreements import valid_agreement, withdraw_agreement
from matching.casework.merging import merge_people
from matching.models import Ask, Look, Match, Person, Sheet, Volunteer
from matching.people import correct_person
from matching.sheets.columns import COLUMNS
from matching.sheets.flow import bring_in, drop_sheet, forget_some, try_sheet, wrong_rows
from matching.sheets.going_out import go_out
from matching.sheets.reading import read_sheet
from matching.volunteers import set_status
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
PEOPLE = [
    ["external_id", "name", "phone", "postcode", "receives_care", "needs_help_because", "languages", "animals"],
    ["P1", "Ada Canary", "01484 496000", "HD7 5AA", "no", "yes", "English, Urdu", "Dog"],
    ["P2", "Bob Canary", "", "", "", "", "", ""],
]
VOLUNTEERS = [
    ["external_id", "name", "status", "postcode", "activities", "times", "miles", "people", "date_of_birth", "interests", "car"],
    [
        "V1",
        "Vera Wren",
        "active",
        "HD7 5AA",
        "Go shopping together; they pay",
        "Tu 10:00-12:00; Th 14:00-16:00",
        "3",
        "2",
        "17/05/1980",
        "Footie",
        "yes",
    ],
    ["V2", "Zoe Wren", "", "", "", "", "", "", "", "", ""],
]
VOLUNTEERS[1][4] = "shop-together"
CHECKS = [["volunteer", "level", "seen_on", "recheck_due"], ["V1", "basic", "2026-01-05", "05/01/2029"]]
PAIRS = [["person", "volunteer", "activity", "often", "minutes"], ["P1", "V1", "shop-together", "weekly", "60"]]


def rows_of(kind: str, table: list[list[str]], tmp_path: Path) -> list[dict[str, str]]:
    path = tmp_path / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(table)
    return read_sheet(path, kind)


@pytest.fixture
def hand_in(tmp_path):
    """Try a table, and bring it in."""
    factories.postcode()
    factories.need("shopping")
    coordinator = factories.coordinator()

    def do(kind: str, table: list[list[str]], *, write: bool = True) -> Sheet:
        sheet = try_sheet(kind, rows_of(kind, table, tmp_path), by=coordinator)
        return bring_in(sheet, by=coordinator) if write else sheet

    return do


def told(sheet: Sheet) -> list[tuple[str, str]]:
    return [(each["row"], each["does"]) for each in sheet.outcome]


def test_a_trial_writes_nothing_but_itself_and_says_what_would_become_of_each_row(hand_in):
    sheet = hand_in("people", PEOPLE, write=False)
    assert told(sheet) == [("2", "new"), ("3", "new")]
    assert not Person.objects.exists()
    assert [event.kind for event in Event.objects.filter(object_type__startswith="matching.")] == ["sheet.read"]
    assert verify() == []


def test_everything_comes_in_and_the_same_file_again_changes_nothing(hand_in):
    for kind, table in (("people", PEOPLE), ("volunteers", VOLUNTEERS), ("checks", CHECKS)):
        assert {does for _, does in told(hand_in(kind, table))} == {"new"}
    ada, vera = Person.objects.get(external_id="P1"), Volunteer.objects.get(external_id="V1")
    assert (ada.name, ada.facts["receives_care"], ada.facts["needs_help_because"], ada.facts["animals"]) == (
        "Ada Canary",
        False,
        True,
        ["dog"],
    )
    assert (vera.status, vera.windows, vera.capacity, vera.has_car) == ("active", [[1, 600, 720], [3, 840, 960]], 2, True)
    assert vera.max_km == pytest.approx(4.828032)
    assert (vera.check_level, vera.check_seen_on.year, vera.recheck_due.year) == ("basic", 2026, 2029)
    factories.agreement(ada)
    assert told(hand_in("pairs", PAIRS)) == [("2", "new")]
    assert Match.objects.get().state == "active"
    before = Event.objects.exclude(object_type="matching.sheet").count()
    for kind, table in (("people", PEOPLE), ("volunteers", VOLUNTEERS), ("checks", CHECKS), ("pairs", PAIRS)):
        assert {does for _, does in told(hand_in(kind, table))} == {"same"}
    assert Event.objects.exclude(object_type="matching.sheet").count() == before
    assert (Person.objects.count(), Volunteer.objects.count(), Match.objects.count(), Ask.objects.count()) == (2, 2, 1, 1)
    assert verify() == []


def test_a_pair_is_told_to_the_journal_step_by_step_as_brought_in(hand_in):
    for kind, table in (("people", PEOPLE), ("volunteers", VOLUNTEERS), ("checks", CHECKS)):
        hand_in(kind, table)
    assert told(hand_in("pairs", PAIRS)) == [("2", "wrong")]
    assert not Match.objects.exists()
    assert not Ask.objects.exists()
    factories.agreement(Person.objects.get(external_id="P1"))
    hand_in("pairs", PAIRS)
    events = Event.objects.about(Match.objects.get()).order_by("seq")
    assert [(event.codes["to"], event.by_role, event.codes["imported"]) for event in events] == [
        ("offered", "coord", True),
        ("accepted", "volunteer", True),
        ("introduced", "coord", True),
        ("active", "coord", True),
    ]


def test_what_the_two_arrange_lets_a_pair_in_and_what_the_law_says_does_not(hand_in):
    far = factories.volunteer("shop-together", level="basic", max_km=0, windows=[[6, 0, 10]])
    low = factories.volunteer("shop-for-someone", level="basic")
    Volunteer.objects.filter(pk=far.pk).update(external_id="FAR")
    Volunteer.objects.filter(pk=low.pk).update(external_id="LOW")
    away = factories.postcode("HD7 6AB", (53.7, -1.9))
    person = factories.person(external_id="P9", postcode=away, facts={"receives_care": False})
    sheet = hand_in("pairs", [PAIRS[0], ["P9", "FAR", "shop-together", "weekly", "60"], ["P9", "LOW", "shop-for-someone", "weekly", "60"]])
    assert told(sheet) == [("2", "new"), ("3", "wrong")]
    assert "Too far" in sheet.outcome[0]["words"]
    assert "Check too low" in sheet.outcome[1]["words"]
    assert Match.objects.get().ask.person == person


@pytest.mark.parametrize(
    ("kind", "row", "columns"),
    [
        ("people", ["", "", "", "here", "maybe", "yes", "", ""], ("external_id", "name", "postcode", "receives_care")),
        ("volunteers", ["V1", "", "removed", "here", "flying", "x", "-1", "900", "May", "", "?"], tuple(VOLUNTEERS[0][1:9]) + ("car",)),
        ("volunteers", ["V7", "Wilf", "active", "here", "", "", "3", "900", "", "", ""], ("postcode", "people")),
        ("checks", ["V9", "none", "2999-01-01", "2028-01-01"], ("volunteer", "level", "seen_on", "recheck_due")),
        ("checks", ["", "basic", "soon", ""], ("volunteer", "seen_on", "recheck_due")),
        ("pairs", ["P9", "V9", "flying", "never", "long"], ("person", "volunteer", "activity", "often", "minutes")),
    ],
)
def test_everything_that_is_wrong_with_a_row_is_told_at_once(hand_in, kind, row, columns):
    headings = {"people": PEOPLE, "volunteers": VOLUNTEERS, "checks": CHECKS, "pairs": PAIRS}[kind][0]
    sheet = hand_in(kind, [headings, row])
    [outcome] = sheet.outcome
    assert outcome["does"] == "wrong"
    assert [name for name in headings if f"{name}: " in outcome["words"]] == [name for name in headings if name in columns]


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("people", {"name": ""}, "name"),
        ("people", {"external_id": ""}, "external_id"),
        ("people", {"receives_care": "maybe"}, "Write yes or no"),
        ("people", {"postcode": "here"}, "postcode"),
        ("volunteers", {"activities": "flying"}, "We do not know the activity"),
        ("volunteers", {"status": "removed"}, "do it at the desk"),
        ("volunteers", {"times": "someday"}, "times"),
        ("volunteers", {"miles": "far"}, "how many miles"),
        ("volunteers", {"people": "900"}, "people: Write how many people"),
        ("volunteers", {"miles": "900"}, "miles: Write how many miles they go, from 0 to 124."),
        ("volunteers", {"date_of_birth": "May"}, "Write the day"),
        ("checks", {"level": "enhanced_barred"}, "unlawful"),
        ("checks", {"seen_on": "2999-01-01"}, "still to come"),
        ("checks", {"volunteer": "V9"}, "We know no volunteer"),
        ("pairs", {"person": "P9"}, "We know nobody"),
        ("pairs", {"activity": "shop-together; listening"}, "one activity"),
        ("pairs", {"often": "never"}, "often"),
    ],
)
def test_a_row_that_is_wrong_is_told_and_leaves_nothing_while_the_others_come_in(hand_in, kind, change, words):
    tables = {"people": PEOPLE, "volunteers": VOLUNTEERS, "checks": CHECKS, "pairs": PAIRS}
    if kind in ("checks", "pairs"):
        hand_in("people", PEOPLE)
        hand_in("volunteers", VOLUNTEERS)
    headings, first, *rest = tables[kind]
    row = [change.get(name, cell) for name, cell in zip(headings, first, strict=True)]
    sheet = hand_in(kind, [headings, row, *rest])
    assert sheet.outcome[0]["does"] == "wrong"
    assert words in sheet.outcome[0]["words"]
    assert all(each["does"] == "new" for each in sheet.outcome[1:])
    columns, lines = wrong_rows(sheet)
    assert columns == [*headings, "what_is_wrong"]
    assert lines == [[*row, sheet.outcome[0]["words"]]]
    assert verify() == []


def test_nobody_under_18_comes_in_and_nothing_of_their_row_is_kept(hand_in, client):
    headings, born = ["external_id", "name", "phone", "date_of_birth"], f"{clock.today().year - 10}-01-01"
    young = ["P5", "Tom Canary", "01484 496555", born]
    # A row that has a second fault, and one whose number came before, are theirs all the same.
    table = [headings, young, ["P6", "Una Wren", "", "nonsense"], ["P5", "Tim Canary", "", born], ["", "Tam Canary", "", born]]
    sheet = hand_in("people", [*table, ["P7", "Ada Canary", "01484 496000", "1950-01-01"]], write=False)
    assert told(sheet) == [("2", "wrong"), ("3", "wrong"), ("4", "wrong"), ("5", "wrong"), ("6", "new")]
    sheet.refresh_from_db()
    assert [row["name"] for row in sheet.rows] == ["Una Wren", "Ada Canary"]
    assert all("under 18" in each["words"] for each in sheet.outcome if each["row"] in ("2", "4", "5"))
    assert [row[1] for row in wrong_rows(sheet)[1]] == ["Una Wren"]
    by = factories.coordinator()
    client.force_login(by)
    assert "the row that is not right" in client.get(f"/desk/sheets/{sheet.pk}/").content.decode()
    bring_in(sheet, by=by)
    sheet.refresh_from_db()
    assert told(sheet) == [("2", "wrong"), ("3", "wrong"), ("4", "wrong"), ("5", "wrong"), ("6", "new")]
    assert (sheet.counts["wrong"], sheet.counts["new"]) == (4, 1)
    assert [person.name for person in Person.objects.all()] == ["Ada Canary"]
    assert verify() == []


def test_a_child_who_is_on_record_already_is_told(hand_in):
    factories.person(external_id="P5")
    sheet = hand_in("people", [["external_id", "date_of_birth"], ["P5", f"{clock.today().year - 10}-01-01"]], write=False)
    assert "written down already" in sheet.outcome[0]["words"]


def test_a_sheet_of_under_18s_alone_keeps_no_row_and_offers_no_file(hand_in, client):
    sheet = hand_in("people", [["external_id", "date_of_birth"], ["P5", f"{clock.today().year - 10}-01-01"]], write=False)
    assert (sheet.rows, told(sheet)) == ([], [("2", "wrong")])
    client.force_login(factories.coordinator())
    assert "Download" not in client.get(f"/desk/sheets/{sheet.pk}/").content.decode()


def test_a_gender_in_other_words_is_ours_and_a_strange_one_is_told(hand_in):
    table = [
        ["external_id", "name", "gender", "languages"],
        ["V1", "Vera Wren", "Female", "British Sign Language, en"],
        ["V2", "Zoe", "Frau", ""],
    ]
    sheet = hand_in("volunteers", table)
    assert told(sheet) == [("2", "new"), ("3", "wrong")]
    assert "woman, man, another" in sheet.outcome[1]["words"]
    vera = Volunteer.objects.get()
    assert (vera.facts["gender"], vera.languages) == ("woman", ["bsl", "english"])
    assert told(hand_in("volunteers", table)) == [("2", "same"), ("3", "wrong")]


def test_a_change_is_told_by_its_columns_and_an_empty_cell_changes_nothing(hand_in):
    hand_in("people", PEOPLE)
    changed = hand_in("people", [PEOPLE[0], ["P1", "", "01484 496777", "", "", "", "", ""], PEOPLE[2]])
    assert changed.outcome[0] == {"row": "2", "does": "changed", "words": "phone"}
    ada = Person.objects.get(external_id="P1")
    assert (ada.name, ada.phone, ada.postcode, ada.facts["languages"]) == ("Ada Canary", "01484 496777", "HD7 5AA", ["english", "urdu"])


def test_one_number_twice_in_a_file_is_wrong_the_second_time(hand_in):
    sheet = hand_in("people", [*PEOPLE, PEOPLE[1]])
    assert told(sheet) == [("2", "new"), ("3", "new"), ("4", "wrong")]


def test_a_newer_check_is_not_overwritten_by_an_older_one(hand_in):
    hand_in("volunteers", VOLUNTEERS)
    hand_in("checks", CHECKS)
    assert told(hand_in("checks", [CHECKS[0], ["V1", "basic", "2025-01-05", "2028-01-05"]])) == [("2", "wrong")]
    assert told(hand_in("checks", [CHECKS[0], ["V1", "basic", "2026-02-05", "2029-02-05"]])) == [("2", "changed")]


def test_rows_are_locked_away_and_gone_after_a_month(hand_in):
    sheet = hand_in("people", PEOPLE, write=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM matching_sheet")
        stored = str(cursor.fetchall())
    assert "Canary" not in stored
    with clock.held_at(clock.now() + timedelta(days=29)):
        forget_some()
    assert Sheet.objects.filter(pk=sheet.pk).exists()
    with clock.held_at(clock.now() + timedelta(days=31)):
        assert forget_some()
    assert not Sheet.objects.exists()
    assert verify() == []


def test_it_is_brought_in_once_and_what_is_thrown_away_is_gone(hand_in):
    by = factories.coordinator()
    sheet = hand_in("people", PEOPLE)
    for verb in (bring_in, drop_sheet):
        with pytest.raises(WrongState):
            verb(sheet, by=by)
    other = drop_sheet(hand_in("people", PEOPLE, write=False), by=by)
    other.refresh_from_db()
    assert (other.rows, other.outcome) == ([], [])


def test_two_clicks_at_the_same_moment_bring_it_in_once(each_store, tmp_path):
    by = factories.coordinator()
    factories.postcode()
    sheet = try_sheet("people", rows_of("people", PEOPLE, tmp_path), by=by)
    answers = at_once([lambda: bring_in(sheet, by=by) for _ in range(3)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Sheet", "WrongState", "WrongState"]
    assert Person.objects.count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators(role, tmp_path):
    by, sheet = (
        factories.user(role),
        try_sheet("people", rows_of("people", PEOPLE[:1] + [["P3", "Cy"] + [""] * 6], tmp_path), by=factories.coordinator()),
    )
    for attempt in (
        lambda: try_sheet("people", [], by=by),
        lambda: bring_in(sheet, by=by),
        lambda: drop_sheet(sheet, by=by),
        lambda: go_out("people", by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    client = Client()
    client.force_login(by)
    assert {client.get(path).status_code for path in ("/desk/sheets/", "/desk/export/", f"/desk/sheets/{sheet.pk}/wrong/")} == {403}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nAda\n", "external_id is missing"),
        ("external_id,name,shoe size\nP1,Ada,5\n", "shoe"),
        ("external_id,external_id\nP1,P1\n", "twice"),
        ("external_id,name\n", "no rows"),
        ("%PDF-1.4", "PDF"),
        ('external_id,name\nP1,"Ada\n', "quotation mark"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "file.csv"
    path.write_text(text)
    with pytest.raises(BadFile) as caught:
        read_sheet(path, "people")
    assert words in str(caught.value)


def test_a_workbook_counts_its_rows_as_a_spreadsheet_program_does(tmp_path, hand_in):
    book = Workbook()
    for row in ([*PEOPLE[0][:2], "date_of_birth"], ["P1", "Ada", clock.today() - timedelta(days=30000)], [None] * 3, ["P2", None, None]):
        book.active.append(row)
    path = tmp_path / "file.xlsx"
    book.save(path)
    sheet = try_sheet("people", read_sheet(path, "people"), by=factories.coordinator())
    assert told(sheet) == [("2", "new"), ("4", "wrong")]


def test_from_the_page_to_the_desk_and_out_again(tmp_path):
    factories.postcode()
    client = Client()
    client.force_login(factories.coordinator())
    for kind in COLUMNS:
        headings = b"".join(client.get(f"/desk/sheets/headings/?kind={kind}").streaming_content).decode("utf-8-sig")
        assert headings.strip().split(",") == [column.name for column in COLUMNS[kind]]
    assert client.get("/desk/sheets/headings/?kind=cats").status_code == 404
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [*PEOPLE, ["P4", "", "", "", "", "", "", ""]])

    def send(content: bytes, kind: str = "people") -> Any:
        return client.post("/desk/sheets/", {"kind": kind, "file": SimpleUploadedFile("x.csv", content)})

    assert send(b"%PDF").status_code == 400
    assert send(text.encode(), kind="").status_code == 400
    address = send(text.encode())["Location"]
    page = client.get(address).content.decode()
    assert "Bring in 2 rows" in page
    assert "Row 4" in page
    assert "Canary" not in page
    file = b"".join(client.get(f"{address}wrong/").streaming_content).decode()
    assert "P4" in file
    assert "P1" not in file
    assert Look.objects.get().where == "desk-sheet-wrong"
    client.post(f"{address}decide/", {"do": "nonsense"})
    assert not Person.objects.exists()
    for words in ("Brought in.", "These rows were brought in already. Nothing was done twice."):
        assert words in client.post(f"{address}decide/", {"do": "bring-in"}, follow=True).content.decode()
    assert Person.objects.count() == 2
    assert "Brought in" in client.get(address).content.decode()
    assert "People" in client.get("/desk/sheets/").content.decode()


def test_the_command_tries_and_with_write_brings_in(tmp_path):
    factories.postcode()
    by = factories.coordinator()
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(PEOPLE)
    out = io.StringIO()
    call_command("import_sheet", "people", str(path), by=by.email, stdout=out)
    assert "Tried, nothing is written: 2 new" in out.getvalue()
    assert not Person.objects.exists()
    call_command("import_sheet", "people", str(path), by=by.email, write=True, stdout=out)
    assert "Brought in: 2 new" in out.getvalue()
    assert Person.objects.count() == 2
    assert "Canary" not in out.getvalue()
    for wrong in ({"by": "nobody@example.org"}, {"by": factories.user(Role.EDITOR).email}):
        with pytest.raises(CommandError):
            call_command("import_sheet", "people", str(path), **wrong)


def test_what_goes_out_has_numbers_and_no_names_and_that_it_did_is_kept(hand_in):
    for kind, table in (("people", PEOPLE), ("volunteers", VOLUNTEERS), ("checks", CHECKS)):
        hand_in(kind, table)
    factories.agreement(Person.objects.get(external_id="P1"))
    factories.person(name="Nemo Canary")
    hand_in("pairs", PAIRS)
    by = factories.coordinator()
    client = Client()
    client.force_login(by)
    assert "Left out" in client.get("/desk/export/").content.decode()
    files = {
        kind: b"".join(client.post("/desk/export/", {"kind": kind}).streaming_content).decode()
        for kind in ("people", "volunteers", "pairs", "visits")
    }
    for words in ("Canary", "Wren", "01484", "HD7"):
        assert all(words not in file for file in files.values())
    assert files["people"].count("\n") == 3
    assert f"P1,cared_for,no,1,{clock.today()},phone," in files["people"]
    assert "V1,V-101,active" in files["volunteers"]
    assert "P1,V1,shop-together,weekly,60,active" in files["pairs"]
    kept = Event.objects.of_kind("desk.exported").order_by("seq")
    assert [(event.by_id, event.codes["file"]) for event in kept] == [(by.pk, kind) for kind in files]
    assert client.post("/desk/export/", {"kind": "cats"}).status_code == 404


def test_what_goes_out_of_whom_not_to_contact_comes_in_again(hand_in):
    table = [["external_id", "name", "do_not_contact"], ["P1", "Ada Canary", "yes"], ["P2", "Bob Wren", "no"]]
    assert told(hand_in("people", table)) == [("2", "new"), ("3", "new")]
    assert [row[2] for row in go_out("people", by=factories.coordinator())[1:]] == ["yes", "no"]
    assert told(hand_in("people", table)) == [("2", "same"), ("3", "same")]


def test_a_list_that_says_not_to_contact_somebody_stops_what_waits_and_never_takes_it_back(hand_in):
    hand_in("people", PEOPLE)
    ada = Person.objects.get(external_id="P1")
    factories.agreement(ada)
    match = matches.offer(
        factories.ask(ada, activity="shop-together"), factories.volunteer("shop-together", level="basic"), by=factories.coordinator()
    )
    sheet = hand_in("people", [["external_id", "do_not_contact"], ["P1", "yes"]])
    assert sheet.outcome[0]["words"] == "do_not_contact"
    ada.refresh_from_db()
    match.refresh_from_db()
    assert (ada.do_not_contact, match.state) == (True, "lapsed")
    sheet = hand_in("people", [["external_id", "do_not_contact"], ["P1", "no"]])
    assert told(sheet) == [("2", "wrong")]
    assert "at the desk" in sheet.outcome[0]["words"]
    ada.refresh_from_db()
    assert ada.do_not_contact
    assert verify() == []


def test_who_may_be_written_down_already_is_told_and_still_comes_in(hand_in):
    factories.person(name="Ada Canary", phone="01484 496000", external_id="OLD")
    factories.person(name="Eve Finch", phone="01484 496999", external_id=None)
    rows = [
        ["P1", "Ada Canary", "01484 496000"],
        ["P2", "Bob Wren", "01484 496111"],
        ["P3", "bob  wren", "01484496111"],
        # A couple with one telephone, and a name that many have.
        ["P4", "Bess Wren", "01484 496111"],
        ["P5", "Bob Wren", "01484 496222"],
        ["P6", "Eve Finch", "01484 496999"],
    ]
    sheet = hand_in("people", [["external_id", "name", "phone"], *rows], write=False)
    assert [each["does"] for each in sheet.outcome] == ["new"] * 6
    words = [each["words"] for each in sheet.outcome]
    assert words[0] == "Possibly the same as OLD, who is written down already: the same phone and the same name."
    assert words[2] == "Possibly the same as row 3: the same phone and the same name."
    assert words[5] == "Possibly the same as somebody who is written down already: the same phone and the same name."
    assert [words[place] for place in (1, 3, 4)] == ["", "", ""]
    assert [each["does"] for each in bring_in(sheet, by=factories.coordinator()).outcome] == ["new"] * 6


@pytest.mark.parametrize(("now", "told_status"), [("removed", "applied"), ("left", "active"), ("checking", "active"), ("paused", "active")])
def test_an_old_list_undoes_no_decision_of_the_desk(hand_in, now, told_status):
    hand_in("volunteers", VOLUNTEERS)
    vera = Volunteer.objects.get(external_id="V1")
    set_status(vera, now, by=factories.coordinator(), reason="harm" if now == "removed" else "")
    sheet = hand_in("volunteers", [["external_id", "status"], ["V1", told_status]], write=False)
    assert [does for _, does in told(sheet)] == ["wrong"]
    assert Volunteer.objects.get(pk=vera.pk).status == now


AGREED = [["external_id", "name", "postcode", "receives_care", "needs_help_because", "agreed_on", "agreed_how", "communication_codes"]]


def test_whoever_agreed_on_the_list_is_paired_from_the_list_and_goes_out_again(hand_in):
    hand_in("volunteers", VOLUNTEERS)
    hand_in("checks", CHECKS)
    factories.confirmed("shop-together")
    table = [*AGREED, ["P1", "Ada Canary", "HD7 5AA", "no", "yes", "05/01/2026", "in person", "Large print; bsl"]]
    assert told(hand_in("people", table)) == [("2", "new")]
    assert told(hand_in("people", table)) == [("2", "same")]
    person = Person.objects.get(external_id="P1")
    agreement = person.agreements.get()
    assert (clock.local(agreement.at).date().isoformat(), agreement.how, agreement.given_by) == ("2026-01-05", "in_person", "person")
    assert person.contact["codes"] == ["large-print", "bsl"]
    assert told(hand_in("pairs", PAIRS)) == [("2", "new")]
    assert go_out("people", by=factories.coordinator())[1][4:] == [date(2026, 1, 5), "in_person", "large-print, bsl"]


def test_a_list_from_before_does_not_undo_a_no(hand_in):
    table = [*AGREED, ["P1", "Ada Canary", "", "", "", "05/01/2026", "phone", ""]]
    hand_in("people", table)
    person = Person.objects.get()
    withdraw_agreement(person.agreements.get(), by=factories.coordinator())
    sheet = hand_in("people", table)
    assert told(sheet) == [("2", "same")]
    assert "taken their yes back" in sheet.outcome[0]["words"]
    assert valid_agreement(person, None) is None


@pytest.mark.parametrize(
    ("on", "how", "codes", "named"),
    [
        ("05/01/2026", "", "", "agreed_how"),
        ("", "phone", "", "agreed_on"),
        ("05/01/2126", "phone", "", "agreed_on"),
        ("05/01/2026", "by owl", "", "agreed_how"),
        ("", "", "semaphore", "communication_codes"),
    ],
)
def test_a_yes_or_a_code_that_cannot_be_is_told_by_its_column(hand_in, on, how, codes, named):
    sheet = hand_in("people", [*AGREED, ["P1", "Ada Canary", "", "", "", on, how, codes]])
    assert told(sheet) == [("2", "wrong")]
    assert named in sheet.outcome[0]["words"]
    assert not Person.objects.exists()


def test_a_list_and_the_desk_at_once_do_not_wait_in_a_circle(each_store, tmp_path):
    by = factories.coordinator()
    factories.postcode()
    rows = rows_of("people", [["external_id", "name", "notes"], *[[f"P{number}", "Ada Canary", "x"] for number in range(6)]], tmp_path)
    bring_in(try_sheet("people", rows, by=by), by=by)
    again = rows_of("people", [["external_id", "notes"], *[[f"P{number}", "y"] for number in range(6)]], tmp_path)
    sheet, people = try_sheet("people", again, by=by), list(Person.objects.order_by("pk"))
    doings = [partial(correct_person, person, by=by, notes="z") for person in reversed(people)]
    answers = at_once(
        [partial(bring_in, sheet, by=by), *doings, partial(merge_people, people[0], people[-1], by=by, chosen={"external_id": "kept"})]
    )
    assert [each for each in answers if isinstance(each, Exception) and not isinstance(each, WrongState)] == []
