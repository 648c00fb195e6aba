"""The states of volunteers, of their references and of places on a course, and who may move them."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves

VOLUNTEER, COORD, RAISER, SYSTEM = Relation.VOLUNTEER, Relation.COORD, Relation.RAISER, Relation.SYSTEM


class VolunteerStatus(TextChoices):
    APPLIED = "applied", "Applied"
    CHECKING = "checking", "Being checked"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"


_S = VolunteerStatus
VOLUNTEER_HERE = frozenset({_S.APPLIED, _S.CHECKING, _S.ACTIVE, _S.PAUSED})
VOLUNTEER_GONE = frozenset({_S.LEFT, _S.REMOVED})
VOLUNTEER_AWAY = VOLUNTEER_GONE | {_S.PAUSED}  # asked nothing
VOLUNTEER_KNOWS = frozenset({_S.ACTIVE, _S.PAUSED})  # reads whom they help


class RemovedFor(TextChoices):
    """Why somebody may not volunteer with us any more."""

    HARM = "harm", "Harmed somebody, or may have"
    RISK = "risk", "May be a risk of harm to somebody"
    CHECK = "check", "The check shows that they may not do this work"
    CONDUCT = "conduct", "Broke what was agreed, without harm or risk of it"
    OTHER = "other", "Another reason"


# Safeguarding Vulnerable Groups Act 2006 s. 35: who removes somebody for these must think about telling the Disclosure and Barring Service.
REFERRED_TO_DBS = frozenset({RemovedFor.HARM, RemovedFor.RISK})

VOLUNTEERING = Table(
    "volunteer",
    VolunteerStatus,
    # Anybody may apply; a coordinator also writes down who is active already (the co-op's own spreadsheet).
    moves(NEW, to=_S.APPLIED, by=[RAISER, COORD]),
    moves(NEW, to=_S.CHECKING, by=[COORD]),
    moves(NEW, to=_S.ACTIVE, by=[COORD]),
    moves(NEW, to=_S.PAUSED, by=[COORD]),
    moves(_S.APPLIED, _S.ACTIVE, _S.PAUSED, to=_S.CHECKING, by=[COORD]),
    moves(_S.APPLIED, _S.CHECKING, to=_S.ACTIVE, by=[COORD]),
    moves(_S.PAUSED, to=_S.ACTIVE, by=[VOLUNTEER, COORD, SYSTEM]),
    moves(_S.ACTIVE, to=_S.PAUSED, by=[VOLUNTEER, COORD]),
    moves(*sorted(VOLUNTEER_HERE), to=_S.LEFT, by=[VOLUNTEER, COORD]),
    moves(*sorted(VOLUNTEER_HERE | {_S.LEFT}), to=_S.REMOVED, by=[COORD], needs=["reason"], reasons={COORD: frozenset(RemovedFor.values)}),
    # Who left may come back, from the beginning; who was removed only by way of a new decision.
    moves(_S.LEFT, _S.REMOVED, to=_S.APPLIED, by=[COORD]),
)


class ReferenceState(TextChoices):
    NAMED = "named", "Named"
    ASKED = "asked", "Asked"
    GIVEN = "given", "Given, nothing against it"
    DOUBTS = "doubts", "Given, with doubts: talk about it"
    NO_ANSWER = "no_answer", "Did not answer"


REFERENCE_OPEN = frozenset({ReferenceState.NAMED, ReferenceState.ASKED})
REFERENCE_ENDED = frozenset({ReferenceState.GIVEN, ReferenceState.DOUBTS, ReferenceState.NO_ANSWER})

REFERENCE = Table(
    "reference",
    ReferenceState,
    moves(NEW, to=ReferenceState.NAMED, by=[RAISER, VOLUNTEER, COORD]),
    moves(ReferenceState.NAMED, ReferenceState.NO_ANSWER, to=ReferenceState.ASKED, by=[COORD], records=["asked_on"]),
    moves(*sorted(REFERENCE_OPEN), to=ReferenceState.GIVEN, by=[COORD], records=["answered_on"]),
    moves(*sorted(REFERENCE_OPEN), to=ReferenceState.DOUBTS, by=[COORD], records=["answered_on"]),
    moves(ReferenceState.ASKED, to=ReferenceState.NO_ANSWER, by=[COORD], records=["answered_on"]),
)


class AttendanceState(TextChoices):
    BOOKED = "booked", "Has a place"
    ATTENDED = "attended", "Was there"
    MISSED = "missed", "Was not there"
    CANCELLED = "cancelled", "Gave the place back"


ATTENDANCE_OPEN = frozenset({AttendanceState.BOOKED})
ATTENDANCE_ENDED = frozenset({AttendanceState.ATTENDED, AttendanceState.MISSED, AttendanceState.CANCELLED})

ATTENDANCE = Table(
    "place on a course",
    AttendanceState,
    moves(NEW, to=AttendanceState.BOOKED, by=[VOLUNTEER, COORD]),
    moves(AttendanceState.BOOKED, to=AttendanceState.ATTENDED, by=[COORD]),
    moves(AttendanceState.BOOKED, to=AttendanceState.MISSED, by=[COORD]),
    moves(AttendanceState.BOOKED, to=AttendanceState.CANCELLED, by=[VOLUNTEER, COORD]),
)
