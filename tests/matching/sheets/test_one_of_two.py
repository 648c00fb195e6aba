"""A list that still has somebody twice, after their two records became one; and cells that are longer than their columns."""

import json
from typing import Any

import pytest

from matching.agreements import withdraw_agreement
from matching.casework.forgetting import forget_young, mark_of
from matching.casework.merging import merge_people
from matching.models import Agreement, Person, Sheet, Volunteer
from matching.people import find_people
from matching.sheets.flow import bring_in, try_sheet
from matching.sheets.going_out import go_out, left_out
from tests import factories

pytestmark = pytest.mark.django_db
BOTH = [
    {"external_id": "P-1", "name": "Tim Wren", "phone": "01632 960801", "agreed_on": "2026-01-05", "agreed_how": "phone"},
    {"external_id": "P-2", "name": "Timothy Wren", "phone": "01632 960801", "agreed_on": "2026-01-05", "agreed_how": "phone"},
]


def hand_in(by: Any, kind: str, rows: list[dict[str, str]], *, write: bool = True) -> Sheet:
    sheet = try_sheet(kind, [{"row": str(place), "fault": "", **row} for place, row in enumerate(rows, start=2)], by=by)
    return bring_in(sheet, by=by) if write else sheet


@pytest.fixture(params=["kept", "other"])
def joined(request: Any) -> tuple[Any, Person, Sheet]:
    """Who works at the desk, somebody who came twice in one list and is one record by now, and the list."""
    by = factories.coordinator()
    sheet = hand_in(by, "people", BOTH)
    one, other = (Person.objects.get(external_id=row["external_id"]) for row in BOTH)
    merge_people(one, other, by=by, chosen={"external_id": request.param, "name": "kept"})
    return by, Person.objects.get(pk=one.pk), sheet


def test_the_second_number_makes_nobody_anew_and_undoes_no_choice(joined: Any) -> None:
    by, person, _ = joined
    for agreement in Agreement.objects.filter(person=person, withdrawn_at=None):
        withdraw_agreement(agreement, by=by)
    again = hand_in(by, "people", BOTH)
    told = {each["row"]: each["does"] for each in again.outcome}
    assert sorted(told.values()) == ["same" if person.external_id == "P-1" else "changed", "wrong"]
    assert [row["words"] for row in again.outcome if row["does"] == "wrong" and person.external_id in row["words"]]
    assert Person.objects.filter(merged_into=None).get() == person
    assert not Agreement.objects.filter(withdrawn_at=None).exists()
    assert [row[0] for row in go_out("people", by=by)[1:]] == [person.external_id]
    assert left_out()["people"] == 0


def test_they_are_found_by_both_numbers(joined: Any) -> None:
    by, person, _ = joined
    for row in BOTH:
        assert find_people(row["external_id"], by=by) == [person]


def test_whoever_is_forgotten_goes_from_the_list_with_both_rows(joined: Any) -> None:
    by, person, sheet = joined
    forget_young(person, by=by, mark=mark_of(person))
    sheet.refresh_from_db()
    assert "Wren" not in json.dumps(sheet.rows)


@pytest.mark.parametrize(("column", "most"), [("village", 60), ("external_id", 40)])
def test_a_cell_of_a_volunteer_that_is_too_long_is_told_by_its_column_and_stops_no_other_row(column: str, most: int) -> None:
    rows = [
        {"external_id": "V-1", "name": "Vera Wren", "village": "Golcar", column: "x" * (most + 1)},
        {"external_id": "V-2", "name": "Zoe"},
    ]
    sheet = hand_in(factories.coordinator(), "volunteers", rows)
    assert [each["does"] for each in sheet.outcome] == ["wrong", "new"]
    assert column in sheet.outcome[0]["words"]
    assert str(most) in sheet.outcome[0]["words"]
    assert Volunteer.objects.get().external_id == "V-2"
