"""The mechanism behind every table of states."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import TextChoices

from directory.states import NEW, Table, WrongState, moves


class Light(TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    BROKEN = "broken", "Broken"


SIDES = {"walker": frozenset({"late", "cold"}), "driver": frozenset({"late"})}
LIGHT = Table(
    "light",
    Light,
    moves(NEW, to=Light.RED, by=["town"]),
    moves(Light.RED, to=Light.GREEN, by=["walker", "driver"], needs=["reason"], reasons=SIDES),
    moves(Light.RED, Light.GREEN, to=Light.BROKEN, by=["driver"], needs=["note", "photos"]),
)


def test_a_move_in_the_table_is_given_to_those_whose_it_is():
    assert LIGHT.check("red", "green", ["walker", "stranger"]).to == Light.GREEN
    assert LIGHT.check(NEW, "red", {"town"}).source == NEW


def test_a_pair_that_does_not_exist_is_told_before_whose_it_would_be():
    with pytest.raises(WrongState, match='A light that is "Green" cannot become "Red"'):
        LIGHT.check("green", "red", ["town"])
    with pytest.raises(WrongState, match="A new light"):
        LIGHT.check(NEW, "green", [])
    with pytest.raises(WrongState):
        LIGHT.check("red", "purple", ["walker"])
    with pytest.raises(WrongState):
        LIGHT.check("red", "red", ["walker"])


def test_a_pair_that_is_somebody_elses_is_denied():
    for relations in ([], ["town"], ["driverless"]):
        with pytest.raises(PermissionDenied):
            LIGHT.check("red", "green", relations)


def test_the_open_moves_are_the_buttons():
    assert [move.to for move in LIGHT.open_to("red", ["driver"])] == ["green", "broken"]
    assert [move.to for move in LIGHT.open_to("red", ["walker"])] == ["green"]
    assert LIGHT.open_to("broken", ["driver", "walker", "town"]) == ()


def test_reasons_go_by_the_side_that_gives_them():
    green = LIGHT.find("red", "green")

    assert green.reasons_for(["driver"]) == {"late"}
    assert green.reasons_for(["driver", "walker"]) == {"late", "cold"}
    assert green.reasons_for(["town"]) == frozenset()
    assert green.sides(["driver", "walker"], "cold") == {"walker"}
    assert green.sides(["driver", "walker", "town"], "late") == {"driver", "walker"}
    assert LIGHT.find("red", "broken").sides(["driver", "walker"]) == {"driver"}


@pytest.mark.parametrize(
    ("relations", "details", "wrong"),
    [
        (["driver"], {"reason": "late"}, None),
        (["driver"], {"reason": "cold"}, ["reason"]),
        (["driver"], {"reason": ["late"]}, ["reason"]),
        (["driver"], {"reason": " "}, ["reason"]),
        (["driver"], {}, ["reason"]),
        (["walker", "driver"], {"reason": "cold"}, None),
    ],
)
def test_a_reason_is_asked_for_and_must_be_one_of_the_side(relations, details, wrong):
    green = LIGHT.find("red", "green")
    if wrong is None:
        green.require(details, relations)
    else:
        with pytest.raises(ValidationError) as error:
            green.require(details, relations)
        assert list(error.value.message_dict) == wrong


@pytest.mark.parametrize("nothing", [None, "", "  ", [], (), {}])
def test_all_that_is_missing_is_told_at_once(nothing):
    with pytest.raises(ValidationError) as error:
        LIGHT.find("red", "broken").require({"note": nothing, "photos": nothing}, ["driver"])

    assert set(error.value.message_dict) == {"note", "photos"}


def test_zero_and_no_are_answers():
    LIGHT.find("red", "broken").require({"note": 0, "photos": False}, ["driver"])


def test_a_table_that_contradicts_itself_is_never_made():
    with pytest.raises(ValueError, match="twice"):
        Table("light", Light, moves("red", to="green", by=["a"]), moves("red", "broken", to="green", by=["b"]))
    with pytest.raises(ValueError, match="purple"):
        Table("light", Light, moves("red", to="purple", by=["a"]))
