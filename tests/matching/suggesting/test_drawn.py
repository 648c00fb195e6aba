"""What must always hold of suggestions, over drawn volunteers, people, requests and verbs."""

from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock
from directory.states import WrongState
from matching import matches, people, volunteers
from matching.asks import withdraw
from matching.models import Ask, Volunteer
from matching.offering.cards import offer_card
from matching.rules.activities import rules
from matching.rules.asked import rules_of
from matching.states import MATCH_OPEN
from matching.suggesting import living as eligible_volunteers
from matching.suggesting.facts import codes_against, likely
from matching.suggesting.living import living
from matching.suggesting.scoring import score_of
from matching.suggesting.volunteers import judged
from matching.volunteering.checks import forget_check
from tests import factories
from tests.matching.suggesting.test_eligible_volunteers import as_read_now, by_id
from tests.matching.undone import undone

pytestmark = pytest.mark.django_db
SETTINGS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SHOP, HOME = "shop-together", "befriend-at-home"


class World:
    """Three volunteers, two people, two requests, and verbs that change any of them, some of which are refused."""

    def __init__(self, seed):
        self.random, self.by = Random(seed), factories.coordinator()
        self.volunteers = [factories.volunteer(SHOP, by=self.by, level="basic", capacity=2) for _ in range(3)]
        self.people = [factories.person(by=self.by) for _ in range(2)]
        self.asks = [factories.ask(person, by=self.by, activity=SHOP) for person in self.people]
        self.rules = []

    def one(self):
        return Volunteer.objects.get(pk=self.random.choice(self.volunteers).pk)

    def ask(self):
        return Ask.objects.get(pk=self.random.choice(self.asks).pk)

    def open_match(self):
        return self.ask().matches.filter(state__in=MATCH_OPEN).order_by("pk").first()

    def correct(self):
        change = self.random.choice(
            [
                {"capacity": self.random.randint(0, 3)},
                {"windows": self.random.choice([[], [[6, 1200, 1440], [0, 0, 90]], factories.ALL_WEEK])},
                {"languages": self.random.choice([["urdu"], ["english", "bsl"], []])},
                {"facts": {"gender": "woman", "allergies": ["cat"], "avoids_smoke": True}},
                {"max_km": self.random.choice([0.0, 1.5, 40.0])},
                {"interests": self.random.choice([[], ["chess", "brass"]])},
                {"has_car": True, "car_insurance_ok": True},
            ]
        )
        volunteers.correct_volunteer(self.one(), by=self.by, **change)

    def offer_activity(self):
        trained = self.random.choice([None, clock.today()])
        volunteers.offer_activity(self.one(), self.random.choice([SHOP, HOME]), by=self.by, trained_on=trained)

    def drop_activity(self):
        volunteers.drop_activity(self.one(), self.random.choice([SHOP, HOME]), by=self.by)

    def keep_apart(self):
        kind = self.random.choice(["blocked", "related"])
        self.rules.append(volunteers.keep_apart(self.random.choice(self.people), self.one(), kind, by=self.by))

    def stop_keeping_apart(self):
        if self.rules:
            volunteers.stop_keeping_apart(self.rules.pop(), by=self.by)

    def set_status(self):
        volunteers.set_status(self.one(), self.random.choice(["paused", "active", "active", "left"]), by=self.by)

    def check(self):
        due = clock.today() + timedelta(days=self.random.choice([1, 900]))
        volunteers.record_check(self.one(), by=self.by, level="basic", seen_on=clock.today(), recheck_due=due)

    def forget_check(self):
        forget_check(self.one(), by=self.by)

    def offer(self):
        matches.offer(self.ask(), self.one(), by=self.by)

    def answer(self):
        match = self.open_match()
        verb = self.random.choice([matches.say_yes, matches.say_yes, matches.decline])
        if match is not None:
            verb(match, by=match.volunteer.user)

    def meet(self):
        match = self.open_match()
        verb = self.random.choice([matches.introduce, matches.introduce, matches.end])
        if match is not None:
            verb(match, by=self.by)

    def withdraw(self):
        withdraw(self.ask(), by=self.by)

    def correct_person(self):
        people.correct_person(self.random.choice(self.people), by=self.by, facts={"languages": ["urdu"]})

    def register(self):
        self.volunteers.append(factories.volunteer(HOME, by=self.by, level="basic"))


VERBS = sorted(name for name, verb in vars(World).items() if callable(verb) and name not in ("__init__", "one", "ask", "open_match"))


@SETTINGS
@given(st.integers(0, 10**6), st.lists(st.sampled_from(VERBS), min_size=4, max_size=12))
def test_what_is_held_is_what_the_database_says_after_every_verb(seed, verbs):
    with undone():
        world = World(seed)
        eligible_volunteers._held = living()
        for verb in verbs:
            with suppress(WrongState, ValidationError, PermissionDenied), transaction.atomic():
                getattr(world, verb)()
            now = living()
            assert by_id(now.columns) == as_read_now(), verb
            fresh = eligible_volunteers._read(now.place, now.day, now.near)
            theirs, own = ({key: _soft(each, key) for key in each.columns.ids.tolist()} for each in (fresh, now))
            assert theirs == own, verb
            eligible_volunteers._held = now


