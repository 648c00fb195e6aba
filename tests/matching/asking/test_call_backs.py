"""Somebody asks to be rung: locked away at once, seen by coordinators with a note of each look, gone 30 days after the call."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from directory.accounts.roles import Role
from directory.bank_holidays import is_bank_holiday
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.asking import call_backs
from matching.asking.promises import open_days, promise_words, promised_day
from matching.desk.today import today_for
from matching.models import CallBack, Look
from matching.states import CallBackState
from tests import factories

pytestmark = pytest.mark.django_db

ADA = {"name": "Ada Canarybird", "phone": "01632 960871", "when": "morning", "voicemail": "no", "about": "Since the cuckooclock stopped"}
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def asked(**more: Any) -> CallBack:
    return call_backs.ask_for(**{"kind": "ask", **ADA, "voicemail": False, **more})


def send(client: Client, path: str = "/ask/ring-me/", **more: str) -> Any:
    return client.post(path, {**ADA, "once": "mark-1", **more})


def desk_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def daily(later: float) -> None:
    """The daily jobs, so many days after MONDAY."""
    with clock.held_at(MONDAY + timedelta(days=later)):
        for job in (call_backs.give_up_some, call_backs.erase_some):
            while not job():
                pass


def test_from_the_form_to_the_desk_and_to_the_end(client: Client) -> None:
    need, area = factories.need(), factories.area()
    with clock.held_at(MONDAY):
        form = client.get("/ask/ring-me/", {"need": need.pk, "area": area.code}).content.decode()
        assert f"{need.name}, {area.name}" in form
        assert "deleted" in form
        answer = client.post("/ask/ring-me/", {**ADA, "once": "mark-1", "need": need.pk, "area": area.code})
        assert answer["Location"] == "/ask/ring-me/thanks/?when=morning"
        thanks = client.get(answer["Location"]).content.decode()
    assert "We ring you by Tuesday 24 November, in the morning." in thanks
    call = CallBack.objects.get()
    assert (call.name, call.phone, call.voicemail, call.need, call.area_code, call.promised_on) == (
        *("Ada Canarybird", "01632 960871", False, need, area.code, date(2026, 11, 24)),
    )
    coordinator = factories.coordinator()
    desk = desk_of(coordinator)
    with clock.held_at(MONDAY):
        today = desk.get("/desk/").content.decode()
        assert "Canarybird" not in today
        assert "960871" not in today
        assert "promised by Tuesday 24 November" in today
        assert not Look.objects.exists()
        page = desk.get(f"/desk/ring-back/{call.pk}/").content.decode()
        look = Look.objects.get()
        assert (look.by_id, look.person_id, look.where, look.by_role) == (coordinator.pk, call.pk, "desk-call-back", "coordinator")
        for words in ("Ada Canarybird", "01632 960871", "Leave no message", "cuckooclock", "In the morning"):
            assert words in page
        desk.post(f"/desk/ring-back/{call.pk}/", {"do": "tried"})
        desk.post(f"/desk/ring-back/{call.pk}/", {"do": "tried"})
        assert "Rung 2 times" in desk.get("/desk/").content.decode()
        desk.post(f"/desk/ring-back/{call.pk}/", {"do": "done"})
        assert f"/desk/ring-back/{call.pk}/" not in desk.get("/desk/").content.decode()
    call.refresh_from_db()
    assert (call.state, call.tries) == (CallBackState.DONE, 2)
    assert verify() == []


@pytest.mark.parametrize("verb", [call_backs.done, call_backs.close])
def test_it_is_forgotten_thirty_days_after_its_end_and_not_before(verb: Any) -> None:
    coordinator = factories.coordinator()
    with clock.held_at(MONDAY):
        ended, open_ = asked(), asked(name="Bob Waiting")
        verb(ended, by=coordinator)
    for later, left in ((29.9, {ended.pk, open_.pk}), (30.1, {open_.pk})):
        daily(later)
        assert set(CallBack.objects.values_list("pk", flat=True)) == left
    assert Event.objects.of_kind("system.call_back_erased").get().object_id == ended.pk
    assert verify() == []


def test_whom_nobody_reached_is_given_up_and_then_forgotten_too() -> None:
    coordinator = factories.coordinator()
    with clock.held_at(MONDAY):
        waiting, tried = asked(name="Ada Waiting"), asked(name="Bob Tried")
    with clock.held_at(MONDAY + timedelta(days=20)):
        call_backs.not_reached(tried, by=coordinator)
    wait, trying, closed = CallBackState.WAITING, CallBackState.TRIED, CallBackState.CLOSED
    told = ((59.9, [wait, trying]), (60.1, [closed, trying]), (79.9, [closed, trying]), (80.1, [closed, closed]), (90, [closed, closed]))
    for later, states in told:
        daily(later)
        assert [CallBack.objects.get(pk=call.pk).state for call in (waiting, tried)] == states
    for later, left in ((90.2, {tried.pk}), (110, {tried.pk}), (110.2, set())):
        daily(later)
        assert set(CallBack.objects.values_list("pk", flat=True)) == left
    rows = [(event.object_id, event.codes, event.by_role, event.by_id) for event in Event.objects.of_kind("system.call_back_not_reached")]
    assert rows == [
        (waiting.pk, {"from": "waiting", "to": "closed", "tries": 0}, "system", None),
        (tried.pk, {"from": "tried", "to": "closed", "tries": 1}, "system", None),
    ]
    assert verify() == []


@pytest.mark.parametrize("hours", ["Monday to Friday, 9 to 4", "ring and see"])
def test_the_desk_sees_it_as_late_long_before_it_is_given_up(settings: Any, hours: str) -> None:
    settings.SITE_PHONE_HOURS = hours
    coordinator = factories.coordinator()
    with clock.held_at(MONDAY):
        call = asked()
    for later in (9, 30, 59.9):
        with clock.held_at(MONDAY + timedelta(days=later)):
            section = next(section for section in today_for(coordinator) if section.title == "Ring back")
            assert [row.late for row in section.rows] == [True]
    with clock.held_at(MONDAY + timedelta(days=59.9)):
        page = desk_of(coordinator).get(f"/desk/ring-back/{call.pk}/").content.decode()
        assert "It closes by itself on Friday 22 January" in page
        call_backs.not_reached(call, by=coordinator)
    daily(61)
    assert CallBack.objects.get().state == CallBackState.TRIED


def test_nothing_of_it_stands_anywhere_in_plain(client: Client, caplog: Any) -> None:
    send(client)
    call_backs.not_reached(CallBack.objects.get(), by=factories.coordinator())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM matching_callback")
        stored = str(cursor.fetchall())
    told = str(list(Event.objects.values())) + caplog.text
    assert "morning" in stored
    assert "call_back.moved" in told
    for canary in ("canarybird", "960871", "cuckooclock"):
        assert canary not in (stored + told).lower()


def test_a_form_that_is_sent_twice_makes_one_call(client: Client) -> None:
    assert send(client)["Location"] == send(client)["Location"]
    assert send(client, once="mark-2").status_code == 302
    assert CallBack.objects.count() == 2


def test_a_program_that_fills_in_what_nobody_sees_is_thanked_and_not_kept(client: Client) -> None:
    assert send(client, website="https://spam.example").status_code == 302
    assert not CallBack.objects.exists()


def test_too_many_from_one_address_are_slowed(client: Client) -> None:
    answers = [send(client, once=f"mark-{number}").status_code for number in range(11)]
    assert answers == [302] * 10 + [429]
    assert CallBack.objects.count() == 10


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": ""}, {"name": "  "}, {"phone": ""}, {"phone": "12"}, {"phone": "ring me"}, {"when": ""}, {"when": "x"}),
        *({"voicemail": ""}, {"about": "x" * 501}, {"name": "a\0b"}, {"phone": "0" * 41}),
        *({"need": "a\0"}, {"area": "\0"}, {"service": "a\0"}),
    ],
)
def test_what_is_missing_is_told_and_nothing_kept(client: Client, wrong: dict[str, str]) -> None:
    answer = send(client, **wrong)
    assert answer.status_code == 400
    assert "Not right yet" in answer.content.decode()
    assert not CallBack.objects.exists()


@pytest.mark.parametrize("odd", ["x", "no-such-need", "'\"><script>", "T9999", "²"])
def test_what_comes_along_is_known_on_our_lists_or_left_out(client: Client, odd: str) -> None:
    page = client.get("/ask/ring-me/", {"need": odd, "area": odd, "service": odd})
    assert page.status_code == 200
    assert "We pass on" not in page.content.decode()
    call = asked(need=odd, area=odd, service=odd)
    assert (call.need, call.area_code, call.service) == (None, "", None)


@pytest.mark.parametrize("path", ["/ask/", "/suggest/", "/volunteer/"])
def test_every_page_that_asks_for_a_call_leads_to_the_form(client: Client, path: str) -> None:
    assert f'href="{path}ring-me/' in client.get(path).content.decode()
    assert send(client, f"{path}ring-me/").status_code == 302
    assert CallBack.objects.get().kind == path.strip("/")


def test_a_listing_comes_along_from_its_page(client: Client) -> None:
    service = factories.service()
    page = client.get("/suggest/", {"service": str(service.pk)}).content.decode()
    assert f"/suggest/ring-me/?service={service.pk}" in page
    send(client, "/suggest/ring-me/", service=str(service.pk))
    assert CallBack.objects.get().service == service


def test_need_and_area_come_along_to_the_form_and_nothing_that_was_typed(client: Client) -> None:
    page = client.get("/ask/", {"need": "shopping", "area": "T0001", "q": "canarybird", "place": "HD7 5AA"}).content.decode()
    assert "/ask/ring-me/?need=shopping&amp;area=T0001" in page
    assert "canarybird" not in page
    assert "/ask/ring-me/?" not in client.get("/ask/", {"need": "<script>", "area": "HD7 5AA"}).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_for_coordinators_only(role: Role) -> None:
    call, user = asked(), factories.user(role)
    for verb in (call_backs.done, call_backs.not_reached, call_backs.close):
        with pytest.raises(PermissionDenied):
            verb(call, by=user)
    with pytest.raises(PermissionDenied):
        call_backs.look_at(call, by=user, where="desk-call-back")
    with pytest.raises(PermissionDenied):
        call_backs.waiting(by=user)
    assert not Look.objects.exists()
    assert "Ring back" not in [section.title for section in today_for(user)]


def test_what_has_ended_stays_ended() -> None:
    call, coordinator = asked(), factories.coordinator()
    call_backs.done(call, by=coordinator)
    for verb in (call_backs.done, call_backs.not_reached, call_backs.close):
        with pytest.raises(WrongState):
            verb(call, by=coordinator)
    assert desk_of(coordinator).post(f"/desk/ring-back/{call.pk}/", {"do": "tried"}).status_code == 302


def test_the_verb_checks_for_itself() -> None:
    with pytest.raises(ValidationError) as fault:
        asked(kind="x", name=" ", phone="x", when="noon", about="x" * 501)
    assert set(fault.value.message_dict) == {"kind", "name", "phone", "when", "about"}


def test_what_was_promised_and_not_kept_is_late() -> None:
    coordinator = factories.coordinator()
    with clock.held_at(MONDAY):
        asked()
    for later, late in ((0, False), (1, False), (2, True)):
        with clock.held_at(MONDAY + timedelta(days=later)):
            section = next(section for section in today_for(coordinator) if section.title == "Ring back")
            assert [row.late for row in section.rows] == [late]


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        ("Monday to Friday, 9 to 4", {0, 1, 2, 3, 4}),
        ("Mon-Thu 9-5, Sat 10-12", {0, 1, 2, 3, 5}),
        ("Tuesdays and Thursdays, 10 to 12", {1, 3}),
        ("Saturday to Monday", {5, 6, 0}),
        ("Every day, 8 to 8", set(range(7))),
        ("when the light is on", set()),
        ("", set()),
    ],
)
def test_the_days_of_our_hours(hours: str, days: set[int]) -> None:
    assert open_days(hours) == days


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_promise_is_for_a_day_on_which_somebody_is_there(today: date) -> None:
    day = promised_day("Monday to Friday, 9 to 4", today)
    assert day is not None
    assert today < day <= today + timedelta(days=6)
    assert day.weekday() < 5
    assert not is_bank_holiday(day)


def test_where_no_days_are_named_no_day_is_promised() -> None:
    assert promised_day("ring and see", date(2026, 11, 23)) is None
    assert promise_words(None, "") == "We ring you in our hours."
