"""The number alone opens nothing: number, postcode and a code by mail or read out; then plain sentences, and never a name."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory import clock
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches
from matching.asking import codes, desk, following, taking_up
from matching.models import Ask, Enquiry, EnquiryCode, Task
from tests import factories
from tests.matching.asking.conftest import ADA, FOR_MOTHER, MONDAY

pytestmark = pytest.mark.django_db
Sent = Callable[..., Enquiry]
NO_MAIL = {**ADA, "contact": {"phone": "01632 960871"}}


def claim(client: Client, number: str = "Q-101", postcode: str = "HD7 5AA") -> Any:
    return client.post("/ask/follow/", {"number": number, "postcode": postcode})


def typed(client: Client, code: str) -> Any:
    return client.post("/ask/follow/code/", {"code": code})


def mailed() -> str:
    codes_waiting = EnquiryCode.objects.filter(how="mail", code_hash="").order_by("asked_at")
    for row in codes_waiting:
        codes.mail_code(str(row.pk))
    return re.findall(r"code is (\d{6})", mail.outbox[-1].body)[0] if mail.outbox else ""


def test_by_mail(sent: Sent, client: Client) -> None:
    sent()
    assert claim(client, "q 101", "hd75aa")["Location"] == "/ask/follow/code/"
    code = mailed()
    (letter,) = mail.outbox
    assert (letter.to, "Q-101" in letter.body, "hopping" in letter.subject + letter.body) == (["ada@nest.example"], False, False)
    assert typed(client, f"{code[:3]} {code[3:]}")["Location"] == "/ask/follow/yours/"
    page = client.get("/ask/follow/yours/").content.decode()
    assert "You asked us on Monday 23 November: shopping." in page
    assert "We ring you by Tuesday 24 November." in page
    assert "Canarybird" not in page
    other = Client()
    assert claim(other)["Location"] == "/ask/follow/code/"
    assert typed(other, code).status_code == 400


@pytest.mark.parametrize(
    ("number", "postcode"),
    [("Q-101", "HD7 5AB"), ("Q-102", "HD7 5AA"), ("999999999", "HD7 5AA")],
)
def test_what_does_not_fit_is_answered_like_what_does(sent: Sent, number: str, postcode: str) -> None:
    sent()
    right, wrong = Client(), Client()
    assert claim(right)["Location"] == claim(wrong, number, postcode)["Location"]
    pages = [re.sub(r'value="[A-Za-z0-9]{64}"', "", each.get("/ask/follow/code/").content.decode()) for each in (right, wrong)]
    assert pages[0] == pages[1]
    code = mailed()
    assert len(mail.outbox) == 1
    refused = [
        re.sub(r'value="[A-Za-z0-9]{64}"', "", typed(each, "000000" if code != "000000" else "1").content.decode())
        for each in (right, wrong)
    ]
    assert refused[0] == refused[1]
    assert EnquiryCode.objects.filter(enquiry=None).count() == 1
    assert typed(wrong, code).status_code == 400


@pytest.mark.parametrize(
    "wrong", [("x", "HD7 5AA"), ("Q-101", "HD7"), ("9" * 12, "HD7 5AA"), ("²", "HD7 5AA"), ("Q-101", "a\0b"), ("", "")]
)
def test_what_is_no_number_or_postcode_at_all_is_told(client: Client, wrong: tuple[str, str]) -> None:
    assert claim(client, *wrong).status_code == 400
    assert not EnquiryCode.objects.exists()


def test_a_half_filled_form_cannot_be_looked_up(walk: Any) -> None:
    walk()
    assert codes.enquiry_with("101", codes.place_of("HD7 5AA")) is None
    with pytest.raises(WrongState):
        codes.say_code(Enquiry.objects.get(), by=factories.coordinator())


def test_read_out_on_the_phone(sent: Sent, client: Client) -> None:
    enquiry, by = sent(NO_MAIL), factories.coordinator()
    claim(client)
    assert mailed() == ""
    staff = Client()
    staff.force_login(by)
    page = staff.post(f"/desk/enquiries/{enquiry.pk}/", {"do": "code"}).content.decode()
    code = re.findall(r"<b>(\d{6})</b>", page)[0]
    assert code not in repr(list(EnquiryCode.objects.values())) + repr(list(Event.objects.values()))
    assert typed(client, code)["Location"] == "/ask/follow/yours/"
    again = Client()
    claim(again)
    assert typed(again, code).status_code == 400
    assert Event.objects.of_kind("enquiry.code_read_out").get().by_id == by.pk


def test_a_code_that_is_read_out_ends_after_a_day_and_with_the_next_one(sent: Sent, client: Client) -> None:
    enquiry, by = sent(NO_MAIL), factories.coordinator()
    first, second = codes.say_code(enquiry, by=by), codes.say_code(enquiry, by=by)
    place = codes.place_of("HD7 5AA")
    if first != second:
        with pytest.raises(codes.WrongCode):
            codes.use_code("101", place, first, asked=None)
    with clock.held_at(MONDAY + timedelta(hours=24.1)), pytest.raises(codes.WrongCode):
        codes.use_code("101", place, second, asked=None)
    with clock.held_at(MONDAY + timedelta(hours=23.9)):
        assert codes.use_code("101", place, second, asked=None) == enquiry


def test_few_tries(sent: Sent) -> None:
    enquiry = sent(NO_MAIL)
    code = codes.say_code(enquiry, by=factories.coordinator())
    wrong = "000000" if code != "000000" else "111111"
    place = codes.place_of("HD7 5AA")
    for _ in range(codes.TRIES):
        with pytest.raises(codes.WrongCode):
            codes.use_code("101", place, wrong, asked=None)
    with pytest.raises(codes.WrongCode):
        codes.use_code("101", place, code, asked=None)


def test_no_more_than_a_few_mails(sent: Sent) -> None:
    sent()
    for _ in range(codes.AN_HOUR + 3):
        row = codes.ask_code("101", "HD7 5AA")
        codes.mail_code(str(row.pk))
    assert len(mail.outbox) == codes.AN_HOUR


@pytest.mark.parametrize("number", ["Q-101", "Q-555"])
def test_too_many_claims_and_tries_from_one_place_are_slowed_whether_the_number_exists_or_not(sent: Sent, number: str) -> None:
    sent()
    one = [claim(Client(REMOTE_ADDR="10.0.0.1"), number).status_code for _ in range(7)]
    assert one == [302] * 6 + [429]
    client = Client(REMOTE_ADDR="10.9.0.1")
    claim(client, number)
    assert [typed(client, "123456").status_code for _ in range(21)] == [400] * 20 + [429]


@pytest.mark.parametrize("postcode", ["HD7 5AB", "HD7 5AA"])
def test_a_stranger_uses_up_nothing_of_somebody_elses(sent: Sent, postcode: str) -> None:
    enquiry = sent()
    stranger = Client(REMOTE_ADDR="10.0.0.1")
    for _ in range(10):
        claim(stranger, "Q-101", postcode)
    for _ in range(30):
        typed(stranger, "000000")
    own = Client(REMOTE_ADDR="10.9.0.1")
    assert claim(own)["Location"] == "/ask/follow/code/"
    assert typed(own, codes.say_code(enquiry, by=factories.coordinator()))["Location"] == "/ask/follow/yours/"


@pytest.mark.parametrize("number", ["Q-101", "Q-555"])
def test_who_comes_from_many_places_is_slowed_as_well(sent: Sent, number: str) -> None:
    sent()
    answers = [claim(Client(REMOTE_ADDR=f"10.0.{place}.1"), number).status_code for place in range(31)]
    assert answers == [302] * 30 + [429]


def test_who_asks_for_a_code_elsewhere_leaves_mine_as_it_is(sent: Sent, client: Client) -> None:
    sent()
    claim(client)
    code = mailed()
    claim(Client(REMOTE_ADDR="10.0.0.1"))
    assert typed(client, code)["Location"] == "/ask/follow/yours/"


def asked_of_the_database(number: str, place: str, code: str, asked: UUID) -> list[str]:
    """The questions, without what they ask for."""
    with CaptureQueriesContext(connection) as asked_so_far, pytest.raises(codes.WrongCode):
        codes.use_code(number, place, code, asked=asked)
    return [re.sub(r"'[^']*'|\b\d+\b|\"s\d+_x\d+\"", "?", each["sql"]) for each in asked_so_far]


def test_whatever_does_not_fit_the_same_is_asked_and_written(sent: Sent) -> None:
    enquiry = sent()
    rows = {fits: codes.ask_code("101" if fits else "555", "HD7 5AA").pk for fits in (True, False)}
    codes.mail_code(str(rows[True]))
    codes.say_code(enquiry, by=factories.coordinator())
    right, other = codes.place_of("HD7 5AA"), codes.place_of("HD7 5AB")
    wrong = asked_of_the_database("101", right, "12345x", rows[True])
    assert asked_of_the_database("555", right, "12345x", rows[False]) == wrong
    assert asked_of_the_database("101", other, "12345x", rows[False]) == wrong
    assert [each.split()[0] for each in wrong if each.startswith("UPDATE")] == ["UPDATE"]
    for _ in range(codes.TRIES):
        again = [asked_of_the_database(number, right, "12345x", rows[number == "101"]) for number in ("101", "555")]
        assert again == [wrong, wrong]
    assert set(EnquiryCode.objects.values_list("tries", flat=True)) == {codes.TRIES}


def test_without_a_code_nothing_opens(sent: Sent, client: Client) -> None:
    sent()
    assert client.get("/ask/follow/yours/")["Location"] == "/ask/follow/"
    assert client.post("/ask/follow/yours/")["Location"] == "/ask/follow/"
    assert client.get("/ask/follow/code/")["Location"] == "/ask/follow/"


def opened(client: Client, enquiry: Enquiry) -> Client:
    claim(client, str(enquiry))
    assert typed(client, codes.say_code(enquiry, by=factories.coordinator())).status_code == 302
    return client


def test_it_closes_by_itself_and_by_a_press(sent: Sent) -> None:
    enquiry = sent()
    client = opened(Client(), enquiry)
    with clock.held_at(MONDAY + timedelta(minutes=31)):
        assert client.get("/ask/follow/yours/").status_code == 302
    client = opened(Client(), enquiry)
    client.post("/ask/follow/leave/")
    assert client.get("/ask/follow/yours/").status_code == 302


def test_not_needed_any_more_closes_what_nobody_has_taken_up(sent: Sent) -> None:
    enquiry = sent()
    client = opened(Client(), enquiry)
    client.post("/ask/follow/yours/")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.ended_at) == ("closed", MONDAY)
    assert "It is closed" in client.get("/ask/follow/yours/").content.decode()
    client.post("/ask/follow/yours/")
    with pytest.raises(WrongState):
        following.not_needed(enquiry)
    assert Event.objects.of_kind("public.enquiry_closed").get().codes["reason"] == "no_longer_needed"
    assert verify() == []


def taken_up(enquiry: Enquiry) -> Ask:
    who = {"name": "Ada Canarybird", "phone": "01632 960871", "postcode": "HD7 5AA"}
    agreement = {"given_by": "person", "how": "phone"}
    ask = {"need": "shopping", "activity": "shop-together"}
    return taking_up.take_up(enquiry, by=factories.coordinator(), who=who, ask=ask, agreement=agreement)


def test_not_needed_any_more_of_what_was_taken_up_tells_a_coordinator_once(sent: Sent) -> None:
    enquiry = sent()
    ask = taken_up(enquiry)
    client = opened(Client(), enquiry)
    assert "We ring you before we stop anything" in client.post("/ask/follow/yours/", follow=True).content.decode()
    client.post("/ask/follow/yours/")
    task = Task.objects.get()
    assert (task.ask, task.kind, task.state) == (ask, "ring", "open")
    ask.refresh_from_db()
    assert ask.state == "open"
    assert verify() == []


def test_what_became_of_it_in_plain_sentences_without_any_name(sent: Sent) -> None:
    enquiry = sent()
    ask = taken_up(enquiry)
    enquiry = Enquiry.objects.get()
    assert following.what_became(enquiry)[-1] == "We are looking for somebody who can help."
    by, volunteer = factories.coordinator(), factories.volunteer("shop-together", level="basic", name="Osbertine Wren")
    match = matches.offer(ask, volunteer, by=by)
    assert "wait for an answer" in following.what_became(enquiry)[-1]
    match = matches.say_yes(match, by=volunteer.user)
    assert "before anybody comes" in following.what_became(enquiry)[-1]
    matches.start(matches.introduce(match, by=by), by=by, how="phone")
    assert following.what_became(enquiry)[-1] == "A neighbour helps you with it."
    assert "Osbertine" not in " ".join(following.what_became(enquiry))
    asks.meet(ask, by=by)
    enquiry = Enquiry.objects.get()
    assert following.what_became(enquiry)[-1] == "It is done."
    assert not following.can_be_taken_back(enquiry)


def test_who_asked_for_somebody_else_is_not_told_what_that_person_decided(sent: Sent) -> None:
    enquiry = sent(FOR_MOTHER)
    taken_up(enquiry)
    lines = following.what_became(Enquiry.objects.get())
    assert "for the person themselves to tell you" in lines[-1]
    assert len(lines) == 2


def test_a_promise_that_was_not_kept_is_owned(sent: Sent) -> None:
    enquiry, by = sent(), factories.coordinator()
    with clock.held_at(MONDAY + timedelta(days=2)):
        assert "should have been in touch" in following.what_became(enquiry)[-1]
        enquiry = desk.not_reached(enquiry, by=by)
        assert "We tried once to reach you" in following.what_became(enquiry)[-1]


def test_codes_are_forgotten(sent: Sent) -> None:
    codes.say_code(sent(), by=factories.coordinator())
    with clock.held_at(MONDAY + timedelta(days=3.1)):
        assert codes.forget_some()
    assert not EnquiryCode.objects.exists()