def _soft(held, key):
    row = held.columns.row_of[key]
    names = {number: word for word, number in held.soft.villages.numbers.items()}
    liked = {word for word, rows in held.soft.interests.rows.items() if row in rows}
    return liked, names.get(int(held.soft.villages.values[row])), int(held.numbers[row])


@SETTINGS
@given(st.integers(0, 10**6))
def test_what_the_database_narrows_first_holds_everybody_who_may(seed):
    chance, slugs = Random(seed), [SHOP, HOME, "shop-for-someone", "deliver-parcel"]
    with undone():
        by = factories.coordinator()
        for slug in slugs:
            factories.confirmed(slug)
        for _ in range(8):
            level = chance.choice(["none", "basic", "basic"])
            made = factories.volunteer(
                *([SHOP] if level == "basic" else []),
                *chance.sample(slugs[1:], chance.randint(1, 3)),
                by=by,
                user=None,
                level=level,
                status=chance.choice(["active", "active", "active", "paused", "applied"]),
                capacity=chance.randint(0, 2),
                windows=chance.choice([factories.ALL_WEEK, [[chance.randrange(7), 540, 720]], []]),
                max_km=chance.choice([0.0, 1.0, 50.0]),
            )
            if level != "none":
                due = clock.today() + timedelta(days=chance.choice([-1, 0, 400]))
                Volunteer.objects.filter(pk=made.pk).update(recheck_due=due)
        activity = chance.choice(slugs)
        person = factories.person(by=by, facts={"needs_help_because": chance.random() < 0.5})
        ask = factories.ask(person, by=by, activity=activity, need_=rules()[activity].need, by_phone_or_online=chance.random() < 0.5)
        may = {volunteer.pk for volunteer in Volunteer.objects.all() if not codes_against(ask, volunteer)}

        assert may <= set(likely(Volunteer.objects.all(), [activity]).values_list("pk", flat=True))
        assert may == {each.volunteer.pk for each in judged(ask, rules_of(ask), most=None).able}


@SETTINGS
@given(st.integers(19, 99), st.integers(19, 99), st.sampled_from(["woman", "man", "other"]), st.text(min_size=1, max_size=9))
def test_age_sex_ethnicity_and_faith_never_change_a_score(old, other_old, gender, word):
    with undone():
        by, words = factories.coordinator(), {"ethnicity": word, "faith": word, "religion": word, "sex": gender, "disability": word}
        born = [clock.today() - timedelta(days=366 * years) for years in (old, other_old)]
        asks = [factories.ask(factories.person(by=by, date_of_birth=day), by=by, activity=SHOP) for day in born]
        willing = [factories.volunteer(SHOP, by=by, level="basic", date_of_birth=day, facts={"gender": "woman"}) for day in born]
        before = [score_of(ask, each) for ask in asks for each in willing]
        for row in [asks[0].person, willing[0]]:
            # Whatever somebody may have written into the record: it is not looked at.
            type(row).objects.filter(pk=row.pk).update(facts={**(row.facts or {}), **words, "gender": gender})
        after = [score_of(Ask.objects.get(pk=ask.pk), Volunteer.objects.get(pk=each.pk)) for ask in asks for each in willing]

        assert len(set(before)) == 1
        assert after == before


letters = st.text("abcdefghijklmnopqrstuvwxyz '-", min_size=3, max_size=20)


@SETTINGS
@given(letters, st.integers(0, 10**6))
def test_nothing_a_volunteer_sees_before_saying_yes_tells_who_it_is(word, seed):
    chance, secret = Random(seed), f"Zqx{word}"
    with undone():
        by = factories.coordinator()
        person = factories.person(
            by=by,
            name=f"{secret} name",
            address=f"{chance.randint(1, 99)} {secret} Row",
            phone="01632 960771",
            email="zqx.person@test.example",
            notes=f"{secret} notes",
            can_give=f"{secret} gives",
            facts={"interests": ["chess"], "household": secret},
        )
        activity = chance.choice([SHOP, "deliver-parcel"])
        factories.confirmed("deliver-parcel")
        ask = factories.ask(
            person,
            by=by,
            activity=activity,
            often=chance.choice(Ask.Often.values),
            minutes=chance.choice([15, 60, 90]),
            urgency=chance.choice(Ask.Urgency.values),
            windows=chance.choice([[], [[chance.randrange(7), 540, 720]]]),
            wishes=f"{secret} wishes",
        )
        match = matches.offer(ask, factories.volunteer(SHOP, "deliver-parcel", by=by, level="enhanced", interests=["chess"]), by=by)
        told = str({name: value for name, value in asdict(offer_card(match)).items() if name != "match_id"})

        assert "zqx" not in told.lower()
        assert "960771" not in told
        assert person.postcode not in told
        assert not any(str(number) in told for number in person.position.values())
        assert str(person.pk) not in told
