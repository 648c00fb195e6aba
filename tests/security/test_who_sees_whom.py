"""What others may not know about a person or a volunteer does not stand on their page, in whatever part of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from matching import matches, referrals
from matching.models import Look, Match, Visit
from matching.visiting.care import end_care
from matching.visiting.moves import cancel, done, replace
from matching.visiting.planning import plan, plan_care_visit
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db

NOTE = "Lives behind the blue door and falls often."
# Who it is, where, and what to know of the home: nobody reads it who does not go there.
TOLD = {
    "name": "Edith Quietperson",
    "phone": "01484 556677",
    "address": "7 Secret Row",
    "safe_contact": "Never in the evening.",
    "communication_needs": "One thing at a time.",
    "facts": {"animals": ["ferrets"], "oxygen": True, "smoker": False},
}
WISHES = "Somebody who likes brass bands."
AT_HOME = ("7 Secret Row", factories.HOME_POSTCODE, "ferrets", "Oxygen is used there")
IN_TOUCH = ("01484 556677", "Never in the evening.", "One thing at a time.")
ALL = ("Edith Quietperson", *AT_HOME, *IN_TOUCH)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sent() -> tuple[Any, Any, Any]:
    """A referral with a note, the partner whom it reached, and the council's referrer."""
    factories.postcode()
    group = factories.organisation(vetted=True)
    service = factories.service("shopping", organisation_=group)
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    ask = factories.ask(person, by=council)
    factories.agreement(person, by=council, scope="referral", ask=ask)
    referral = referrals.send(referrals.prepare(ask, by=council, service=service, note=NOTE), by=council)
    return referral, factories.partner(group), council


def test_the_group_reads_the_note_while_it_is_asked(sent: tuple[Any, Any, Any]) -> None:
    referral, partner, _ = sent
    assert NOTE in client_of(partner).get(f"/partner/referrals/{referral.pk}/").content.decode()


def test_after_its_no_the_notes_about_the_person_are_gone_from_the_groups_page_too(sent: tuple[Any, Any, Any]) -> None:
    referral, partner, council = sent
    referrals.reject(referral, by=partner, reason="no_capacity", note="Ring her niece Bea instead.")
    page = client_of(partner).get(f"/partner/referrals/{referral.pk}/").content.decode()
    assert NOTE not in page
    assert "Bea" not in page
    assert "could not take this on" in page
    own = client_of(council).get(f"/council/referrals/{referral.pk}/").content.decode()
    assert NOTE in own
    assert "Bea" in own


@pytest.mark.parametrize("state", ["offered", "declined", "accepted", "introduced"])
def test_a_care_worker_does_not_read_who_the_volunteer_is(state: str) -> None:
    worker, coordinator = factories.user(Role.CARE_WORKER), factories.coordinator()
    person = factories.person(by=worker, agreed=False)
    factories.agreement(person, by=coordinator)
    ask = factories.ask(person, by=worker, activity="shop-together")
    volunteer = factories.volunteer("shop-together", level="basic", name="Quiet Volunteer", village="Golcar")
    match = matches.offer(ask, volunteer, by=coordinator)
    if state == "declined":
        matches.decline(match, by=volunteer.user)
    elif state != "offered":
        match = matches.say_yes(match, by=volunteer.user)
        if state == "introduced":
            matches.introduce(match, by=coordinator)
    page = client_of(worker).get(f"/desk/requests/{ask.pk}/").content.decode()
    assert str(volunteer) in page
    assert "Quiet" not in page
    assert "Golcar" not in page


def pages_of(user: Any, visit: Visit) -> list[str]:
    """The page of the visit, and where this user begins the day."""
    own = "/desk/" if user.grants.filter(role=Role.CARE_WORKER).exists() else "/volunteer/"
    return [client_of(user).get(page).content.decode() for page in (f"/visits/{visit.pk}/", own)]


def read(user: Any, visit: Visit, *words: str) -> list[str]:
    """Which of these words (all that could be told, where none are named) this user finds on any of them."""
    shown = "".join(pages_of(user, visit))
    return [each for each in words or (*ALL, WISHES) if each in shown]


@pytest.fixture
def pair() -> Match:
    """Two who meet at home."""
    by, ask = (
        factories.coordinator(),
        factories.ask(factories.person(**TOLD), need_="friendships", activity="befriend-at-home", wishes=WISHES),
    )
    return meets(ask, helper(), by)


def helper() -> Any:
    return factories.volunteer("befriend-at-home", level="enhanced")


def meets(ask: Any, volunteer: Any, by: Any) -> Match:
    return matches.start(
        matches.introduce(matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user), by=by), by=by, how="phone"
    )


def in_hours(hours: float) -> Any:
    return clock.now() + timedelta(hours=hours)


