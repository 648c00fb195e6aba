"""The states of requests, matches, visits, referrals, releases, concerns and calls back, and who may move them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Move, Table, moves
from matching.reasons import CANCEL_REASONS, HOLD_REASONS, PERSON_REASONS, PROVIDER_REASONS, Outcome, Reason

STAFF, SELF, FAMILY, PREPARER = Relation.STAFF, Relation.SELF, Relation.FAMILY, Relation.PREPARER
PROV, COORD, ADMIN = Relation.PROV, Relation.COORD, Relation.ADMIN
VOLUNTEER, CARE_WORKER, SYSTEM = Relation.VOLUNTEER, Relation.CARE_WORKER, Relation.SYSTEM
LEAD, RAISER = Relation.LEAD, Relation.RAISER


class AskState(TextChoices):
    OPEN = "open", "Open"
    MET = "met", "Met"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNMET = "unmet", "Recorded as unmet"


ASK_CLOSED = frozenset({AskState.MET, AskState.WITHDRAWN, AskState.UNMET})

ASK = Table(
    "request",
    AskState,
    moves(NEW, to=AskState.OPEN, by=[STAFF, SELF, FAMILY, PREPARER, COORD]),
    moves(AskState.OPEN, to=AskState.MET, by=[COORD], records=["closed_at"]),
    moves(AskState.OPEN, to=AskState.WITHDRAWN, by=[COORD, SELF], records=["closed_at"]),
    moves(AskState.OPEN, to=AskState.UNMET, by=[COORD], needs=["emptied_by"], records=["closed_at"]),
    moves(AskState.UNMET, to=AskState.OPEN, by=[COORD]),
)


class MatchState(TextChoices):
    OFFERED = "offered", "Offered to the volunteer"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Not answered in time"
    ACCEPTED = "accepted", "The volunteer said yes"
    INTRODUCED = "introduced", "Introduced to the person"
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


MATCH_OPEN = frozenset({MatchState.OFFERED, MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE})
MATCH_ENDED = frozenset({MatchState.DECLINED, MatchState.LAPSED, MatchState.ENDED})
MATCH_TAKEN = frozenset({MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE})  # counts against the volunteer's capacity

# No reason is asked for anywhere: none is owed. COORD notes what somebody said on the phone, but never a volunteer's yes.
MATCH = Table(
    "match",
    MatchState,
    moves(NEW, to=MatchState.OFFERED, by=[COORD], records=["offered_at", "offered_by"]),
    moves(MatchState.OFFERED, to=MatchState.ACCEPTED, by=[VOLUNTEER], records=["answered_at"]),
    moves(MatchState.OFFERED, to=MatchState.DECLINED, by=[VOLUNTEER, COORD], records=["answered_at"]),
    moves(MatchState.OFFERED, to=MatchState.LAPSED, by=[SYSTEM], records=["ended_at"]),
    moves(MatchState.ACCEPTED, to=MatchState.INTRODUCED, by=[COORD], records=["introduced_at"]),
    # Not in the design's line of states, but a yes must be able to be taken back before anybody was told who it is.
    moves(MatchState.ACCEPTED, to=MatchState.DECLINED, by=[VOLUNTEER, COORD], records=["ended_at"]),
    moves(MatchState.INTRODUCED, to=MatchState.ACTIVE, by=[SELF, COORD], records=["active_at"]),
    moves(MatchState.INTRODUCED, to=MatchState.DECLINED, by=[SELF, VOLUNTEER, COORD], records=["ended_at"]),
    moves(MatchState.ACTIVE, to=MatchState.ENDED, by=[SELF, VOLUNTEER, COORD], records=["ended_at"]),
)


class VisitState(TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    MISSED = "missed", "Missed"
    CANCELLED = "cancelled", "Cancelled"
    REPLACED = "replaced", "Replaced by another"


VISIT_OPEN = frozenset({VisitState.PLANNED})
VISIT_ENDED = frozenset({VisitState.DONE, VisitState.MISSED, VisitState.CANCELLED, VisitState.REPLACED})
_VISITORS = (VOLUNTEER, CARE_WORKER, COORD)

VISIT = Table(
    "visit",
    VisitState,
    # The timer plans what was agreed for every week; what hangs on a match that ends is cancelled with it.
    moves(NEW, to=VisitState.PLANNED, by=[*_VISITORS, SYSTEM]),
    moves(VisitState.PLANNED, to=VisitState.DONE, by=_VISITORS, records=["done_at"]),
    moves(VisitState.PLANNED, to=VisitState.MISSED, by=_VISITORS),
    moves(VisitState.PLANNED, to=VisitState.CANCELLED, by=[*_VISITORS, SYSTEM]),
    moves(VisitState.PLANNED, to=VisitState.REPLACED, by=_VISITORS),
)


class ReferralState(TextChoices):
    DRAFT = "draft", "Being prepared"
    DECLINED_BY_PERSON = "declined_by_person", "The person said no"
    REQUESTED = "requested", "Sent, waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Could not take this on"
    IN_PROGRESS = "in_progress", "Help has begun"
    ON_HOLD = "on_hold", "On hold"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Closed, not achieved"
    CANCELLED = "cancelled", "Cancelled"
    ENTERED_IN_ERROR = "entered_in_error", "Entered in error"


_R = ReferralState
REFERRAL_OPEN = frozenset({_R.DRAFT, _R.REQUESTED, _R.ACCEPTED, _R.IN_PROGRESS, _R.ON_HOLD})
REFERRAL_ENDED = frozenset({_R.DECLINED_BY_PERSON, _R.REJECTED, _R.CANCELLED, _R.FAILED, _R.COMPLETED, _R.ENTERED_IN_ERROR})
REFERRAL_TAKEN_ON = frozenset({_R.ACCEPTED, _R.IN_PROGRESS, _R.ON_HOLD})
REFERRAL_NEVER_SENT = frozenset({_R.DRAFT, _R.DECLINED_BY_PERSON})
ATTEMPTS_BEFORE_GIVING_UP = 3

REFERRAL = Table(
    "referral",
    ReferralState,
    moves(NEW, to=_R.DRAFT, by=[STAFF, SELF, FAMILY, PREPARER], records=["created_at", "created_by", "on_behalf_of"]),
    moves(
        _R.DRAFT,
        to=_R.DECLINED_BY_PERSON,
        by=[STAFF, SELF],
        needs=["reason"],
        records=["reason"],
        reasons={STAFF: PERSON_REASONS, SELF: PERSON_REASONS},
    ),
    moves(_R.DRAFT, to=_R.REQUESTED, by=[STAFF, SELF], records=["sent_at", "channel", "priority", "due_at"]),
    moves(_R.REQUESTED, to=_R.ACCEPTED, by=[PROV, COORD], records=["responded_at"]),
    moves(
        _R.REQUESTED,
        to=_R.REJECTED,
        by=[PROV, COORD],
        needs=["reason"],
        records=["responded_at", "reason", "note"],
        reasons={PROV: PROVIDER_REASONS, COORD: PROVIDER_REASONS},
    ),
    moves(
        _R.REQUESTED,
        to=_R.CANCELLED,
        by=[STAFF, SELF],
        needs=["reason"],
        records=["reason", "side"],
        reasons={side: CANCEL_REASONS[side] for side in (STAFF, SELF)},
    ),
    moves(_R.ACCEPTED, to=_R.IN_PROGRESS, by=[PROV, COORD], records=["first_contact_at"]),
    moves(
        _R.ACCEPTED,
        _R.IN_PROGRESS,
        to=_R.ON_HOLD,
        by=[PROV, COORD],
        needs=["reason", "review_on"],
        records=["hold_from", "reason", "review_on"],
        reasons={PROV: HOLD_REASONS, COORD: HOLD_REASONS},
    ),
    moves(_R.ON_HOLD, to=_R.IN_PROGRESS, by=[PROV, COORD], records=["hold_to"]),
    moves(*sorted(REFERRAL_TAKEN_ON), to=_R.COMPLETED, by=[PROV, COORD], needs=["outcome"], records=["completed_at", "outcome"]),
    moves(
        *sorted(REFERRAL_TAKEN_ON),
        to=_R.FAILED,
        by=[PROV, COORD],
        needs=["reason"],
        records=["reason", "attempts"],
        reasons=dict.fromkeys((PROV, COORD), PROVIDER_REASONS | PERSON_REASONS),
    ),
    moves(
        *sorted(REFERRAL_TAKEN_ON),
        to=_R.CANCELLED,
        by=[STAFF, SELF, PROV, COORD],
        needs=["reason"],
        records=["reason", "side"],
        reasons=CANCEL_REASONS,
    ),
    moves(*(state for state in _R if state != _R.ENTERED_IN_ERROR), to=_R.ENTERED_IN_ERROR, by=[STAFF, ADMIN], needs=["note"]),
)


def require_referral_details(move: Move, details: Mapping[str, Any], relations: Iterable[str]) -> None:
    """What a step of a referral needs beyond the right to take it; `details` are the fields of the API's `moves`.

    Raises ValidationError ({field: [text]}): a detail is missing, a reason is not for these relations, a reason or an outcome is given
    where none is asked for, an outcome is unknown, or somebody who could not be reached was not tried three times on days that are
    written down.
    """
    move.require(details, relations)
    if needless := [name for name in ("reason", "outcome") if details.get(name) and name not in move.needs]:
        raise ValidationError({name: ["This step does not ask for it."] for name in needless})
    if move.to == ReferralState.COMPLETED and details["outcome"] not in Outcome.values:
        raise ValidationError({"outcome": ["This outcome is not known."]})
    if move.to == ReferralState.FAILED and details["reason"] == Reason.COULD_NOT_CONTACT:
        dated = [attempt for attempt in details.get("attempts") or () if attempt.get("at")]
        if len(dated) < ATTEMPTS_BEFORE_GIVING_UP:
            raise ValidationError({"attempts": ["Three attempts to reach the person are needed, each with its day."]})


class ReleaseState(TextChoices):
    PREPARED = "prepared", "Prepared"
    REFUSED = "refused", "Refused by the audit"
    PUBLISHED = "published", "Published inside"
    PUBLIC = "public", "Public"


RELEASE_SEEN_INSIDE = frozenset({ReleaseState.PUBLISHED, ReleaseState.PUBLIC})

RELEASE = Table(
    "release",
    ReleaseState,
    moves(NEW, to=ReleaseState.PREPARED, by=[ADMIN, SYSTEM]),
    moves(ReleaseState.PREPARED, to=ReleaseState.REFUSED, by=[ADMIN, SYSTEM]),
    moves(ReleaseState.PREPARED, to=ReleaseState.PUBLISHED, by=[ADMIN, SYSTEM], records=["published_at"]),
    moves(ReleaseState.PUBLISHED, to=ReleaseState.PUBLIC, by=[ADMIN], needs=["audit"]),
)


class ConcernState(TextChoices):
    RAISED = "raised", "Raised"
    LOOKED_INTO = "looked_into", "Being looked into"
    PASSED_ON = "passed_on", "Passed on to adult social care or the police"
    CLOSED = "closed", "Closed"


CONCERN_OPEN = frozenset({ConcernState.RAISED, ConcernState.LOOKED_INTO, ConcernState.PASSED_ON})

# Anybody may raise one, without agreement; from there on only the lead and the deputy see it and move it.
CONCERN = Table(
    "concern",
    ConcernState,
    moves(NEW, to=ConcernState.RAISED, by=[RAISER]),
    moves(ConcernState.RAISED, to=ConcernState.LOOKED_INTO, by=[LEAD]),
    moves(ConcernState.RAISED, ConcernState.LOOKED_INTO, to=ConcernState.PASSED_ON, by=[LEAD], needs=["passed_to"]),
    moves(ConcernState.RAISED, ConcernState.LOOKED_INTO, ConcernState.PASSED_ON, to=ConcernState.CLOSED, by=[LEAD], needs=["note"]),
)


class CallBackState(TextChoices):
    WAITING = "waiting", "Waits for our call"
    TRIED = "tried", "Rung, not reached"
    DONE = "done", "Rung"
    CLOSED = "closed", "Closed without a talk"


CALL_BACK_OPEN = frozenset({CallBackState.WAITING, CallBackState.TRIED})
CALL_BACK_ENDED = frozenset({CallBackState.DONE, CallBackState.CLOSED})

# Anybody may ask to be rung. Whom nobody reached in a long time is closed by a timer, so that the number does not stay for ever.
CALL_BACK = Table(
    "call-back",
    CallBackState,
    moves(NEW, to=CallBackState.WAITING, by=[RAISER], records=["asked_at", "promised_on"]),
    moves(*sorted(CALL_BACK_OPEN), to=CallBackState.TRIED, by=[COORD], records=["tries", "tried_at"]),
    moves(*sorted(CALL_BACK_OPEN), to=CallBackState.DONE, by=[COORD], records=["ended_at"]),
    moves(*sorted(CALL_BACK_OPEN), to=CallBackState.CLOSED, by=[COORD, SYSTEM], records=["ended_at"]),
)
