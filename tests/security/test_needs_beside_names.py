"""Wherever somebody is named, there stands what helps to reach and understand them: on every page, for everybody who may open it."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Role
from matching import matches, referrals, volunteers
from matching.befriending import groups, members
from matching.casework.family import add_family
from matching.models import Person
from matching.people import correct_person
from matching.persons.needs import communication_needs
from matching.reasons import Outcome
from matching.urls import ROOMS as ADDRESSES
from matching.visiting.moves import replace
from matching.visiting.planning import plan, plan_care_visit
from tests import factories
from tests.carestore import world
from tests.carestore.test_doors import OBJECTS
from tests.carestore.world import ERRAND
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, leader, player

pytestmark = pytest.mark.django_db

PHONE = "01632 960880"
ASKER = "Quill Enquirer"
# A referral that is over, at whoever sent it: the name alone is theirs to read, so that they know which it was.
NAME_ONLY = "The co-op keeps their details."
# Each of them names somebody: else this test would look at nothing there.
NAMING = {
    *("desk-person", "desk-person-edit", "desk-person-looks", "desk-person-merge", "desk-person-care", "desk-family-new", "desk-family"),
    *("desk-doubles", "desk-agree", "desk-ask-new", "desk-ask-edit", "desk-pair", "desk-pair-letter", "desk-week", "desk-care-visit-new"),
    *("desk-group", "desk-referral", "desk-volunteer", "desk-search", "desk-enquiry", "desk-enquiry-take-up", "visit"),
    *("volunteer", "partner-referral", "council-referral", "account-requests"),
}


@dataclass(frozen=True)
class Named:
    """Somebody with a need of their own: what stands in a page that tells it, in full or in a list to choose from."""

    name: str
    label: str
    words: str

    def is_named(self, page: str) -> bool:
        return self.name in page

    def is_told(self, page: str) -> bool:
        return (self.label in page and self.words in page) or f"{self.name} ({self.label}; more on the record)" in page


class House:
    """The world of the doors, and beside it all in which somebody is named: visits, a group, who is kept apart, doubles, family."""

    def __init__(self) -> None:
        factories.confirmed(ACTIVITY)
        self.small = world.make()
        self.by, self.own, self.daughter = factories.coordinator(), factories.user(Role.PERSON), factories.user(Role.FAMILY)
        # They may know no more than when somebody comes, or nothing at all: of their own family they read the name.
        self.kept_out = {sees: factories.user(Role.FAMILY) for sees in ("visits", "nothing")}
        self._people_who_meet()
        self._referrals()
        self._family()
        self.named = list(self._with_needs())
        known = self.named[0]
        contact = {"phone": PHONE, "email": "quill@test.example"}
        codes = {"codes": ["hearing-loop"], "more": "Hums when it suits."}
        factories.enquiry(you={"name": ASKER, "postcode": factories.postcode()}, contact=contact, understand=codes)
        theirs = {"codes": [next(iter(communication_needs()))], "more": known.words}
        factories.enquiry(you={"name": known.name, "postcode": factories.postcode()}, contact=contact, understand=theirs)
        self.named.append(Named(ASKER, "A hearing loop", "Hums when it suits."))

    def _people_who_meet(self) -> None:
        by, tomorrow = self.by, clock.now() + timedelta(hours=1)
        helper, pair = factories.volunteer(ERRAND, level="basic", capacity=5, max_km=20), self.small.pair
        self.helper = helper.user
        visit = plan(pair, tomorrow, by=by)
        self.stand_in = replace(visit, by=by, volunteer=helper)
        plan_care_visit(
            factories.person(by=self.small.people["careworker"], agreed=False), self.small.people["careworker"], tomorrow, by=by
        )
        matches.introduce(matches.say_yes(matches.offer(factories.ask(activity=ERRAND), helper, by=by), by=helper.user), by=by)
        volunteers.keep_apart(factories.person(), helper, "blocked", by=by)
        group = groups.form_group([player() for _ in range(3)], by=by, interest="chess", meets_at=LIBRARY)
        group = groups.say_yes(groups.offer_group(group, lead := leader(), by=by), by=lead.user)
        for place in group.members.all():
            members.note_yes(place, by=by)
        self.leader = lead.user

    def _referrals(self) -> None:
        council, partner, service = self.small.people["council"], self.small.people["partner"], self.small.service
        person = factories.person(by=council, agreed=False)
        ask = factories.ask(person, by=council)
        factories.agreement(person, by=council, scope="referral", ask=ask)
        over = referrals.send(referrals.prepare(ask, by=council, service=service), by=council)
        referrals.complete(referrals.start(referrals.accept(over, by=partner), by=partner), by=partner, outcome=Outcome.GOT_HELP)

    def _family(self) -> None:
        person = factories.person()
        Person.objects.filter(pk=person.pk).update(user=self.own)
        factories.ask(person)
        add_family(person, by=self.by, account=self.daughter.email, sees="requests")
        for sees, user in self.kept_out.items():
            add_family(factories.person(), by=self.by, account=user.email, sees=sees)

    def _with_needs(self) -> Iterator[Named]:
        """Everybody gets a name, a need by code and one in words that nobody else has; three have one telephone, as doubles may."""
        codes = list(communication_needs().values())
        for number, person in enumerate(Person.objects.order_by("created_at", "pk")):
            need = codes[number % len(codes)]
            told = Named(f"Quill{number:02} Testperson", need.label, f"Hums tune {number:02}.")
            contact = {"codes": [need.code]}
            phone = {"phone": PHONE} if number < 3 else {}
            correct_person(person, by=self.by, name=told.name, communication_needs=told.words, contact=contact, **phone)
            yield told

    def readers(self) -> list[User]:
        return [*self.small.people.values(), self.own, self.daughter, *self.kept_out.values(), self.helper, self.leader]

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every address of casework, volunteers and council that opens with a click, for each row that it may be of."""
        for route in (route for room in ADDRESSES.values() for route in room):
            if route.name in OBJECTS:
                kind = type(getattr(self.small, OBJECTS[route.name][0]))
                yield from ((route.name, reverse(route.name, args=[row.pk])) for row in kind._default_manager.all())
            elif not route.pattern.converters:
                yield route.name, reverse(route.name)
        first, second = Person.objects.order_by("created_at", "pk")[:2]
        yield "desk-person-merge", f"{reverse('desk-person-merge', args=[first.pk])}?other={second.pk}"
        yield "desk-care-visit-new", f"{reverse('desk-care-visit-new')}?person={first.pk}"

    def looked_at(self, reader: User) -> Iterator[tuple[str, str]]:
        """What this reader reads at each address; and of what is posted, a search and a form that is sent back."""
        client = Client()
        client.force_login(reader)
        for name, address in self.pages():
            yield name, words_of(client.get(address))
        yield "desk-search", words_of(client.post(reverse("desk-search"), {"words": PHONE}))
        yield "desk-agree", words_of(client.post(reverse("desk-agree", args=[self.small.person.pk])))


def words_of(answer: Any) -> str:
    """The words of a page, and what stands in its fields; empty where there is none for this reader."""
    if answer.status_code not in (200, 400) or not answer.get("Content-Type", "").startswith("text/html"):
        return ""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    fields = re.sub(r'<[^>]*\bvalue="([^"]*)"[^>]*>', r" \1 ", main)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fields)).split())


def test_no_page_names_somebody_without_what_helps_to_understand_them() -> None:
    house = House()
    naming, wrong = set(), []
    for reader in house.readers():
        for name, page in house.looked_at(reader):
            there = [each for each in house.named if each.is_named(page)]
            naming |= {name} if there else set()
            if NAME_ONLY not in page and not (name == "account-requests" and reader in house.kept_out.values()):
                wrong += [(name, reader.email, each) for each in there if not each.is_told(page)]
    assert not wrong
    assert naming >= NAMING
