"""From the rows of the database to the facts that eligibility decides by. What nobody knows stays unknown; what is decided stays there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from directory import clock
from matching.agreements import valid_agreement
from matching.desk_states import GroupState
from matching.eligibility import ActivityRule, AskFacts, Code, Level, PersonFacts, Status, VolunteerFacts, refusals
from matching.eligibility.facts import windows
from matching.eligibility.times import ANY_TIME
from matching.models import Ask, Group, Match, PairRule, Person, Volunteer, VolunteerActivity
from matching.persons.homes import door_of, household_of
from matching.persons.said import gender_of, languages_of
from matching.rules.decisions import rules_in_force
from matching.rules.errands import is_regular
from matching.states import MATCH_TAKEN, AskState

# Nobody writes down what goes without saying: where no language is noted, it is English.
USUAL_LANGUAGES = ("english",)


def codes_against(ask: Ask, volunteer: Volunteer, *, taken: Match | None = None) -> tuple[Code, ...]:
    """Every code that keeps this volunteer from this request today; empty where they may take it.

    taken: a match of these two that must not count against the volunteer's own capacity. Raises KeyError for a request without an activity.
    """
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk), taken=taken)[0]
    return refusals(ask_facts(ask), person_facts(ask.person), helper.facts, rules_in_force()[ask.activity], on=clock.today())


def ask_facts(ask: Ask, *, agreed: bool | None = None) -> AskFacts:
    """The request as eligibility sees it. Without times it can be at any time. agreed: in the place of the agreement that stands there."""
    return AskFacts(
        id=str(ask.pk),
        person=str(ask.person_id),
        activity=ask.activity,
        minutes=ask.minutes,
        windows=windows(ask.windows) or ANY_TIME,
        regular=is_regular(ask),
        gender_required=gender_of(ask.gender_required) or None,
        two_visitors=ask.two_visitors,
        consent=ask.person is not None and valid_agreement(ask.person, ask) is not None if agreed is None else agreed,
        remote=ask.by_phone_or_online,
        priority=ask.urgency,
    )


def wish_binds(ask: Ask, rules: Iterable[ActivityRule] = ()) -> bool:
    """Does the person's wish for one gender decide here? Each use is told to the journal; the reason stands in the request's wishes."""
    return bool(gender_of(ask.gender_required)) and any(rule.private for rule in rules or [rules_in_force()[ask.activity]])


def person_facts(person: Person | None) -> PersonFacts:
    """The adult as eligibility sees them. None is somebody whose record was erased: nothing is known."""
    if person is None:
        return PersonFacts(id="None")
    position, facts, pairs = person.position or {}, person.facts or {}, list(person.pair_rules.all())
    return PersonFacts(
        id=str(person.pk),
        lat=position.get("lat"),
        lon=position.get("lon"),
        household=household_of(facts.get("household", "")),
        door=door_of(person.address, person.postcode),
        languages=_spoken(facts.get("languages")),
        animals=frozenset(facts.get("animals") or ()),
        smoker=facts.get("smoker"),
        related_volunteers=_others(pairs, PairRule.Kind.RELATED, "volunteer_id"),
        blocked_volunteers=_others(pairs, PairRule.Kind.BLOCKED, "volunteer_id"),
        receives_care=facts.get("receives_care"),
        needs_help_because=facts.get("needs_help_because"),
    )


class Offered(NamedTuple):
    """A row of VolunteerActivity. There are so many that each as an object of Django took longer than all else together."""

    activity: str
    trained_on: date | None
    trained_until: date | None


class Helper(NamedTuple):
    """A volunteer, and what eligibility knows about them."""

    volunteer: Volunteer
    facts: VolunteerFacts


def helpers(volunteers: QuerySet[Volunteer], *, taken: Match | None = None, on: date | None = None) -> list[Helper]:
    """These volunteers with their facts, in a constant number of queries.

    taken: a match that does not count against their capacity. on: the day on which they are to help, today where left out.
    """
    day = on or clock.today()
    helped, offered, pairs = people_helped(volunteers, but=taken), _offered_by(volunteers), _pairs_of(volunteers)
    return [Helper(row, _facts(row, offered[row.number], pairs[row.pk], helped.get(row.number, 0), day)) for row in volunteers]


def people_helped(volunteers: QuerySet[Volunteer] | None = None, *, but: Match | None = None) -> dict[int, int]:
    """How many people these volunteers, or all, help now, by their number; a small group that meets counts as one.

    Those who help nobody are left out. but: a match that does not count.
    """
    matches = Match.objects.filter(state__in=MATCH_TAKEN).exclude(ask__state=AskState.WITHDRAWN)
    groups = Group.objects.filter(state=GroupState.RUNNING, volunteer__isnull=False)
    if but is not None:
        matches = matches.exclude(pk=but.pk)
    if volunteers is not None:
        matches, groups = matches.filter(volunteer__in=volunteers), groups.filter(volunteer__in=volunteers)
    people = matches.order_by().values_list("volunteer__number").annotate(people=Count("ask__person", distinct=True))
    meeting = groups.order_by().values_list("volunteer__number").annotate(groups=Count("pk"))
    return Counter(dict(people)) + Counter(dict(meeting))


def is_trained(offered: VolunteerActivity | Offered, on: date) -> bool:
    """Does a training for this activity count on that day?"""
    return offered.trained_on is not None and (offered.trained_until is None or offered.trained_until >= on)


def age_on(born: date, day: date) -> int:
    """Whole years; who was born on 29 February has their birthday on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def likely(volunteers: QuerySet[Volunteer], activities: Iterable[str]) -> QuerySet[Volunteer]:
    """Those among whom everybody is who may take one of these activities: what the database can tell before anything is decrypted."""
    offering = volunteers.filter(status=Volunteer.Status.ACTIVE, activities__activity__in=list(activities), capacity__gt=0)
    return offering.filter(Q(recheck_due=None) | Q(recheck_due__gte=clock.today())).exclude(windows=[]).distinct()


