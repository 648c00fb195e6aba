"""Planning a visit: under a match that is active, or on a care worker's own round."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.states import WrongState
from matching.eligibility import Code, refusals
from matching.models import Agreement, Ask, Group, Match, Person, Visit, Volunteer
from matching.persons.once import SentAlready, key_of
from matching.rules.decisions import rules_in_force
from matching.states import AskState, MatchState, VisitState
from matching.suggesting.facts import ask_facts, helpers, person_facts
from matching.visiting.care import own_people
from matching.visiting.holding import held_by, hold_match, hold_person, role_in
from matching.visits.times import day_of
from matching.visits.writing import write_visit

LONGEST = 24 * 60
# So long ago a visit may still be written down, and so far ahead one is planned.
LOOKS_BACK, LOOKS_AHEAD = timedelta(days=60), timedelta(days=366)
# What must be right on the day of the visit itself; times and distance the two have settled between them.
ON_THE_DAY = frozenset(
    {
        Code.CQC_PERSONAL_CARE,
        Code.VOLUNTEER_NOT_ALLOWED,
        Code.TRAINING_MISSING,
        Code.VOLUNTEER_NOT_ACTIVE,
        Code.DBS_LEVEL,
        Code.DBS_OUT_OF_DATE,
        Code.UNDER_18_AT_HOME,
        Code.BLOCKED,
    }
)
# What somebody settles with the person when they stand in once.
SETTLED = frozenset({Code.CAPACITY, Code.TIME, Code.DISTANCE})


class NotOnThatDay(WrongState):
    """The volunteer may not visit on that day (409). `codes` are for staff only."""

    def __init__(self, codes: tuple[Code, ...]) -> None:
        super().__init__("This visit cannot be planned as things are.")
        self.codes = codes


@transaction.atomic
def plan(
    match: Match,
    starts_at: datetime,
    *,
    by: User,
    minutes: int | None = None,
    trial: bool = False,
    note: str = "",
    once: str = "",
) -> Visit:
    """Plan a visit of an active pair, or write down one that has been; minutes: as the request says where left out.

    Two clicks plan one visit: what stands at this moment already, planned or done, is given back; once: the form's own mark, by which a form
    that is sent again gives the visit that it made. Raises PermissionDenied, ValidationError, NotOnThatDay; WrongState where the pair is
    not active, the request was withdrawn, or the person is not to be contacted.
    """
    role = role_in(held_by(by, match))
    match = hold_match(match)
    require_meets(match)
    length = require_length(minutes if minutes is not None else match.ask.minutes)
    require_near(starts_at)
    once = mark_of(once, match)
    if known := known_at(match.visits.all(), starts_at, once, by):
        return known
    require_may_visit(match.ask, match.volunteer, day_of(starts_at), match)
    return write_visit(
        by=by,
        role=role,
        starts_at=starts_at,
        minutes=length,
        person=match.ask.person,
        match=match,
        volunteer=match.volunteer,
        trial=trial,
        by_phone_or_online=match.ask.by_phone_or_online,
        note=note,
        once=once,
    )


@transaction.atomic
def plan_care_visit(
    person: Person, care_worker: User, starts_at: datetime, *, by: User, minutes: int = 60, note: str = "", once: str = ""
) -> Visit:
    """Plan a visit of the co-op's own care team: by a coordinator, or by the care worker to somebody whom they brought in or visit already.

    once: as in `plan`. Raises PermissionDenied, ValidationError; WrongState where the person is not to be contacted, or has taken the
    agreement back.
    """
    role = _care_role(person, care_worker, by)
    person = hold_person(person)
    if Role.CARE_WORKER not in roles_of(care_worker):
        raise ValidationError({"care_worker": ["Choose a care worker."]})
    length = require_length(minutes)
    require_near(starts_at)
    require_care(person)
    once = mark_of(mark_of(once, person), care_worker)
    if known := known_at(Visit.objects.filter(person=person, care_worker=care_worker), starts_at, once, by):
        return known
    return write_visit(by=by, role=role, starts_at=starts_at, minutes=length, person=person, care_worker=care_worker, note=note, once=once)


def known_at(visits: QuerySet[Visit], starts_at: datetime, once: str, by: User) -> Visit | None:
    """Of these visits the one that the same form made before, or that is planned, or was done, at this moment.

    Raises SentAlready where the form named another moment then.
    """
    made = visits.filter(pk=key_of("visit", once, by)).first() if once else None
    if made is not None and made.starts_at != starts_at:
        raise SentAlready
    return made or visits.filter(starts_at=starts_at, state__in=[VisitState.PLANNED, VisitState.DONE]).first()


def mark_of(once: str, about: Match | Group | Person | User) -> str:
    """A form's mark counts for what the form is about, and for nothing else."""
    return f"{once}|{about.pk}" if once else ""


def require_meets(match: Match) -> None:
    """The two meet now. Raises WrongState."""
    if match.state != MatchState.ACTIVE or match.ask.state == AskState.WITHDRAWN:
        raise WrongState("These two do not meet, so there is no visit to plan.")
    _require_contact(match.ask.person)


def require_length(minutes: int) -> int:
    """Raises ValidationError for what is no length of a visit."""
    if not 5 <= minutes <= LONGEST:
        raise ValidationError({"minutes": [f"Write how many minutes it takes, from 5 to {LONGEST}."]})
    return minutes


def require_near(starts_at: datetime) -> None:
    """Raises ValidationError for a moment long ago or far ahead."""
    if starts_at.tzinfo is None:
        raise ValidationError({"day": ["Say in which time."]})
    if not clock.now() - LOOKS_BACK <= starts_at <= clock.now() + LOOKS_AHEAD:
        raise ValidationError({"day": ["Choose a day within the last two months or the coming year."]})


def require_may_visit(ask: Ask, volunteer: Volunteer, day: date, match: Match | None = None) -> None:
    """Raises NotOnThatDay with the codes of `codes_on_the_day`."""
    if codes := codes_on_the_day(ask, volunteer, day, match):
        raise NotOnThatDay(codes)


def codes_on_the_day(ask: Ask, volunteer: Volunteer, day: date, match: Match | None = None) -> tuple[Code, ...]:
    """What keeps the volunteer from visiting on that day: not active, checked, trained or allowed then, or not to be paired.

    match: where given, only that; without one the volunteer is a new one, and every code counts but capacity, time and distance.
    """
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk), taken=match, on=day)[0]
    codes = refusals(ask_facts(ask), person_facts(ask.person), helper.facts, rules_in_force()[ask.activity], on=day)
    return tuple(code for code in codes if (code in ON_THE_DAY if match is not None else code not in SETTLED))


def require_care(person: Person) -> None:
    """The care team may come, or come at another time. Raises WrongState: not to be contacted, or the agreement was taken back."""
    _require_contact(person)
    said = Agreement.objects.filter(person=person)
    if said.exists() and not said.filter(withdrawn_at=None).exists():
        raise WrongState("This person has taken their agreement back. Ask them first, and write down what they say.")


def _require_contact(person: Person | None) -> None:
    if person is None or person.do_not_contact:
        raise WrongState("This person is not to be contacted, so no visit is planned.")


def _care_role(person: Person, care_worker: User, by: User) -> Relation:
    if allowed(by, Permission.MATCH):
        return Relation.COORD
    if by != care_worker or Role.CARE_WORKER not in roles_of(by) or not own_people(by).filter(pk=person.pk).exists():
        raise PermissionDenied("This is not open to you.")
    return Relation.CARE_WORKER
