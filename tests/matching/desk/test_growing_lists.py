"""No page of casework asks the database more often because its lists have grown."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Role
from matching import asks, matches, referrals
from matching.asking import call_backs
from matching.befriending import groups
from matching.casework.family import add_family
from matching.models import Match, Person, Sheet, Task
from matching.reasons import Outcome
from matching.refer_in import refer_in
from matching.rounds.living import live_round
from matching.rounds.proposals import drop, propose_round
from matching.tasks.flow import open_task
from matching.visiting.planning import plan, plan_care_visit
from matching.volunteering.training import book, set_date, write_course
from search import indexing
from tests import factories
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, leader, player

pytestmark = pytest.mark.django_db

# Of most things two are added at a time; fewer than three people are no small group.
FEW, MANY = 3, 7
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
ERRAND = "shop-together"
REFERRED = {"person": {"name": "Cyril"}, "need": "shopping", "consent": {"given_by": "person", "how": "phone", "at": None}}


class House:
    """A co-op whose lists grow: everything of one person, one volunteer, one group and one course, and as much of others beside it."""

    def __init__(self) -> None:
        factories.confirmed(ACTIVITY)
        self.by, self.tess = factories.coordinator(), factories.user(Role.CARE_WORKER)
        self.council, self.own, self.daughter = factories.council_referrer(), factories.user(Role.PERSON), factories.user(Role.FAMILY)
        self.service = factories.service("shopping", vetted=True)
        self.partner = factories.partner(self.service.organisation)
        self.person = factories.person()
        Person.objects.filter(pk=self.person.pk).update(user=self.own)
        add_family(self.person, by=self.by, account=self.daughter.email, sees="requests")
        self.volunteer = factories.volunteer(ERRAND, "befriend-at-home", level="enhanced", capacity=50)
        self.course = write_course(by=self.by, name="Walking", activities=[ERRAND])
        self.date = self._date(1)
        self.days = count(3)

    def grow(self) -> None:
        """One more of everything."""
        day = next(self.days)
        helper = factories.volunteer(ERRAND, level="basic", capacity=9, max_km=20)
        for whose, volunteer in ((factories.person(phone="01632 960777", name="Twice Testperson"), helper), (self.person, self.volunteer)):
            self._of_one(whose, volunteer, day)
        book(self.date, helper, by=self.by)
        book(self._date(day), helper, by=self.by)
        open_task(Task.Kind.RING, by=None, match=Match.objects.filter(volunteer=helper).first())
        factories.enquiry()
        call_backs.ask_for(kind="ask", name="Ada", phone=f"01632 9608{day:02}", when="morning", voicemail=False, about="")
        refer_in({**REFERRED, "service_id": str(self.service.pk)}, by=self.council)
        self._group(day)
        drop(propose_round(by=self.by), by=self.by)
        Sheet.objects.create(kind="people", counts={"new": 0, "changed": 0, "same": 0, "wrong": 0}, made_by=self.by)

    def asked(self) -> dict[str, Counter[str]]:
        """What each page asks of the database, at its second look."""
        found = {}
        for name, look in self._looks():
            look()
            with CaptureQueriesContext(connection) as queries:
                look()
            found[name] = Counter(" ".join(each["sql"].split("WHERE")[0].split()) for each in queries)
        return found

    def _of_one(self, person, volunteer, day: int) -> None:
        """One more of each for this person, and for this volunteer."""
        by = self.by
        ask = partial(factories.ask, person, activity=ERRAND)
        ask(), ask(often="weekly")
        asks.record_unmet(ask(), by=by, emptied_by="nobody", nearest_miss="distance")
        offered, accepted, meets, over = (matches.offer(ask(), volunteer, by=by) for _ in range(4))
        for match in (accepted, meets, over):
            matches.say_yes(match, by=volunteer.user)
        for match in (meets, over):
            matches.start(matches.introduce(match, by=by), by=by, how="phone")
        matches.end(over, by=by)
        meets.refresh_from_db()
        plan(meets, clock.now() + timedelta(days=day), by=by)
        plan(meets, clock.now() - timedelta(hours=day), by=by)
        plan_care_visit(person, self.tess, clock.now() + timedelta(hours=day), by=by)
        referrals.prepare(ask(), by=by, service=self.service)
        done = referrals.send(referrals.prepare(ask(), by=by, service=self.service), by=by)
        done = referrals.start(referrals.accept(done, by=self.partner), by=self.partner)
        referrals.complete(done, by=self.partner, outcome=Outcome.GOT_HELP)
        other = factories.service("shopping", organisation_=self.service.organisation)
        referrals.send(referrals.prepare(ask(), by=by, service=other), by=by)
        add_family(person, by=by, name="Bea", phone="01632 960771")

    def _date(self, days: int):
        return set_date(self.course, by=self.by, starts_at=clock.now() + timedelta(days=days), places=30)

    def _group(self, day: int) -> None:
        """The groups grow with the list of them, as far as a group may."""
        player()
        group = groups.form_group([player() for _ in range(min(day, 8))], by=self.by, interest="chess", meets_at=LIBRARY)
        self.group = groups.say_yes(groups.offer_group(group, lead := leader(), by=self.by), by=lead.user)

    def _looks(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Every page that lists something, by who reads it; a search, which is posted; and what a round is made of."""
        for who, names in {
            self.by: (
                *("desk", "desk-doubles", "desk-week", "desk-rounds", "desk-groups", "desk-unmet", "desk-volunteers", "desk-sheets"),
                *("desk-courses", ("desk-course", self.course.pk), ("desk-course-date", self.date.pk), ("desk-group", self.group.pk)),
                *(("desk-person", self.person.pk), ("desk-person-care", self.person.pk), ("desk-volunteer", self.volunteer.pk)),
                *(("desk-match", self.person.asks.order_by("number").first().pk), ("desk-round", propose_round(by=self.by).pk)),
            ),
            self.tess: ("desk", "desk-week"),
            self.partner: ("partner-referrals",),
            self.council: ("council-refer",),
            self.volunteer.user: ("volunteer", "volunteer-times", "volunteer-trainings"),
            self.own: ("account-requests",),
            self.daughter: ("account-requests",),
        }.items():
            for name, *args in (each if isinstance(each, tuple) else (each,) for each in names):
                yield f"{name} {who.email}", partial(seen, who, reverse(name, args=args))
        yield "desk-search", partial(seen, self.by, reverse("desk-search"), {"words": "Twice Testperson"})
        yield "a round", live_round


def seen(who: User, address: str, told: dict[str, str] | None = None) -> None:
    """A page as somebody reads it; told: what they post."""
    client = Client()
    client.force_login(who)
    answer = client.get(address) if told is None else client.post(address, told)
    assert answer.status_code == 200, address


def test_no_page_asks_more_often_for_more_rows(settings, tmp_path):
    settings.SEARCH_INDEX_DIR, settings.OFFERS_IN_A_WEEK = tmp_path / "index", 1000
    with clock.held_at(MONDAY):
        house = House()
        indexing.rebuild()
        for _ in range(FEW):
            house.grow()
        few = house.asked()
        for _ in range(MANY - FEW):
            house.grow()
        many = house.asked()
    assert {name: dict(many[name] - few[name]) for name in few if sum(many[name].values()) > sum(few[name].values())} == {}