def _facts(volunteer: Volunteer, offered: Sequence[Offered], pairs: Sequence[PairRule], active_matches: int, day: date) -> VolunteerFacts:
    """The volunteer as eligibility sees them on a day; active_matches: how many people they help now."""
    position, facts = volunteer.position or {}, volunteer.facts or {}
    return VolunteerFacts(
        id=str(volunteer.pk),
        lat=position.get("lat"),
        lon=position.get("lon"),
        household=household_of(facts.get("household", "")),
        door=door_of(volunteer.address, volunteer.postcode),
        status=Status(volunteer.status),
        age=age_on(volunteer.date_of_birth, day) if volunteer.date_of_birth else None,
        gender=gender_of(facts.get("gender") or "") or None,
        languages=_spoken(volunteer.languages),
        allergies=frozenset(facts.get("allergies") or ()),
        avoids_smoke=bool(facts.get("avoids_smoke")),
        visits_in_pair=volunteer.visits_in_pair,
        has_car=volunteer.has_car,
        car_insurance_ok=volunteer.car_insurance_ok,
        max_km=volunteer.max_km,
        windows=windows(volunteer.windows),
        capacity=volunteer.capacity,
        active_matches=active_matches,
        activities=frozenset(row.activity for row in offered),
        trained_for=frozenset(row.activity for row in offered if is_trained(row, day)),
        dbs=Level(volunteer.check_level),
        dbs_review_due=volunteer.recheck_due,
        related_to=_others(pairs, PairRule.Kind.RELATED, "person_id"),
        blocked_people=_others(pairs, PairRule.Kind.BLOCKED, "person_id"),
    )


def _spoken(said: Sequence[str] | None) -> frozenset[str]:
    return frozenset(languages_of(said or ()) or USUAL_LANGUAGES)


def _offered_by(volunteers: QuerySet[Volunteer]) -> Mapping[int, list[Offered]]:
    """What these volunteers offer, by their number: it costs nothing to read, where an id is made anew for every row."""
    found: dict[int, list[Offered]] = defaultdict(list)
    rows = VolunteerActivity.objects.filter(volunteer__in=volunteers).values_list("volunteer__number", *Offered._fields)
    for number, activity, trained_on, trained_until in rows:
        found[number].append(Offered(activity, trained_on, trained_until))
    return found


def _pairs_of(volunteers: QuerySet[Volunteer]) -> Mapping[UUID, list[PairRule]]:
    found: dict[UUID, list[PairRule]] = defaultdict(list)
    for rule in PairRule.objects.filter(volunteer__in=volunteers):
        found[rule.volunteer_id].append(rule)
    return found


def _others(rules: Iterable[PairRule], kind: PairRule.Kind, side: str) -> frozenset[str]:
    return frozenset(str(getattr(rule, side)) for rule in rules if rule.kind == kind)
