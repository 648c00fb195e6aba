"""What was asked on the website, at the desk: seen with a note, tried, closed, written down in one go, forgotten in the end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.geodata.models import Postcode
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.agreements import valid_agreement
from matching.asking import desk, taking_up
from matching.desk.today import today_for
from matching.models import Ask, Enquiry, FamilyLink, Look, Person
from tests import factories
from tests.matching.asking.conftest import ADA, FOR_MOTHER, MONDAY, TALK

pytestmark = pytest.mark.django_db
OUTSIDE = "lies outside the area where we help"
Sent = Callable[..., Enquiry]


def daily(later: float) -> None:
    with clock.held_at(MONDAY + timedelta(days=later)):
        for job in (desk.give_up_some, desk.erase_some):
            while not job():
                pass


def section(by: User) -> Any:
    return next(each for each in today_for(by) if each.title == "New from the website")


def test_the_day_names_it_and_not_who_asked(sent: Sent, by: User, staff: Client) -> None:
    enquiry = sent()
    (row,) = section(by).rows
    assert (row.url, row.due, row.late) == (f"/desk/enquiries/{enquiry.pk}/", "promised by Tuesday 24 November", False)
    page = staff.get("/desk/").content.decode()
    assert "Q-101" in page
    assert "Canarybird" not in page
    assert not Look.objects.exists()
    with clock.held_at(MONDAY + timedelta(days=2)):
        assert section(by).rows[0].late


def test_each_look_is_noted(sent: Sent, by: User, staff: Client) -> None:
    enquiry = sent()
    page = staff.get(f"/desk/enquiries/{enquiry.pk}/").content.decode()
    for words in (
        "Ada Canarybird",
        "01632 960871",
        "Leave no message",
        "cuckooclock",
        "say nothing to anybody else",
        "Large print",
        "xylophone",
    ):
        assert words in page
    look = Look.objects.get()
    assert (look.by_id, look.person_id, look.where, look.by_role) == (by.pk, enquiry.pk, "desk-enquiry", "coordinator")


def test_a_form_that_was_not_sent_is_nobodys_to_see(walk: Any, staff: Client) -> None:
    walk()
    for address in ("", "take-up/"):
        assert staff.get(f"/desk/enquiries/{Enquiry.objects.get().pk}/{address}").status_code == 404


def test_tried_and_closed(sent: Sent, staff: Client) -> None:
    enquiry = sent()
    for _ in range(2):
        staff.post(f"/desk/enquiries/{enquiry.pk}/", {"do": "tried"})
    assert staff.post(f"/desk/enquiries/{enquiry.pk}/", {"do": "close"}).status_code == 400
    staff.post(f"/desk/enquiries/{enquiry.pk}/", {"do": "close", "why": "answered"})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.tries, enquiry.ended_at) == ("closed", 2, MONDAY)
    assert Event.objects.of_kind("enquiry.moved").last().codes["reason"] == "answered"
    assert staff.post(f"/desk/enquiries/{enquiry.pk}/", {"do": "tried"}, follow=True).status_code == 200
    assert verify() == []


def test_pressed_twice_counts_one_try_and_closes_once(sent: Sent, staff: Client) -> None:
    enquiry = sent()
    address = f"/desk/enquiries/{enquiry.pk}/"
    assert 'name="tries" value="0"' in staff.get(address).content.decode()
    for _ in range(2):
        staff.post(address, {"do": "tried", "tries": "0"})
    staff.post(address, {"do": "tried", "tries": "1"})
    for words in ("Closed.", "It is closed already."):
        assert words in staff.post(address, {"do": "close", "why": "answered"}, follow=True).content.decode()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.tries) == ("closed", 2)


def test_who_signs_is_not_rung(sent: Sent, staff: Client) -> None:
    said = {**ADA, "understand": {"codes": ["bsl"]}, "contact": {"phone": "07700 900201", "email": ""}}
    page = staff.get(f"/desk/enquiries/{sent(said).pk}/").content.decode()
    assert "Send a text message. Plain words, short." in page
    assert "Their number: 07700 900201. Not for calls" in strip_tags(page)
    assert "Never by voice" in page
    assert 'href="tel:07700900201"' not in page
    page = staff.get(f"/desk/enquiries/{sent({**FOR_MOTHER, 'understand': {'codes': ['bsl']}}).pk}/").content.decode()
    assert "Ring Ada Canarybird" in page
    assert 'href="tel:01632960871"' in page


def test_number_and_address_are_links_and_stand_there_once(sent: Sent, staff: Client) -> None:
    page = staff.get(f"/desk/enquiries/{sent().pk}/").content.decode()
    for address, told in (("tel:01632960871", "01632 960871"), ("mailto:ada@nest.example", "ada@nest.example")):
        assert f'href="{address}"' in page
        assert page.replace(address, "").count(told) == 1
    mother = staff.get(f"/desk/enquiries/{sent(FOR_MOTHER).pk}/").content.decode()
    assert 'href="tel:01632960872"' in mother
    assert mother.count("01632 960872") == 1
    signs = {**FOR_MOTHER, "understand": {"codes": ["bsl"]}}
    mother = staff.get(f"/desk/enquiries/{sent(signs).pk}/").content.decode()
    assert "01632 960872" in mother
    assert "tel:01632960872" not in mother
    mobile = {**ADA, "contact": {"phone": "07700 900201", "email": ""}, "understand": {"codes": ["bsl"]}}
    texted = staff.get(f"/desk/enquiries/{sent(mobile).pk}/").content.decode()
    assert 'href="sms:07700900201"' in texted
    assert "tel:07700900201" not in texted


def test_a_closed_one_still_shows_how_they_were_reached(sent: Sent, by: User, staff: Client) -> None:
    enquiry = desk.close(sent(), by=by, why="answered")
    assert "01632 960871" in staff.get(f"/desk/enquiries/{enquiry.pk}/").content.decode()


def test_a_postcode_outside_the_area_is_said_so_and_refuses_nothing(sent: Sent, staff: Client) -> None:
    far = {**ADA, "you": {**ADA["you"], "postcode": "AB10 1AB"}}
    assert OUTSIDE in staff.get(f"/desk/enquiries/{sent(far).pk}/").content.decode()
    assert OUTSIDE not in staff.get(f"/desk/enquiries/{sent().pk}/").content.decode()
    there = factories.person(
        postcode=factories.postcode("AB10 1AB", position=(57.14, -2.1), inside=factories.area("T9", "Far", (57.1, -2.1)))
    )
    assert "outside the area" not in staff.get(f"/desk/people/{there.pk}/").content.decode()
    Postcode.objects.create(code="ZE10AA", lat=60.1, lon=-1.1)
    for postcode, said in (("ZE1 0AA", True), ("HD7 5AA", False)):
        page = staff.get(f"/desk/people/{factories.person(postcode=postcode).pk}/").content.decode()
        assert ("outside the area" in page) is said


def test_written_down_after_the_talk_in_one_go(sent: Sent, by: User, staff: Client) -> None:
    enquiry = sent()
    page = staff.get(f"/desk/enquiries/{enquiry.pk}/take-up/").content.decode()
    for words in ('value="Ada Canarybird"', 'value="01632 960871"', "cuckooclock", "marmalade"):
        assert words in page
    answer = staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, "when": ["mornings"], "can_give": "marmalade"})
    ask, person = Ask.objects.get(), Person.objects.get()
    assert answer["Location"] == f"/desk/requests/{ask.pk}/"
    assert (ask.person, ask.often, ask.source, len(ask.windows)) == (person, "weekly", "self", 5)
    assert (person.name, person.can_give, person.contact["codes"], person.contact["voicemail"], person.contact["may_answer"]) == (
        *("Ada Canarybird", "marmalade", ["large-print"], False, "person"),
    )
    agreement = valid_agreement(person, ask)
    assert agreement is not None
    assert (agreement.given_by, agreement.how) == ("person", "phone")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.person, enquiry.ask, enquiry.taken_by) == ("taken_up", person, ask, by)
    assert verify() == []
    again = staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", TALK)
    assert again["Location"] == f"/desk/requests/{ask.pk}/"
    assert (Ask.objects.count(), Person.objects.count()) == (1, 1)


def test_nobody_has_said_yes_yet(sent: Sent, staff: Client) -> None:
    staff.post(f"/desk/enquiries/{sent().pk}/take-up/", {**TALK, "given_by": "not_yet"})
    assert valid_agreement(Person.objects.get(), Ask.objects.get()) is None


@pytest.mark.parametrize(
    ("given_by", "seen", "fine"),
    [("attorney", "", False), ("attorney", "seen by K. on 3 May", True), ("best_interests", "decided with the son", True)],
)
def test_where_the_person_cannot_decide(sent: Sent, staff: Client, given_by: str, seen: str, fine: bool) -> None:
    enquiry = sent(FOR_MOTHER)
    answer = staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, "name": "Olive Goldfinch", "given_by": given_by, "seen": seen})
    assert answer.status_code == (302 if fine else 400)
    assert Person.objects.count() == Ask.objects.count() == int(fine)
    if not fine:
        assert "which document was seen" in answer.content.decode()
        assert Event.objects.of_kind("person.registered").count() == 0


def test_family_who_asked_stands_with_the_person_and_sees_nothing(sent: Sent, staff: Client) -> None:
    enquiry = sent(FOR_MOTHER)
    page = staff.get(f"/desk/enquiries/{enquiry.pk}/").content.decode()
    assert "They may not know yet: ring them before anything is sent." in page
    staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, "name": "Olive Goldfinch", "phone": "01632 960872"})
    person, link = Person.objects.get(), FamilyLink.objects.get()
    assert (person.name, person.contact) == ("Olive Goldfinch", {"codes": ["large-print"]})
    assert person.safe_contact == "When you ring Ada Canarybird: leave no message, and say to nobody else who rings."
    assert (link.person, link.name, link.phone, link.email, link.relation, link.is_main, link.sees, link.user) == (
        *(person, "Ada Canarybird", "01632 960871", "ada@nest.example", "daughter", True, "nothing", None),
    )
    assert Ask.objects.get().source == "family"
    assert verify() == []


def test_whom_we_know_already_is_shown_and_chosen(sent: Sent, by: User, staff: Client) -> None:
    known = factories.person(name="A. Canarybird", phone="01632 960871", can_give="Mends clocks")
    namesake = factories.person(name="Ada Canarybird", phone="01632 960999")
    factories.person(name="Somebody Else", phone="01632 960111")
    enquiry = sent()
    page = staff.get(f"/desk/enquiries/{enquiry.pk}/take-up/").content.decode()
    assert "Do we know them already?" in page
    looked = set(Look.objects.filter(where="desk-enquiry-doubles").values_list("person_id", flat=True))
    assert looked == {known.pk, namesake.pk}
    assert staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, "record": ""}).status_code == 400
    staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, "record": str(known.pk), "can_give": "Bakes"})
    assert Ask.objects.get().person == known
    assert Person.objects.count() == 3
    known.refresh_from_db()
    assert known.name == "A. Canarybird"
    assert known.can_give == "Mends clocks\nBakes"


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"need": "x"}, {"minutes": "1"}, {"record": "x"}, {"given_by": ""}, {"postcode": "HD"}, {"activity": "driving"}],
)
def test_what_is_missing_is_told_and_nothing_half_done(sent: Sent, staff: Client, wrong: dict[str, str]) -> None:
    enquiry = sent()
    answer = staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", {**TALK, **wrong})
    assert answer.status_code == 400
    assert "Not right yet" in answer.content.decode()
    assert (Person.objects.count(), Ask.objects.count()) == (0, 0)
    enquiry.refresh_from_db()
    assert enquiry.state == "waiting"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_for_coordinators_only(sent: Sent, role: Role) -> None:
    enquiry, user = sent(), factories.user(role)
    for verb in (
        lambda: desk.not_reached(enquiry, by=user),
        lambda: desk.close(enquiry, by=user, why="answered"),
        lambda: desk.look_at(enquiry, by=user, where="desk-enquiry"),
        lambda: desk.waiting(by=user),
        lambda: taking_up.take_up(enquiry, by=user, who={"name": "x"}, ask={"need": "shopping"}),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert not Look.objects.exists()
    assert "New from the website" not in [each.title for each in today_for(user)]


def test_what_has_ended_stays_ended(sent: Sent, by: User) -> None:
    enquiry = desk.close(sent(), by=by, why="not_reached")
    for verb in (
        lambda: desk.not_reached(enquiry, by=by),
        lambda: desk.close(enquiry, by=by, why="answered"),
        lambda: taking_up.take_up(enquiry, by=by, who={"name": "x"}, ask={"need": "shopping"}),
    ):
        with pytest.raises(WrongState):
            verb()
    with pytest.raises(ValidationError):
        desk.close(enquiry, by=by, why="because")


def test_what_was_closed_is_forgotten_after_thirty_days_and_what_was_taken_up_loses_its_answers(sent: Sent, by: User) -> None:
    closed, taken = desk.close(sent(), by=by, why="answered"), sent()
    taking_up.take_up(taken, by=by, who={"name": "Ada"}, ask={"need": "shopping"})
    daily(29.9)
    assert Enquiry.objects.get(pk=taken.pk).answers
    assert Enquiry.objects.filter(pk=closed.pk).exists()
    daily(30.1)
    left = Enquiry.objects.get()
    assert (left.pk, left.answers, left.place, left.ask is not None) == (taken.pk, {}, "", True)
    daily(31)
    assert Event.objects.of_kind("system.enquiry_erased").count() == 2
    assert verify() == []


def test_of_somebody_under_18_every_word_goes_at_once(sent: Sent, by: User) -> None:
    enquiry = desk.close(sent(), by=by, why="under_18")
    enquiry.refresh_from_db()
    assert (enquiry.answers, enquiry.place, enquiry.state) == ({}, "", "closed")


def test_whom_nobody_reached_is_given_up_after_two_months(sent: Sent, by: User) -> None:
    waiting, tried = sent(), sent()
    with clock.held_at(MONDAY + timedelta(days=20)):
        desk.not_reached(tried, by=by)
    daily(60.1)
    assert list(Enquiry.objects.order_by("number").values_list("state", flat=True)) == ["closed", "tried"]
    daily(80.2)
    assert Enquiry.objects.get(pk=tried.pk).state == "closed"
    daily(90.3)
    assert list(Enquiry.objects.values_list("pk", flat=True)) == [tried.pk]
    assert Event.objects.of_kind("system.enquiry_given_up").first().object_id == waiting.pk
    assert verify() == []