def test_who_stands_in_reads_what_the_usual_volunteer_reads_from_the_planned_visit_on(pair: Match) -> None:
    by, other, third = factories.coordinator(), helper(), helper()
    visit = plan(pair, in_hours(30), by=by)
    assert read(pair.volunteer.user, visit) == [*ALL, WISHES]
    assert read(other.user, visit) == []
    new = replace(visit, by=by, volunteer=other)
    assert [[each for each in (*ALL, WISHES) if each in page] for page in pages_of(other.user, new)] == [[*ALL, WISHES]] * 2
    assert read(third.user, new) == []
    looks = Look.objects.filter(person_id=pair.ask.person.pk, by_id=other.user.pk)
    assert sorted(looks.values_list("where", flat=True)) == ["visit", "visits"]
    again = replace(new, by=by, volunteer=third)
    assert read(other.user, new) == read(other.user, again) == []
    assert read(third.user, again) == [*ALL, WISHES]


@pytest.mark.parametrize("ends", ["cancelled", "ended", "checked again", "left", "told of"])
def test_who_stood_in_and_does_not_come_any_more_reads_nothing_of_the_person(pair: Match, ends: str) -> None:
    by, other = factories.coordinator(), helper()
    visit = replace(plan(pair, in_hours(-1), by=by), by=by, volunteer=other)
    assert read(other.user, visit) == [*ALL, WISHES]
    {
        "cancelled": lambda: cancel(visit, by=by),
        "ended": lambda: matches.end(pair, by=by),
        "checked again": lambda: set_status(other, "checking", by=by),
        "left": lambda: set_status(other, "left", by=by),
        "told of": lambda: done(visit, by=other.user),
    }[ends]()
    assert read(other.user, visit) == []


def test_who_stood_in_and_has_not_told_of_it_reads_whom_it_was_about_and_not_where_or_how_to_reach_them(pair: Match) -> None:
    other, by = helper(), factories.coordinator()
    visit = replace(plan(pair, in_hours(30), by=by), by=by, volunteer=other)
    for hours, known in ((30 + 1, [*ALL, WISHES]), (30 + 24, ["Edith Quietperson"]), (24 * 62, [])):
        with clock.held_at(in_hours(hours)):
            assert read(other.user, visit) == known
            assert read(pair.volunteer.user, visit, *AT_HOME) == list(AT_HOME)


def test_who_is_only_asked_or_was_asked_reads_nothing_of_the_person(pair: Match) -> None:
    by, offered = factories.coordinator(), helper()
    visit = plan(pair, in_hours(30), by=by)
    ask = factories.ask(pair.ask.person, need_="friendships", activity="befriend-at-home", wishes=WISHES)
    match = matches.offer(ask, offered, by=by)
    for step in (lambda: match, lambda: matches.say_yes(match, by=offered.user)):
        step()
        assert read(offered.user, visit) == []
    matches.decline(Match.objects.get(pk=match.pk), by=offered.user)
    assert read(offered.user, visit) == []


def test_for_a_visit_by_phone_who_stands_in_reads_the_number_and_no_address_and_nothing_of_the_home() -> None:
    by, other = factories.coordinator(), helper()
    ask = factories.ask(factories.person(**TOLD), need_="friendships", activity="befriend-at-home", by_phone_or_online=True)
    visit = replace(plan(meets(ask, helper(), by), in_hours(30), by=by), by=by, volunteer=other)
    assert visit.by_phone_or_online
    assert read(other.user, visit) == ["Edith Quietperson", *IN_TOUCH]


def test_a_care_worker_reads_on_the_visit_where_it_is_and_what_is_in_the_home_and_the_record_stays_closed() -> None:
    by, tess, other = factories.coordinator(), factories.user(Role.CARE_WORKER), factories.user(Role.CARE_WORKER)
    person = factories.person(**TOLD)
    visit = plan_care_visit(person, tess, in_hours(30), by=by)
    assert read(tess, visit) == list(ALL)
    assert read(other, visit) == []
    assert Look.objects.get(person_id=person.pk, by_id=tess.pk).where == "visit"
    assert client_of(tess).get(f"/desk/people/{person.pk}/").status_code == 404
    with clock.held_at(in_hours(30 + 24)):
        assert read(tess, visit, *AT_HOME) == []
        assert read(tess, visit, "Edith Quietperson", *IN_TOUCH) == ["Edith Quietperson", *IN_TOUCH]
    with clock.held_at(in_hours(24 * 62)):
        assert read(tess, visit) == []
    end_care(person, tess, by=by)
    assert read(tess, visit) == []
    own = factories.person(by=tess, agreed=False)
    assert client_of(tess).get(f"/desk/people/{own.pk}/").status_code == 200
