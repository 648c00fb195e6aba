"""References: named, asked, answered, by the table, and locked away."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.models import Reference, Task
from matching.volunteer_states import REFERENCE, ReferenceState
from matching.volunteering.missing import missing
from matching.volunteering.references import MOST, answer_reference, ask_reference, letter, name_reference
from tests import factories

pytestmark = pytest.mark.django_db


def named(volunteer=None, **fields) -> Reference:
    values = {"name": "Rita Canaryref", "reached_at": "01484 496001", "relation": "neighbour", "by": factories.coordinator(), **fields}
    return name_reference(volunteer or factories.volunteer(), **values)


def brought_to(state: str) -> Reference:
    by, row = factories.coordinator(), named()
    if state != ReferenceState.NAMED:
        row = ask_reference(row, by=by)
    return answer_reference(row, state, by=by, note="Said so") if state not in ("named", "asked") else row


@pytest.mark.parametrize(("before", "to"), list(product(ReferenceState, ReferenceState)))
def test_only_moves_of_the_table(before, to):
    row, by = brought_to(before), factories.coordinator()
    verb = (lambda: ask_reference(row, by=by)) if to == "asked" else (lambda: answer_reference(row, to, by=by, note="Said so"))
    if any((move.source, move.to) == (before, to) for move in REFERENCE.moves):
        assert verb().state == to
    else:
        with pytest.raises((WrongState, ValidationError)):
            verb()
        assert Reference.objects.get(pk=row.pk).state == before
    assert verify() == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_the_volunteer_and_coordinators_name_one_and_only_coordinators_ask(role):
    volunteer, row, by = factories.volunteer(), named(), factories.user(role)
    for attempt in (
        lambda: named(volunteer, by=by),
        lambda: ask_reference(row, by=by),
        lambda: answer_reference(row, "given", by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert named(volunteer, by=volunteer.user).volunteer == volunteer


def test_names_are_not_readable_in_the_database_and_never_in_the_journal():
    row = answer_reference(named(), "doubts", by=factories.coordinator(), note="Canarydoubt")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, reached_at, relation, note FROM matching_reference")
        stored = str(cursor.fetchall())
    told = str(list(Event.objects.about(row).values_list("codes", flat=True)))
    for word in ("Canaryref", "496001", "neighbour", "Canarydoubt"):
        assert word not in stored
        assert word not in told


def test_two_given_are_enough_and_doubts_are_told():
    volunteer, by = factories.volunteer(), factories.coordinator()
    rows = [named(volunteer, reached_at=f"01484 49600{number}") for number in range(3)]
    assert "0 of 2 references given, 3 still to answer." in [each.words for each in missing(volunteer)]
    for row in rows[:2]:
        answer_reference(row, "given", by=by)
    assert not [each for each in missing(volunteer) if each.code.startswith("reference")]
    answer_reference(rows[2], "doubts", by=by, note="Late")
    assert [each.code for each in missing(volunteer) if each.code.startswith("reference")] == ["reference_doubts"]


@pytest.mark.parametrize(("fields", "key"), [({"name": " "}, "name")])
def test_a_reference_has_a_name(fields, key):
    with pytest.raises(ValidationError) as caught:
        named(**fields)
    assert list(caught.value.message_dict) == [key]


def test_doubts_are_written_down_and_names_have_an_end():
    with pytest.raises(ValidationError):
        answer_reference(named(), "doubts", by=factories.coordinator())
    volunteer = factories.volunteer()
    for number in range(MOST):
        named(volunteer, name=f"Rita {number}")
    with pytest.raises(ValidationError):
        named(volunteer)


def test_a_name_that_is_sent_twice_is_written_down_once():
    volunteer = factories.volunteer()
    assert named(volunteer) == named(volunteer)
    assert named(volunteer, name="Rita Other").pk != named(volunteer, reached_at="").pk
    assert Reference.objects.count() == Event.objects.of_kind("reference.named").count() == 3


def test_the_letter_names_both_and_how_to_answer():
    row = named(factories.volunteer(name="Vera Canary"))
    for words in ("Rita Canaryref", "Vera Canary", "ring"):
        assert words in letter(row)


def test_who_was_asked_and_has_not_answered_after_two_weeks_stands_on_the_list_until_they_have():
    by, row = factories.coordinator(), named()
    row = ask_reference(row, by=by)
    task = Task.objects.get(volunteer=row.volunteer)
    assert (task.kind, task.due_on, task.state) == ("reference", clock.today() + timedelta(days=14), "open")
    assert row.name not in task.words
    row = answer_reference(row, "no_answer", by=by)
    with clock.held_at(clock.now() + timedelta(days=20)):
        ask_reference(row, by=by)
    assert list(Task.objects.order_by("due_on").values_list("state", flat=True)) == ["dropped", "open"]
    assert verify() == []
