"""Somebody on record turns out to be under 18: nothing of them is left but numbers, and who helped is told."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import matches, referrals
from matching.asks import open_ask
from matching.casework.family import add_family
from matching.casework.forgetting import forget_young, mark_of
from matching.models import Ask, FamilyLink, LookupToken, Match, Person, Referral, ReferralNote, Task, Visit
from matching.people import correct_person
from matching.sheets.flow import try_sheet
from matching.visiting.planning import plan
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def under_way(client):
    """Somebody with family, a sent referral, and a volunteer who comes in three days."""
    by = factories.coordinator()
    client.force_login(by)
    person = factories.person(name="Tom Canary", phone="01484 496555", notes="Canary notes", external_id="P5")
    add_family(person, by=by, name="Una Canary", phone="01484 496556")
    ask = factories.ask(person, activity="shop-together", wishes="Canary wishes")
    service = factories.service(organisation_=factories.organisation(vetted=True))
    referral = referrals.send(referrals.prepare(ask, by=by, service=service), by=by)
    ReferralNote.objects.create(referral=referral, by=by, text="Canary said so")
    match = matches.offer(ask, factories.volunteer("shop-together", level="basic"), by=by)
    match = matches.start(matches.introduce(matches.say_yes(match, by=match.volunteer.user), by=by), by=by, how="phone")
    plan(match, clock.now() + timedelta(days=3), by=by)
    return person


def test_nothing_of_them_is_left_but_numbers(client, under_way):
    address = f"/desk/people/{under_way.pk}/under-18/"
    page = client.get(address).content.decode()
    assert "Their record is still here" in page
    for words in ("A-101 is withdrawn", "helps with it: that ends", "is cancelled", "R-101 to"):
        assert words in strip_tags(page)
    answer = client.post(address, {"seen": page.split('name="seen" value="')[1].split('"')[0]})
    assert answer["Location"] == "/desk/"
    for model in (Person, FamilyLink, LookupToken, ReferralNote):
        assert not model._default_manager.exists()
    ask, referral, match, visit = Ask.objects.get(), Referral.objects.get(), Match.objects.get(), Visit.objects.get()
    assert (ask.state, referral.state, match.state, visit.state) == ("withdrawn", "cancelled", "ended", "cancelled")
    assert (ask.person, ask.wishes, referral.person, visit.person) == (None, "", None, None)
    ring = Task.objects.get(kind="ring", state="open")
    assert (ring.person, ring.volunteer) == (None, match.volunteer)
    assert Event.objects.of_kind("person.forgotten").get().codes["reason"] == "under_18"
    assert client.get(address).status_code == 404
    for rest in (f"/desk/requests/{ask.pk}/", f"/desk/referrals/{referral.pk}/", "/desk/"):
        answer = client.get(rest)
        assert answer.status_code == 200
        assert "Canary" not in answer.content.decode()
    assert verify() == []


def test_a_page_that_has_grown_old_forgets_nothing_and_nobody_else_may(client, under_way):
    by, mark = factories.coordinator(), mark_of(under_way)
    for role in (Role.EDITOR, Role.PARTNER, Role.VOLUNTEER):
        with pytest.raises(PermissionDenied):
            forget_young(under_way, by=factories.user(role), mark=mark)
    factories.ask(under_way)
    with pytest.raises(WrongState, match="nothing was done"):
        forget_young(under_way, by=by, mark=mark)
    answer = client.post(f"/desk/people/{under_way.pk}/under-18/", {"seen": mark})
    assert answer.status_code == 409
    assert "A-102 is withdrawn" in strip_tags(answer.content.decode())
    assert Person.objects.get(pk=under_way.pk).name == "Tom Canary"
    assert not Event.objects.of_kind("ask.withdrawn").exists()


def test_a_birthday_of_a_child_leads_there_and_says_what_is_so(client, under_way):
    page = client.get(f"/desk/people/{under_way.pk}/edit/").content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    values = {"name": "Tom Canary", "part": "cared_for", "adult": "on", "version": version}
    day = clock.today().replace(year=clock.today().year - 10, day=1)
    answer = client.post(f"/desk/people/{under_way.pk}/edit/", {**values, "date_of_birth": day.isoformat()})
    assert answer["Location"] == f"/desk/people/{under_way.pk}/under-18/"


def test_what_is_not_ours_to_end_stands_on_the_list_and_their_row_of_a_list_goes():
    by, council = factories.coordinator(), factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    person = correct_person(person, by=by, external_id="P5")
    ask = factories.ask(person, by=council)
    factories.agreement(person, by=council, scope="referral", ask=ask)
    service = factories.service(organisation_=factories.organisation(vetted=True))
    referral = referrals.send(referrals.prepare(ask, by=council, service=service), by=council)
    rows = [{"row": "2", "fault": "", "external_id": "P5", "phone": "01484"}, {"row": "3", "fault": "", "external_id": "P6", "phone": ""}]
    sheet = try_sheet("people", rows, by=by)
    told = forget_young(person, by=by, mark=mark_of(person))
    assert [str(referral) in words for words in told] == [True]
    assert Task.objects.get(kind="other", state="open").words == told[0]
    sheet.refresh_from_db()
    assert [row["external_id"] for row in sheet.rows] == ["P6"]
    referral.refresh_from_db()
    assert (referral.state, referral.person) == ("requested", None)
    assert verify() == []


def test_a_request_that_is_written_down_at_the_same_moment_hangs_nothing_up(each_store):
    by = factories.coordinator()
    need, person = factories.need("shopping"), factories.person()
    mark = mark_of(person)
    answers = at_once([partial(forget_young, person, by=by, mark=mark), *[partial(open_ask, person, by=by, need=need)] * 2])
    odd = [each for each in answers if isinstance(each, Exception) and not isinstance(each, WrongState)]
    assert odd == []
    assert verify() == []
