"""A round as a proposal: solved, pinned, struck, solved again, dropped. Nothing is sent before it is confirmed (`confirming`)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching.desk_states import ROUND, RoundState
from matching.models import Ask, Round, Volunteer
from matching.numbering import hold_numbers, next_number
from matching.persons.once import key_of
from matching.rounds.comparing import compare
from matching.rounds.living import LiveRound, live_round
from matching.rounds.problem import Named, propose
from matching.rounds.rows import gaps_of, rows_of, warnings_of
from matching.rules.errands import is_errand

PROPOSED, OFFERED, REFUSED, LEFT = "proposed", "offered", "refused", "left"  # what became of a pair


class StaleRound(WrongState):
    """The round was changed since this page was opened (409): nothing was done."""

    def __init__(self) -> None:
        super().__init__("This round was changed in the meantime. Look at it as it is now, and choose again.")


@transaction.atomic
def propose_round(*, by: User, once: str = "") -> Round:
    """Solve the round of today and keep the proposal; nobody is asked yet. once: the mark of the form, which makes one round however often.

    Raises PermissionDenied.
    """
    require(by, Permission.MATCH)
    ROUND.check(NEW, RoundState.PROPOSED, [Relation.COORD])
    hold_numbers("round")
    row = Round(made_by=by)
    if once:
        row.pk = key_of("round", once, by)
        if known := Round.objects.filter(pk=row.pk).first():
            return known
    row = _solved(row)
    row.number = next_number("round")
    row.save(force_insert=True)
    codes: Codes = {"to": row.state, "asks": row.figures["asks"], "served": len(row.rows)}
    record("round.proposed", row, by=by, role=Relation.COORD, codes=codes)
    return row


@transaction.atomic
def pin(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """Keep this pair, whatever else changes, and solve again; another pin of the same request goes, and a strike of this pair.

    version: of the round that the coordinator saw. Raises PermissionDenied, StaleRound; WrongState for a round that has ended, a pair that
    may not be, or a volunteer for whom no room is left beside other pins.
    """
    row, pair = locked(row, by, version), _pair(ask, volunteer)
    pins = [*(kept for kept in _named(row.pins) if kept[0] != pair[0]), pair]
    strikes = [each for each in _named(row.strikes) if each != pair]
    row.rows = [each for each in row.rows if (each["state"], each["ask"]) != (LEFT, pair[0])]
    if not is_errand(ask):
        raise WrongState(f"{ask} is for company or regular help: introduce one pair at a time, from its own page.")
    live = live_round(pins=pins, strikes=strikes, without=_left(row))
    if pair not in _standing(live, pins):
        raise WrongState(f"{volunteer} cannot take {ask} as things are now, or has no room left beside what you keep.")
    return _solved_again(row, pins, strikes, "round.pinned", pair, by=by, live=live)


@transaction.atomic
def unpin(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """Let this pair change again, and solve again. Raises as `pin`."""
    row, pair = locked(row, by, version), _pair(ask, volunteer)
    return _solved_again(row, [each for each in _named(row.pins) if each != pair], _named(row.strikes), "round.unpinned", pair, by=by)


@transaction.atomic
def strike(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """Not these two, and solve again; a pin of this pair goes. Raises as `pin`."""
    row, pair = locked(row, by, version), _pair(ask, volunteer)
    strikes = [*(each for each in _named(row.strikes) if each != pair), pair]
    return _solved_again(row, [each for each in _named(row.pins) if each != pair], strikes, "round.struck", pair, by=by)


@transaction.atomic
def unstrike(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """These two may be put together after all; solve again. Raises as `pin`."""
    row, pair = locked(row, by, version), _pair(ask, volunteer)
    return _solved_again(row, _named(row.pins), [each for each in _named(row.strikes) if each != pair], "round.unstruck", pair, by=by)


@transaction.atomic
def solve_again(row: Round, *, by: User, version: int | None = None) -> Round:
    """Solve with what is known now; pins and strikes stay. Raises as `pin`."""
    row = locked(row, by, version)
    return _solved_again(row, _named(row.pins), _named(row.strikes), "round.solved_again", None, by=by)


@transaction.atomic
def drop(row: Round, *, by: User, version: int | None = None) -> Round:
    """Nothing more comes of this round. Raises PermissionDenied, StaleRound, WrongState."""
    return ended(locked(row, by, version), RoundState.DROPPED, by, {})


def proposed(row: Round) -> list[dict[str, Any]]:
    """Its pairs about which nothing is decided yet."""
    return [each for each in row.rows if each["state"] == PROPOSED]


def locked(row: Round, by: User, version: int | None) -> Round:
    """Permission first, then the round as it is now, held until the end of the transaction."""
    require(by, Permission.MATCH)
    row = Round.objects.select_for_update().get(pk=row.pk)
    if version is not None and version != row.version:
        raise StaleRound
    if row.state != RoundState.PROPOSED:
        raise WrongState("This round has ended: propose a new one.")
    return row


def ended(row: Round, to: RoundState, by: User, codes: Mapping[str, int]) -> Round:
    """The round comes to its end; for the verbs that end it."""
    before = row.state
    ROUND.check(before, to, [Relation.COORD])
    row.state, row.version, row.ended_at, row.ended_by = to, row.version + 1, clock.now(), by
    row.save(update_fields=["state", "version", "ended_at", "ended_by", "rows"])
    record(f"round.{to}", row, by=by, role=Relation.COORD, codes={"from": before, "to": to, **codes})
    return row


def _solved_again(
    row: Round, pins: list[Named], strikes: list[Named], kind: str, pair: Named | None, *, by: User, live: LiveRound | None = None
) -> Round:
    row.pins, row.strikes, row.version = [list(each) for each in pins], [list(each) for each in strikes], row.version + 1
    row = _solved(row, live)
    row.save(update_fields=["pins", "strikes", "version", "rows", "gaps", "figures"])
    codes: Codes = {"served": len(proposed(row))}
    if pair is not None:
        codes = {**codes, "ask": UUID(pair[0]), "volunteer": UUID(pair[1])}
    record(kind, row, by=by, role=Relation.COORD, codes=codes)
    return row


def _solved(row: Round, live: LiveRound | None = None) -> Round:
    """Rows, gaps and figures of this moment, not saved; what was asked already stays, a pin that no longer holds is let go, and told."""
    pins, strikes, left = _named(row.pins), _named(row.strikes), _left(row)
    live = live or live_round(pins=pins, strikes=strikes, without=left)
    standing = _standing(live, pins)
    if len(standing) < len(pins):
        live = live_round(pins=standing, strikes=strikes, without=left)
    solution = propose(live.judged)
    row.pins, row.gaps = [list(each) for each in standing], gaps_of(live.judged, solution)
    decided = [each for each in row.rows if each["state"] != PROPOSED]
    row.rows = [*decided, *rows_of(live.judged, solution, warnings_of(live.judged, solution))]
    let_go = [list(each) for each in pins if each not in standing]
    row.figures = {
        "asks": len(live.asks),
        "people": len(live.problem.people),
        "unsaid": live.unsaid,
        "one_by_one": live.one_by_one,
        "let_go": let_go,
        "score": solution.objective,
        "ways": compare(live.judged, solution.volunteers, live.arrival),
    }
    return row


def _left(row: Round) -> set[str]:
    """The requests that were looked at in this round and left for another."""
    return {each["ask"] for each in row.rows if each["state"] == LEFT}


def _standing(live: LiveRound, pins: list[Named]) -> list[Named]:
    """Those pins that are allowed now and for which there is room, in the order in which they were made."""
    room, standing = list(live.judged.room), []
    for each in pins:
        for ask, volunteer in live.judged.places([each]):
            if live.judged.allowed[ask, volunteer] and room[volunteer] > 0:
                room[volunteer] -= 1
                standing.append(each)
    return standing


def _pair(ask: Ask, volunteer: Volunteer) -> Named:
    return str(ask.pk), str(volunteer.pk)


def _named(pairs: list[list[str]]) -> list[Named]:
    return [(ask, volunteer) for ask, volunteer in pairs]
