"""A round from the proposal to its end: proposed, pinned, struck, confirmed in part or as a whole, dropped. Nothing is sent before it is confirmed."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching import matches
from matching.desk_states import ROUND, RoundState
from matching.matches import NotEligible
from matching.models import Ask, Round, Volunteer
from matching.numbering import hold_numbers, next_number
from matching.rounds.comparing import compare
from matching.rounds.living import LiveRound, live_round
from matching.rounds.problem import Named, propose
from matching.rounds.rows import gaps_of, rows_of, warnings_of
from matching.stopping import lock_matches

GONE_ON = "gone_on"  # neither a code of eligibility nor an error: somebody else was quicker


class StaleRound(WrongState):
    """The round was changed since this page was opened (409): nothing was done."""

    def __init__(self) -> None:
        super().__init__("This round was changed in the meantime. Look at it as it is now, and choose again.")


@transaction.atomic
def propose_round(*, by: User) -> Round:
    """Solve the round of today and keep the proposal; nobody is asked yet. Raises PermissionDenied."""
    require(by, Permission.MATCH)
    ROUND.check(NEW, RoundState.PROPOSED, [Relation.COORD])
    hold_numbers("round")
    row = _solved(Round(made_by=by))
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
    row, pair = _locked(row, by, version), _pair(ask, volunteer)
    pins = [*(kept for kept in _named(row.pins) if kept[0] != pair[0]), pair]
    strikes = [each for each in _named(row.strikes) if each != pair]
    live = live_round(pins=pins, strikes=strikes)
    if pair not in _standing(live, pins):
        raise WrongState(f"{volunteer} cannot take {ask} as things are now, or has no room left beside what you keep.")
    return _solved_again(row, pins, strikes, "round.pinned", pair, by=by, live=live)


@transaction.atomic
def unpin(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """Let this pair change again, and solve again. Raises as `pin`."""
    row, pair = _locked(row, by, version), _pair(ask, volunteer)
    return _solved_again(row, [each for each in _named(row.pins) if each != pair], _named(row.strikes), "round.unpinned", pair, by=by)


@transaction.atomic
def strike(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """Not these two, and solve again; a pin of this pair goes. Raises as `pin`."""
    row, pair = _locked(row, by, version), _pair(ask, volunteer)
    strikes = [*(each for each in _named(row.strikes) if each != pair), pair]
    return _solved_again(row, [each for each in _named(row.pins) if each != pair], strikes, "round.struck", pair, by=by)


@transaction.atomic
def unstrike(row: Round, ask: Ask, volunteer: Volunteer, *, by: User, version: int | None = None) -> Round:
    """These two may be put together after all; solve again. Raises as `pin`."""
    row, pair = _locked(row, by, version), _pair(ask, volunteer)
    return _solved_again(row, _named(row.pins), [each for each in _named(row.strikes) if each != pair], "round.unstruck", pair, by=by)


@transaction.atomic
def solve_again(row: Round, *, by: User, version: int | None = None) -> Round:
    """Solve with what is known now; pins and strikes stay. Raises as `pin`."""
    row = _locked(row, by, version)
    return _solved_again(row, _named(row.pins), _named(row.strikes), "round.solved_again", None, by=by)


@transaction.atomic
def confirm(row: Round, *, by: User, chosen: Collection[UUID] | None = None, version: int | None = None) -> Round:
    """Ask the volunteers of these pairs, each as if alone; a pair that no longer holds is refused with its reason, the others go through.

    chosen: the requests, or all. The round ends with it: what was not chosen stays open for the next one.
    Each row then says offered, refused (with codes) or left. Raises PermissionDenied, ValidationError where nothing is chosen, StaleRound,
    WrongState for a round that has ended.
    """
    row = _locked(row, by, version)
    wanted = {each["ask"] for each in row.rows} if chosen is None else {str(ask) for ask in chosen} & {each["ask"] for each in row.rows}
    if not wanted:
        raise ValidationError({"rows": ["Choose at least one pair."]})
    asks, volunteers = _held([each for each in row.rows if each["ask"] in wanted])
    for each in row.rows:
        each.update(_asked(asks.get(each["ask"]), volunteers.get(each["volunteer"]), by) if each["ask"] in wanted else {"state": "left"})
    states = [each["state"] for each in row.rows]
    return _ended(row, RoundState.CONFIRMED, by, {"offered": states.count("offered"), "refused": states.count("refused")})


@transaction.atomic
def drop(row: Round, *, by: User, version: int | None = None) -> Round:
    """Nothing comes of this round. Raises PermissionDenied, StaleRound, WrongState."""
    return _ended(_locked(row, by, version), RoundState.DROPPED, by, {})


def _locked(row: Round, by: User, version: int | None) -> Round:
    """Permission first, then the round as it is now, held until the end of the transaction."""
    require(by, Permission.MATCH)
    row = Round.objects.select_for_update().get(pk=row.pk)
    if version is not None and version != row.version:
        raise StaleRound
    if row.state != RoundState.PROPOSED:
        raise WrongState("This round has ended: propose a new one.")
    return row


def _held(rows: list[dict[str, Any]]) -> tuple[dict[str, Ask], dict[str, Volunteer]]:
    """Requests, then volunteers, then matches, locked in this order by everybody, before the first of them is told to the journal."""
    asks = Ask.objects.select_for_update().filter(pk__in=[each["ask"] for each in rows]).order_by("pk")
    by_ask = {str(ask.pk): ask for ask in asks}
    volunteers = Volunteer.objects.select_for_update().filter(pk__in=[each["volunteer"] for each in rows]).order_by("pk")
    by_volunteer = {str(volunteer.pk): volunteer for volunteer in volunteers}
    lock_matches(*by_ask.values())
    return by_ask, by_volunteer


def _asked(ask: Ask | None, volunteer: Volunteer | None, by: User) -> dict[str, Any]:
    """Offer one pair; what became of its row."""
    if ask is None or volunteer is None:
        return {"state": "refused", "codes": [GONE_ON]}
    try:
        return {"state": "offered", "match": str(matches.offer(ask, volunteer, by=by).pk)}
    except NotEligible as error:
        return {"state": "refused", "codes": [str(code) for code in error.codes]}
    except (WrongState, ValidationError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return {"state": "refused", "codes": [GONE_ON], "said": said}


def _ended(row: Round, to: RoundState, by: User, codes: dict[str, int]) -> Round:
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
    codes: Codes = {"served": len(row.rows)}
    if pair is not None:
        codes = {**codes, "ask": UUID(pair[0]), "volunteer": UUID(pair[1])}
    record(kind, row, by=by, role=Relation.COORD, codes=codes)
    return row


def _solved(row: Round, live: LiveRound | None = None) -> Round:
    """Rows, gaps and figures of this moment, not saved; a pin that no longer holds is let go, and told."""
    pins = _named(row.pins)
    live = live or live_round(pins=pins, strikes=_named(row.strikes))
    standing = _standing(live, pins)
    if len(standing) < len(pins):
        live = live_round(pins=standing, strikes=_named(row.strikes))
    solution = propose(live.judged)
    row.pins, row.gaps = [list(each) for each in standing], gaps_of(live.judged, solution)
    row.rows = rows_of(live.judged, solution, warnings_of(live.judged, solution))
    let_go = [list(each) for each in pins if each not in standing]
    row.figures = {
        "asks": len(live.asks),
        "unsaid": live.unsaid,
        "let_go": let_go,
        "score": solution.objective,
        "ways": compare(live.judged, solution.volunteers, live.arrival),
    }
    return row


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
