"""Visits as lists: a volunteer's own, a care worker's own, what was not told of, and the week. Every name shown is a look that is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, roles_of
from directory.accounts.roles import Permission, Relation, Role
from matching.models import Match, Person, Visit, Volunteer
from matching.offering.words import moment_words, time_words
from matching.people import keep_look
from matching.rules.errands import is_errand
from matching.states import MatchState, VisitState
from matching.visiting.times import bounds, day_of
from matching.volunteer_states import VOLUNTEER_GONE

# How far a list of one's own visits looks.
BACK, AHEAD = timedelta(days=60), timedelta(days=31)
# Some time after its end a visit that nobody told of waits to be told of.
PATIENCE = timedelta(hours=2)


@dataclass(frozen=True)
class VisitLine:
    """One visit of a list; `name` is empty where this user may not know who it is."""

    id: UUID
    when: str
    name: str
    what: str
    minutes: int
    past: bool
    errand: bool
    trial: bool
    by_phone: bool


def visits_of(volunteer: Volunteer, *, by: User) -> list[VisitLine]:
    """The volunteer's planned visits: what waits to be told of first, then what is to come; the looks are kept.

    Raises PermissionDenied for whoever is neither the volunteer nor a coordinator.
    """
    if not relations_of(by, volunteer) & {Relation.VOLUNTEER, Relation.COORD}:
        raise PermissionDenied("This is not open to you.")
    return _lines(_planned().filter(volunteer=volunteer), by=by, where="visits")


def may_know(visit: Visit, *, by: User) -> bool:
    """May this user read who is visited? A coordinator may; a care worker of own visits; a volunteer while they meet, or are to stand in."""
    held = relations_of(by, visit)
    if Relation.COORD in held or visit.match is None:
        return bool(held)
    own = visit.match.volunteer_id == visit.volunteer_id or visit.state == VisitState.PLANNED
    here = visit.volunteer is not None and visit.volunteer.status not in VOLUNTEER_GONE
    return Relation.VOLUNTEER in held and here and own and visit.match.state == MatchState.ACTIVE


def pairs_of(volunteer: Volunteer) -> QuerySet[Match]:
    """Under which a visit can be planned now."""
    return volunteer.matches.filter(state=MatchState.ACTIVE).select_related("ask__need")


def not_told_of() -> QuerySet[Visit]:
    """Visits that should have been and of which nobody has told, the oldest first."""
    rows = Visit.objects.filter(state=VisitState.PLANNED, starts_at__lt=clock.now() - PATIENCE)
    return rows.select_related("match__ask__need", "volunteer", "care_worker").order_by("starts_at", "pk")


def next_of(user: User) -> QuerySet[Visit]:
    """A care worker's own: not told of yet, and to come within two weeks. Nothing of whom."""
    soon = Visit.objects.filter(state=VisitState.PLANNED, care_worker=user, starts_at__lt=clock.now() + timedelta(days=14))
    return soon.order_by("starts_at", "pk")


@dataclass(frozen=True)
class WeekVisit:
    """One visit of the printed week."""

    id: UUID
    at: str
    visitor: str
    name: str
    where: str
    what: str
    minutes: int
    state: str


@dataclass(frozen=True)
class WeekDay:
    """One day of the week, each visit under its visitor, by time."""

    day: date
    visits: tuple[WeekVisit, ...]


def week_of(day: date, *, by: User) -> list[WeekDay]:
    """Monday to Sunday around this day: all visits for a coordinator, own ones for a care worker. The looks are kept.

    Raises PermissionDenied for others.
    """
    monday = day - timedelta(days=day.weekday())
    begins, ends = bounds(monday, monday + timedelta(days=6))
    rows = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends).exclude(state__in=[VisitState.REPLACED, VisitState.CANCELLED])
    if not allowed(by, Permission.MATCH):
        if Role.CARE_WORKER not in roles_of(by):
            raise PermissionDenied("This is not open to you.")
        rows = rows.filter(care_worker=by)
    visits = list(rows.select_related("person", "match__ask__need", "volunteer", "care_worker").order_by("starts_at", "pk"))
    _keep_looks((visit.person for visit in visits), by=by, where="desk-week")
    days = [monday + timedelta(days=step) for step in range(7)]
    return [WeekDay(each, tuple(sorted(_of_day(visits, each), key=lambda visit: visit.visitor))) for each in days]


def visitor_of(visit: Visit) -> str:
    """Who goes: a volunteer by first name and number, a care worker by name."""
    if visit.volunteer is not None:
        return f"{first_name(visit.volunteer)} ({visit.volunteer})"
    return visit.care_worker.name if visit.care_worker is not None else ""


def first_name(volunteer: Volunteer) -> str:
    """As the person hears it."""
    return (volunteer.name.split() or [""])[0]


def _of_day(visits: Iterable[Visit], day: date) -> Iterator[WeekVisit]:
    for visit in visits:
        if day_of(visit.starts_at) == day:
            person = visit.person
            place = ", ".join(part for part in (person.address, person.postcode) if part) if person is not None else ""
            yield WeekVisit(
                id=visit.pk,
                at=time_words(visit.starts_at),
                visitor=visitor_of(visit),
                name=person.name if person is not None else "",
                where="by phone or online" if visit.by_phone_or_online else place,
                what=_what(visit),
                minutes=visit.minutes_done or visit.minutes,
                state=visit.get_state_display() if visit.state != VisitState.PLANNED else "",
            )


def _planned() -> QuerySet[Visit]:
    now = clock.now()
    rows = Visit.objects.filter(state=VisitState.PLANNED, starts_at__gt=now - BACK, starts_at__lt=now + AHEAD)
    return rows.select_related("person", "match__ask__need", "volunteer").order_by("starts_at", "pk")


def _lines(rows: QuerySet[Visit], *, by: User, where: str) -> list[VisitLine]:
    known = [visit for visit in rows if may_know(visit, by=by)]
    _keep_looks((visit.person for visit in known), by=by, where=where)
    return [_line(visit, visit.person) for visit in known]


def _line(visit: Visit, person: Person | None) -> VisitLine:
    return VisitLine(
        id=visit.pk,
        when=moment_words(visit.starts_at),
        name=person.name if person is not None else "",
        what=_what(visit),
        minutes=visit.minutes,
        past=_began(visit.starts_at),
        errand=visit.match is not None and is_errand(visit.match.ask),
        trial=visit.trial,
        by_phone=visit.by_phone_or_online,
    )


def _what(visit: Visit) -> str:
    return visit.match.ask.need.name if visit.match is not None else "Care visit"


def _began(moment: datetime) -> bool:
    return moment <= clock.now()


def _keep_looks(people: Iterable[Person | None], *, by: User, where: str) -> None:
    for person in {person.pk: person for person in people if person is not None}.values():
        keep_look(person, by=by, where=where)
