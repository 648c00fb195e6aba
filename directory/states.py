"""Tables of states: which move exists, who may make it, and what it asks for. One mechanism for every thing that has states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import TextChoices

NEW = ""  # where a thing comes from that is not there yet


class WrongState(Exception):
    """There is no such move from the state that the thing is in (409 at the API)."""


class NoSuchMove(WrongState):
    """The table has no such pair: pressed twice, or on a page that has grown old. It names states, so a screen says it in other words."""


@dataclass(frozen=True)
class Move:
    """One line of a table: from one state to another, by whom, with what.

    `needs` are details without which the move is not made; `records` are the columns that it fills. `reasons` tells which reasons
    each relation may give; where it is empty, a needed reason is free text.
    """

    source: str
    to: str
    by: frozenset[str]
    needs: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    reasons: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def reasons_for(self, relations: Iterable[str]) -> frozenset[str]:
        """The reasons that somebody who stands in these relations may give."""
        return frozenset().union(*(self.reasons.get(relation, frozenset()) for relation in self.by.intersection(relations)))

    def sides(self, relations: Iterable[str], reason: str = "") -> frozenset[str]:
        """The relations among these by which the move is made: where reasons differ by side, those that may give this one."""
        held = self.by.intersection(relations)
        if not self.reasons:
            return held
        return frozenset(relation for relation in held if reason in self.reasons.get(relation, frozenset()))

    def require(self, details: Mapping[str, Any], relations: Iterable[str]) -> None:
        """Raises ValidationError ({field: [text]}, 400 at the API): a needed detail is missing, or a reason is not for these relations."""
        errors = {name: ["This is needed for the step."] for name in self.needs if not _given(details.get(name))}
        reason = details.get("reason")
        if _given(reason) and self.reasons and str(reason) not in self.reasons_for(relations):
            errors["reason"] = ["This reason cannot be given here."]
        if errors:
            raise ValidationError(errors)


def _given(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], (), {})


def moves(
    *sources: str,
    to: str,
    by: Iterable[str],
    needs: Iterable[str] = (),
    records: Iterable[str] = (),
    reasons: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Move, ...]:
    """The same move from each of these states."""
    who, wanted, written = frozenset(by), tuple(needs), tuple(records)
    return tuple(Move(source, to, who, wanted, written, reasons or {}) for source in sources)


class Table:
    """Every move of one kind of thing. What is not in the table does not exist."""

    def __init__(self, name: str, states: type[TextChoices], *lines: tuple[Move, ...]) -> None:
        """`name` is how a person would call the thing ("referral"). Raises ValueError for an unknown state or a move told twice."""
        self.name = name
        self.states = states
        self.moves = tuple(move for line in lines for move in line)
        self._by_pair = {(move.source, move.to): move for move in self.moves}
        known = {NEW, *states.values}
        if len(self._by_pair) != len(self.moves):
            raise ValueError(f"The table of {name} tells a move twice.")
        if strange := {state for pair in self._by_pair for state in pair} - known:
            raise ValueError(f"The table of {name} names unknown states: {sorted(strange)}.")

    def find(self, source: str, to: str) -> Move:
        """The move from one state to another. Raises WrongState where there is none."""
        move = self._by_pair.get((source, to))
        if move is None:
            raise NoSuchMove(f"{self._called(source)} cannot become {self._label(to)}.")
        return move

    def check(self, source: str, to: str, relations: Iterable[str]) -> Move:
        """The move, if somebody who stands in these relations may make it.

        Raises WrongState where the table has no such pair (409), PermissionDenied where the pair is not for these relations (403).
        """
        move = self.find(source, to)
        if not move.by.intersection(relations):
            raise PermissionDenied("This step is not yours to take.")
        return move

    def open_to(self, source: str, relations: Iterable[str]) -> tuple[Move, ...]:
        """The moves that somebody may make from here, in the order of the table: the buttons of a page."""
        held = frozenset(relations)
        return tuple(move for move in self.moves if move.source == source and move.by & held)

    def _label(self, state: str) -> str:
        return f'"{self.states(state).label}"' if state in self.states.values else "that"

    def _called(self, source: str) -> str:
        return f"A new {self.name}" if source == NEW else f"A {self.name} that is {self._label(source)}"
