"""A round confirmed: the volunteers of the chosen pairs are asked, each pair looked at once more as if it were alone."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.recording import record
from directory.states import WrongState
from matching import matches
from matching.desk_states import RoundState
from matching.matches import NotEligible
from matching.models import Ask, Round, Volunteer
from matching.rounds.proposals import LEFT, OFFERED, REFUSED, ended, locked, proposed
from matching.rules.errands import is_errand
from matching.stopping.waiting import lock_matches

GONE_ON = "gone_on"  # neither a code of eligibility nor an error: somebody else was quicker


@transaction.atomic
def confirm(
    row: Round, *, by: User, chosen: Collection[UUID] | None = None, seen: Collection[UUID] | None = None, version: int | None = None
) -> Round:
    """Ask the volunteers of these pairs, each as if alone; a pair that no longer holds is refused with its reason, the others go through.

    chosen: the requests, or all; seen: the requests that were looked at, or all. What was seen and not chosen stays open for the next round,
    what was not seen stays proposed, and the round ends with the last of it. Each row then says offered, refused (with codes), left or
    proposed. Raises PermissionDenied, ValidationError where nothing is chosen, StaleRound, WrongState for a round that has ended.
    """
    row = locked(row, by, version)
    looked_at = [each for each in proposed(row) if seen is None or UUID(each["ask"]) in seen]
    wanted = {each["ask"] for each in looked_at if chosen is None or UUID(each["ask"]) in chosen}
    if not wanted:
        raise ValidationError({"rows": ["Choose at least one pair."]})
    asks, volunteers = _held([each for each in looked_at if each["ask"] in wanted])
    for each in looked_at:
        each.update(_asked(asks.get(each["ask"]), volunteers.get(each["volunteer"]), by) if each["ask"] in wanted else {"state": LEFT})
    codes = _became(looked_at)
    return _goes_on(row, by, codes) if proposed(row) else ended(row, RoundState.CONFIRMED, by, codes)


def _held(rows: list[dict[str, Any]]) -> tuple[dict[str, Ask], dict[str, Volunteer]]:
    """Requests, then volunteers, then matches, locked in this order by everybody, before the first of them is told to the journal."""
    asks = Ask.objects.select_for_update(no_key=True).filter(pk__in=[each["ask"] for each in rows]).order_by("pk")
    by_ask = {str(ask.pk): ask for ask in asks}
    volunteers = Volunteer.objects.select_for_update(no_key=True).filter(pk__in=[each["volunteer"] for each in rows]).order_by("pk")
    by_volunteer = {str(volunteer.pk): volunteer for volunteer in volunteers}
    lock_matches(*by_ask.values())
    return by_ask, by_volunteer


def _asked(ask: Ask | None, volunteer: Volunteer | None, by: User) -> dict[str, Any]:
    """Offer one pair; what became of its row."""
    if ask is None or volunteer is None:
        return {"state": REFUSED, "codes": [GONE_ON]}
    if not is_errand(ask):
        return {"state": REFUSED, "codes": [GONE_ON], "said": "It is for company or regular help now: one pair is introduced at a time."}
    try:
        return {"state": OFFERED, "match": str(matches.offer(ask, volunteer, by=by).pk)}
    except NotEligible as error:
        return {"state": REFUSED, "codes": [str(code) for code in error.codes]}
    except (WrongState, ValidationError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return {"state": REFUSED, "codes": [GONE_ON], "said": said}


def _became(rows: list[dict[str, Any]]) -> dict[str, int]:
    """How many were offered and refused."""
    states = Counter(each["state"] for each in rows)
    return {state: states[state] for state in (OFFERED, REFUSED)}


def _goes_on(row: Round, by: User, codes: Mapping[str, int]) -> Round:
    """Some were asked, and others wait to be looked at."""
    waiting = {each["ask"] for each in proposed(row)}
    row.pins, row.version = [pin for pin in row.pins if pin[0] in waiting], row.version + 1
    row.save(update_fields=["pins", "version", "rows"])
    record("round.asked", row, by=by, role=Relation.COORD, codes={**codes, "waiting": len(waiting)})
    return row
