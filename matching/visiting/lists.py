"""Visits as lists: a volunteer's own, a care worker's own, what was not told of, and the week. Every name shown is a look that is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, roles_of
from directory.accounts.roles import Permission, Relation, Role
from matching.models import Group, Match, Person, Visit, Volunteer
from matching.offering.words import moment_words, time_words
from matching.people import keep_looks
from matching.relations import BACK
from matching.rules.errands import is_errand
from matching.states import MatchState, VisitState
from matching.visiting.care import care_visits
from matching.visiting.knowing import Going, going_to, home_of, is_ahead, may_know, stands_in
from matching.visits.times import bounds, day_of

# How far ahead a list of one's own visits looks; as far back as a visit is remembered.
AHEAD = timedelta(days=31)
# Some time after its beginning a visit that nobody told of waits to be told of.
PATIENCE = timedelta(hours=2)


@dataclass(frozen=True)
class VisitLine:
    """One visit of a list; `name` is empty for a group's meeting, which has a `place`. going: what to read before, for who stands in."""

    id: UUID
    when: str
    name: str
    what: str
    minutes: int
    past: bool
    errand: bool
    trial: bool
    by_phone: bool
    is_meeting: bool
    place: str
    going: Going | None


def visits_of(volunteer: Volunteer, *, by: User) -> list[VisitLine]:
    """The volunteer's planned visits: what waits to be told of first, then what is to come; the looks are kept.

    Raises PermissionDenied for whoever is neither the volunteer nor a coordinator.
    """
    if not relations_of(by, volunteer) & {Relation.VOLUNTEER, Relation.COORD}:
        raise PermissionDenied("This is not open to you.")
    return _lines(_planned().filter(volunteer=volunteer), by=by, where="visits")


def pairs_of(volunteer: Volunteer) -> QuerySet[Match]:
    """Under which a visit can be planned now."""
    return volunteer.matches.filter(state=MatchState.ACTIVE).select_related("ask__need")


def coming_to(person: Person) -> QuerySet[Visit]:
    """What is planned for this person from now on: visits, and meetings of a group in which they said that they come; the next first."""
    place = Q(group__members__ask__person=person, group__members__left_at=None, group__members__said_yes_at__isnull=False)
    rows = Visit.objects.filter(Q(person=person) | place, state=VisitState.PLANNED, starts_at__gte=clock.now()).distinct()
    return rows.select_related("volunteer", "care_worker", "group").order_by("starts_at", "pk")


def meetings_of(group: Group) -> QuerySet[Visit]:
    """A group's meetings, the latest first; one that was moved or cancelled is left out."""
    rows = group.visits.exclude(state__in=[VisitState.REPLACED, VisitState.CANCELLED])
    return rows.select_related("volunteer").prefetch_related("came").order_by("-starts_at", "pk")


def not_told_of() -> QuerySet[Visit]:
    """Visits that should have been and of which nobody has told, the oldest first."""
    rows = Visit.objects.filter(state=VisitState.PLANNED, starts_at__lt=clock.now() - PATIENCE)
    return rows.select_related("match__ask__need", "group", "volunteer", "care_worker").order_by("starts_at", "pk")


def next_of(user: User) -> QuerySet[Visit]:
    """A care worker's own: not told of yet, and to come within two weeks. Nothing of whom."""
    soon = Visit.objects.filter(state=VisitState.PLANNED, care_worker=user, starts_at__lt=clock.now() + timedelta(days=14))
    return soon.order_by("starts_at", "pk")


@dataclass(frozen=True)
class WeekVisit:
    """One visit of the printed week; `person` for what to mind before, and what there is to know of the `home`."""

    id: UUID
    at: str
    visitor: str
    name: str
    where: str
    what: str
    minutes: int
    state: str
    person: Person | None
    home: tuple[str, ...]


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
        rows = rows.filter(pk__in=care_visits(by).values("pk"))
    rows = rows.select_related("person", "match__ask__need", "group", "volunteer", "care_worker").prefetch_related("person__family")
    visits = list(rows.order_by("starts_at", "pk"))
    keep_looks((visit.person for visit in visits), by=by, where="desk-week")
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


def what_of(visit: Visit) -> str:
    """What it is for, in a word or two."""
    if visit.group is not None:
        return "Small group"
    return visit.match.ask.need.name if visit.match is not None else "Care visit"


def name_of(visit: Visit) -> str:
    """Who is visited, or the group that meets; the caller has asked whether it may be told, and keeps the look."""
    return str(visit.group) if visit.group is not None else visit.person.name if visit.person is not None else ""


def place_of(visit: Visit) -> str:
    """Where: the person's address, or the public place of a group."""
    if visit.group is not None:
        return visit.group.meets_at
    return ", ".join(part for part in (visit.person.address, visit.person.postcode) if part) if visit.person is not None else ""


def _of_day(visits: Iterable[Visit], day: date) -> Iterator[WeekVisit]:
    for visit in visits:
        if day_of(visit.starts_at) == day:
            yield WeekVisit(
                id=visit.pk,
                at=time_words(visit.starts_at),
                visitor=visitor_of(visit),
                name=name_of(visit),
                where=_where(visit),
                what=what_of(visit),
                minutes=visit.minutes_done or visit.minutes,
                state=visit.get_state_display() if visit.state != VisitState.PLANNED else "",
                person=visit.person if visit.group is None else None,
                home=home_of(visit) if is_ahead(visit) else (),
            )


def _where(visit: Visit) -> str:
    """Nobody needs the address of a visit that is over."""
    if visit.by_phone_or_online:
        return "by phone or online"
    return place_of(visit) if visit.group is not None or is_ahead(visit) else ""


def _planned() -> QuerySet[Visit]:
    now = clock.now()
    rows = Visit.objects.filter(state=VisitState.PLANNED, starts_at__gt=now - BACK, starts_at__lt=now + AHEAD)
    rows = rows.select_related("person", "match__ask__need", "group", "volunteer").prefetch_related("person__family")
    return rows.order_by("starts_at", "pk")


def _lines(rows: QuerySet[Visit], *, by: User, where: str) -> list[VisitLine]:
    known = [visit for visit in rows if may_know(visit, by=by)]
    keep_looks((visit.person for visit in known), by=by, where=where)
    return [_line(visit) for visit in known]


def _line(visit: Visit) -> VisitLine:
    return VisitLine(
        id=visit.pk,
        when=moment_words(visit.starts_at),
        name=visit.person.name if visit.person is not None else "",
        what=what_of(visit),
        minutes=visit.minutes,
        past=_began(visit.starts_at),
        errand=visit.match is not None and is_errand(visit.match.ask),
        trial=visit.trial,
        by_phone=visit.by_phone_or_online,
        is_meeting=visit.group is not None,
        place=visit.group.meets_at if visit.group is not None else "",
        going=going_to(visit) if stands_in(visit) else None,
    )


def _began(moment: datetime) -> bool:
    return moment <= clock.now()
