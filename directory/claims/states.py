"""The states of a claim: begun, in front of a moderator (proved or not), accepted and perhaps taken back, or ended otherwise."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class ClaimState(TextChoices):
    BEGUN = "begun", "The code is still to be written in"
    WAITING = "waiting", "We look at it"
    PROVED = "proved", "Proved by a code, and we look at it"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back"
    LAPSED = "lapsed", "Ended by itself"
    REVOKED = "revoked", "Taken away again"


CLAIM_OPEN = frozenset({ClaimState.BEGUN, ClaimState.WAITING, ClaimState.PROVED})
# In front of a moderator.
CLAIM_PUT = frozenset({ClaimState.WAITING, ClaimState.PROVED})
CLAIM_ENDED = frozenset(ClaimState) - CLAIM_OPEN
WITH_REASON = frozenset({ClaimState.DECLINED, ClaimState.REVOKED})

_CLAIMANT, _MODERATOR = [Relation.RAISER], [Relation.MODERATOR]
_DECIDED = ["decided_by", "ended_at"]

CLAIM = Table(
    "claim",
    ClaimState,
    moves(NEW, to=ClaimState.BEGUN, by=_CLAIMANT),
    moves(NEW, ClaimState.BEGUN, to=ClaimState.WAITING, by=_CLAIMANT, needs=["words"], records=["put_at"]),
    moves(ClaimState.BEGUN, ClaimState.WAITING, to=ClaimState.PROVED, by=_CLAIMANT, records=["proved_at", "put_at"]),
    moves(*sorted(CLAIM_PUT), to=ClaimState.ACCEPTED, by=_MODERATOR, records=_DECIDED),
    moves(*sorted(CLAIM_PUT), to=ClaimState.DECLINED, by=_MODERATOR, needs=["reason"], records=["reason", *_DECIDED]),
    moves(*sorted(CLAIM_OPEN), to=ClaimState.WITHDRAWN, by=_CLAIMANT, records=["ended_at"]),
    moves(ClaimState.BEGUN, to=ClaimState.LAPSED, by=[Relation.SYSTEM], records=["ended_at"]),
    moves(ClaimState.ACCEPTED, to=ClaimState.REVOKED, by=_MODERATOR, needs=["reason"], records=["reason", *_DECIDED]),
)
