"""The states of an edited field: every pair of states and every relation, in the table and outside it."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory.accounts.roles import Relation
from directory.change_states import FIELD, FIELD_DECIDED, FIELD_SHOWN, FIELD_UNDECIDED, ChangeState, FieldState, change_state
from directory.states import NEW, WrongState

ALLOWED = {
    ("", "waiting"): {"owner", "moderator"},
    ("", "live"): {"owner", "moderator"},
    ("", "conflict"): {"system"},
    ("waiting", "accepted"): {"moderator"},
    ("waiting", "declined"): {"moderator"},
    ("waiting", "conflict"): {"moderator", "system"},
    ("conflict", "accepted"): {"moderator"},
    ("conflict", "declined"): {"moderator"},
    ("live", "undone"): {"moderator", "owner"},
}


@pytest.mark.parametrize(("source", "to"), list(product([NEW, *FieldState.values], FieldState.values)))
def test_every_pair_for_every_relation(source, to):
    for relation in Relation.values:
        if (source, to) not in ALLOWED:
            with pytest.raises(WrongState):
                FIELD.check(source, to, [relation])
        elif relation not in ALLOWED[source, to]:
            with pytest.raises(PermissionDenied):
                FIELD.check(source, to, [relation])
        else:
            assert FIELD.check(source, to, [relation]).to == to


def test_declining_needs_a_reason_in_words():
    decline = FIELD.find("waiting", "declined")
    decline.require({"reason": "The opening times on your own page differ."}, ["moderator"])
    with pytest.raises(ValidationError):
        decline.require({"reason": ""}, ["moderator"])


def test_the_sets_part_the_states():
    assert FIELD_UNDECIDED | FIELD_DECIDED | {FieldState.LIVE} == set(FieldState)
    assert not FIELD_UNDECIDED & FIELD_DECIDED
    assert {"live", "accepted"} == FIELD_SHOWN


def test_a_change_is_decided_when_its_last_field_is():
    assert change_state(["accepted", "waiting"]) == ChangeState.UNDECIDED
    assert change_state(["accepted", "conflict"]) == ChangeState.UNDECIDED
    assert change_state(["accepted", "declined", "live", "undone"]) == ChangeState.DECIDED
