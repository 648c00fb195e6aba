"""Made-up volunteers, people, requests and referrals as rows, as they would be after years of work; the same ones for the same seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from directory import clock
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.recording import record_past
from directory.models import Service
from matching.eligibility import ByVolunteers
from matching.models import ActivityDecision, Agreement, Ask, Match, Person, Referral, Volunteer, VolunteerActivity
from matching.rules.activities import rules
from matching.states import AskState, MatchState, ReferralState
from search.benchmark.positions import Positions
from search.benchmark.wording import made_word

COORDINATOR = "coordinator@benchmark.example"
# Of so many volunteers one helps somebody already; for each service so many referrals have ended lately.
HELPING, REFERRED = 3, 0.2
BATCH = 500
PARTS_OF_DAY = ((540, 720), (720, 1020), (1020, 1260))
INTERESTS = ("chess", "gardening", "football", "knitting", "brass bands", "walking", "cooking", "history", "dogs", "films")
LANGUAGES = ("urdu", "punjabi", "polish", "bsl")
ANIMALS = ("cats", "dogs")
STATUSES = ("active",) * 8 + ("paused", "checking")
LEVELS = ("none", "basic", "basic", "enhanced", "enhanced", "enhanced_barred", "enhanced_barred")


@dataclass(frozen=True)
class Crowd:
    """How many to make up: volunteers, and requests that are asked about (those of whom volunteers help already come on top)."""

    volunteers: int
    requests: int
    seed: int


def coordinator() -> User:
    """Who asks; made when first asked for."""
    found = User.objects.filter(email=COORDINATOR).first()
    if found is None:
        found = User.objects.create_user(COORDINATOR, name="A Coordinator")
        grant(found, Role.COORDINATOR, by=None)
    return found


def store(crowd: Crowd, positions: Positions) -> None:
    """Fill a database that has its tables, needs and services."""
    by = coordinator()
    _store(
        ActivityDecision(activity=slug, kind="confirmed", professional="Benchmark", source="Benchmark", by=by, demo=True)
        for slug, rule in rules().items()
        if rule.professional_review
    )
    volunteers = [_volunteer(number, crowd.seed, positions) for number in range(crowd.volunteers)]
    _store(volunteers)
    _store(row for number, volunteer in enumerate(volunteers) for row in _activities(number, crowd.seed, volunteer))
    _record("volunteer.registered", volunteers, by)
    helping = volunteers[::HELPING]
    people = [_person(number, crowd.seed, positions) for number in range(crowd.requests + len(helping))]
    _store(people)
    _store(Agreement(person=each, given_by="person", how="phone", at=clock.now() - timedelta(days=30), recorded_by=by) for each in people)
    _record("person.registered", people, by)
    asks = [_ask(number, crowd.seed, person, by) for number, person in enumerate(people)]
    _store(asks)
    _record("ask.opened", asks, by)
    taken = [
        Match(ask=ask, volunteer=volunteer, state=MatchState.ACTIVE, offered_by=by, active_at=clock.now())
        for ask, volunteer in zip(asks[crowd.requests :], helping, strict=True)
    ]
    _store(taken)
    _record("match.active", taken, by)
    _store(_referrals(crowd.seed, people, by))


def requests() -> list[Ask]:
    """The requests that are asked about: nobody is on them."""
    return list(Ask.objects.filter(matches=None, state=AskState.OPEN).select_related("person", "need").order_by("number"))


def _choice(what: str, number: int, seed: int) -> Random:
    """A seed of its own for each: the first thousand are the same among however many."""
    return Random(f"{seed}:{what}:{number}")


def _at(choice: Random, positions: Positions) -> tuple[str, dict[str, float]]:
    number = choice.randrange(len(positions))
    code = str(positions.codes[number])
    near = {"lat": float(positions.lats[number]) + choice.gauss(0, 0.002), "lon": float(positions.lons[number]) + choice.gauss(0, 0.003)}
    return f"{code[:-3]} {code[-3:]}", {name: round(value, 6) for name, value in near.items()}


def _known(choice: Random, positions: Positions) -> dict[str, Any]:
    postcode, position = _at(choice, positions)
    return {
        "id": UUID(int=choice.getrandbits(128), version=4),
        "name": f"{made_word(choice.randrange(60_000)).capitalize()} {made_word(choice.randrange(60_000)).capitalize()}",
        "phone": f"01632 960{choice.randrange(1000):03}",
        "address": f"{choice.randint(1, 200)} {made_word(choice.randrange(60_000)).capitalize()} Road",
        "postcode": postcode,
        "position": position,
        "date_of_birth": clock.today() - timedelta(days=choice.randint(6_000, 34_000)),
    }


def _volunteer(number: int, seed: int, positions: Positions) -> Volunteer:
    choice = _choice("volunteer", number, seed)
    level = choice.choice(LEVELS)
    checked = {"check_seen_on": clock.today(), "recheck_due": clock.today() + timedelta(days=choice.randint(-30, 1000))}
    return Volunteer(
        **_known(choice, positions),
        number=number + 1,
        status=choice.choice(STATUSES),
        facts={"gender": choice.choice(("woman", "man")), **({"allergies": [choice.choice(ANIMALS)]} if choice.random() < 0.15 else {})},
        languages=["english", *choice.sample(LANGUAGES, choice.choice((0, 0, 0, 1)))],
        interests=choice.sample(INTERESTS, choice.randint(0, 4)),
        windows=_windows(choice, choice.randint(3, 9)),
        visits_in_pair=choice.random() < 0.4,
        has_car=choice.random() < 0.6,
        car_insurance_ok=choice.random() < 0.7,
        max_km=choice.choice((3.0, 5.0, 8.0, 12.0, 20.0)),
        capacity=choice.choice((1, 2, 2, 3)),
        check_level=level,
        **(checked if level != "none" else {}),
        demo=True,
    )


def _activities(number: int, seed: int, volunteer: Volunteer) -> list[VolunteerActivity]:
    choice = _choice("activities", number, seed)
    open_ones = [slug for slug, rule in rules().items() if rule.volunteer in (ByVolunteers.YES, ByVolunteers.TRAINED)]
    trained = clock.today() if choice.random() < 0.5 else None
    return [VolunteerActivity(volunteer=volunteer, activity=slug, trained_on=trained) for slug in choice.sample(open_ones, 8)]


def _person(number: int, seed: int, positions: Positions) -> Person:
    choice = _choice("person", number, seed)
    facts: dict[str, Any] = {
        "languages": ["english"] if choice.random() < 0.9 else [choice.choice(LANGUAGES)],
        "interests": choice.sample(INTERESTS, choice.randint(0, 4)),
        "animals": [choice.choice(ANIMALS)] if choice.random() < 0.3 else [],
        "smoker": choice.random() < 0.15,
        "receives_care": choice.random() < 0.5,
        "needs_help_because": choice.random() < 0.7,
    }
    return Person(**_known(choice, positions), facts=facts, demo=True)


def _ask(number: int, seed: int, person: Person, by: User) -> Ask:
    """One in four names its need only and is held against all activities of it."""
    choice = _choice("ask", number, seed)
    rule = choice.choice([rule for rule in rules().values() if rule.volunteer in (ByVolunteers.YES, ByVolunteers.TRAINED)])
    return Ask(
        id=UUID(int=choice.getrandbits(128), version=4),
        number=number + 1,
        person=person,
        need_id=rule.need,
        activity=rule.slug if choice.random() < 0.75 else "",
        often=choice.choice(Ask.Often.values),
        minutes=choice.choice((30, 60, 60, 90, 120)),
        windows=_windows(choice, choice.randint(0, 4)),
        urgency=choice.choice(Ask.Urgency.values),
        gender_required=choice.choice(("woman", "man")) if choice.random() < 0.1 else "",
        two_visitors=choice.random() < 0.05,
        made_at=clock.now() - timedelta(days=choice.randint(0, 60)),
        made_by=by,
    )


def _windows(choice: Random, count: int) -> list[list[int]]:
    return [[choice.randrange(7), *choice.choice(PARTS_OF_DAY)] for _ in range(count)]


def _referrals(seed: int, people: list[Person], by: User) -> list[Referral]:
    """Ended within the last year, most of them well."""
    choice = _choice("referrals", 0, seed)
    services = list(Service.objects.order_by("pk").values_list("pk", flat=True))
    made = []
    for number in range(int(REFERRED * len(services))):
        at = clock.now() - timedelta(days=choice.randint(1, 360))
        person, ask = people[number % len(people)], None
        made.append(
            Referral(
                number=number + 1, ask=ask, person=person, need_id="shopping", service_id=choice.choice(services), state=ReferralState.COMPLETED,
                outcome=choice.choice(("got_help", "got_help", "not_helped")), created_by=by, sent_at=at, due_at=at, ended_at=at, completed_at=at,
            )
        )  # fmt: skip
    return made


def _record(kind: str, rows: list[Any], by: User) -> None:
    with transaction.atomic():
        record_past(kind, ((row, clock.now()) for row in rows), by=by, role="coordinator")


def _store(rows: Iterable[Any]) -> None:
    left = iter(rows)
    while some := list(islice(left, 10 * BATCH)):
        with transaction.atomic():
            type(some[0])._base_manager.bulk_create(some, batch_size=BATCH)
