"""What whoever visits may read of the person: who it is, how to reach them, and where it is, before they go there."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import relations_of
from directory.accounts.roles import Relation
from matching.desk_states import GroupState
from matching.models import Person, Visit
from matching.offering.cards import home_for
from matching.persons.home_facts import home_lines
from matching.relations import BACK
from matching.states import MatchState, VisitState
from matching.visiting.care import care_visits
from matching.volunteer_states import VOLUNTEER_KNOWS

LATE = timedelta(hours=2)


@dataclass(frozen=True)
class Going:
    """What whoever goes to this person reads before: the same for the usual volunteer, for who stands in, and for the care team.

    by_phone: nobody goes there, so neither the address nor the home matters. wishes: of the request; a care visit has none.
    """

    person: Person
    by_phone: bool
    home: tuple[str, ...]
    wishes: str


def may_know(visit: Visit, *, by: User) -> bool:
    """May this user read who is visited?

    A coordinator may; a care worker while it is planned or was done within 60 days, unless they were taken off; a volunteer who is with us
    while they meet, or are to stand in.
    """
    held = relations_of(by, visit)
    if Relation.COORD in held:
        return True
    if visit.care_worker_id is not None:
        return Relation.CARE_WORKER in held and care_visits(by).filter(pk=visit.pk).exists()
    if Relation.VOLUNTEER not in held or visit.volunteer is None or visit.volunteer.status not in VOLUNTEER_KNOWS:
        return False
    if visit.group is not None:
        return visit.group.state == GroupState.RUNNING and _own_or_to_tell_of(visit)
    return visit.match is not None and visit.match.state == MatchState.ACTIVE and _own_or_to_tell_of(visit)


def may_reach(visit: Visit, *, by: User) -> bool:
    """May this user read how the person is reached and understood? As `may_know`; who stood in, no longer than until it is over."""
    return may_know(visit, by=by) and (Relation.COORD in relations_of(by, visit) or not stands_in(visit) or is_ahead(visit))


def going_to(visit: Visit) -> Going | None:
    """What to read before this visit; the caller has asked `may_know`, and keeps the look.

    None for a group's meeting, once it is over, and where it was told of, moved or cancelled.
    """
    if visit.person is None or visit.group is not None or not is_ahead(visit):
        return None
    wishes = visit.match.ask.wishes if visit.match is not None else ""
    return Going(visit.person, visit.by_phone_or_online, home_of(visit), wishes)


def home_of(visit: Visit) -> tuple[str, ...]:
    """What whoever goes there must know of the home; nothing for a visit by phone, or to a public place."""
    if visit.person is None or visit.group is not None or visit.by_phone_or_online:
        return ()
    return home_for(visit.match.ask, visit.person) if visit.match is not None else home_lines(visit.person.facts)


def stands_in(visit: Visit) -> bool:
    """Does a volunteer go this once in the place of the one who usually does?"""
    return visit.volunteer_id is not None and visit.volunteer_id != _usual(visit)


def _usual(visit: Visit) -> UUID | None:
    of = visit.group or visit.match
    return of.volunteer_id if of is not None else None


def _own_or_to_tell_of(visit: Visit) -> bool:
    """Whoever stands in once knows no longer than until it was told of, and no longer than a visit is remembered."""
    return not stands_in(visit) or (visit.state == VisitState.PLANNED and visit.starts_at > clock.now() - BACK)


def is_ahead(visit: Visit) -> bool:
    """Is it planned, and not over? Some time after its end somebody may still be at the door."""
    ends = visit.starts_at + timedelta(minutes=visit.minutes)
    return visit.state == VisitState.PLANNED and clock.now() < ends + LATE
