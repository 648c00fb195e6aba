"""Asking at /ask/ step by step: the finder's answers first, locked away after each step, nothing kept of who stops or is under 18."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from directory import clock
from directory.journal.models import Event
from directory.journal.verifying import verify
from matching.asking import keeping
from matching.models import CallBack, Enquiry, Look
from tests import factories
from tests.matching.asking.conftest import ADA, FOR_MOTHER, MONDAY, ORDER, Walk, post

pytestmark = pytest.mark.django_db
CANARIES = ("canarybird", "960871", "cuckooclock", "nest.example", "xylophone", "marmalade", "hd7 5aa", "hd75aa")


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM matching_enquiry")
        return str(cursor.fetchall()).lower()


def test_from_the_first_word_to_the_number(walk: Walk, client: Client) -> None:
    first = client.get("/ask/").content.decode()
    assert 'action="/ask/step/about/"' in first
    walk(client=client)
    look = client.get("/ask/step/check/").content.decode()
    for words in ("cuckooclock", "Ada Canarybird", "01632 960871", "Every week", "Leave no message", "Large print", "marmalade"):
        assert words in look
    answer = post(client, "check", {})
    assert answer["Location"] == "/ask/sent/"
    thanks = client.get("/ask/sent/").content.decode()
    assert "Your number is Q-101" in thanks
    assert "We ring you by Tuesday 24 November." in thanks
    assert "Canarybird" not in thanks
    row = Enquiry.objects.get()
    assert (row.state, row.number, row.whom, row.need_id, row.area_code) == ("waiting", 101, "self", "shopping", "T0001")
    assert verify() == []


def test_each_step_shows_what_was_said_and_leads_back(walk: Walk) -> None:
    client, said = walk(FOR_MOTHER), [step for step in ORDER if step in FOR_MOTHER]
    before = "/ask/"
    for step in said:
        page = client.get(f"/ask/step/{step}/").content.decode()
        assert f'class="back" href="{before}"' in page
        assert 'href="/ask/ring-me/"' in page
        assert 'href="tel:999"' in page
        assert "locked with a key" in page
        before = f"/ask/step/{step}/"
    assert "cuckooclock" in client.get("/ask/step/about/").content.decode()
    assert 'value="Olive Goldfinch"' in client.get("/ask/step/them/").content.decode()


def test_no_step_is_shown_before_its_turn(walk: Walk) -> None:
    nobody = Client()
    for step in ORDER[1:]:
        assert nobody.get(f"/ask/step/{step}/")["Location"] == "/ask/step/about/"
        assert post(nobody, step, {"do": "x"})["Location"] == "/ask/step/about/"
    half = walk(until="whom")
    for step in ("age", "you", "check", "them"):
        assert half.get(f"/ask/step/{step}/")["Location"] == "/ask/step/whom/"
    assert post(half, "check", {})["Location"] == "/ask/step/whom/"
    assert half.get("/ask/step/nonsense/").status_code == 404


def test_the_finders_answers_come_first_with_their_numbers(walk: Walk, listed: Any) -> None:
    page = walk(until="answers").get("/ask/step/answers/").content.decode()
    assert "Shopping Friends" in page
    assert 'href="tel:01484496000"' in page
    assert "I would like somebody to ask" in page


def test_where_one_of_them_helps_nothing_is_kept(walk: Walk) -> None:
    client = walk(until="answers")
    assert Enquiry.objects.count() == 1
    assert post(client, "answers", {"do": "helped"})["Location"] == "/ask/ended/"
    assert not Enquiry.objects.exists()
    assert not Event.objects.exists()
    assert client.get("/ask/step/where/")["Location"] == "/ask/step/about/"


def test_what_is_written_is_locked_away_after_each_step_and_stands_in_no_journal(walk: Walk, caplog: Any) -> None:
    client = walk(until="give")
    row = stored()
    assert "begun" in row
    assert not [canary for canary in CANARIES if canary in row]
    assert not Event.objects.exists()
    cookie = client.cookies["asking"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/ask/", True, "Lax")
    assert cookie.value.partition(":")[0] not in row
    assert not [canary for canary in CANARIES if canary in caplog.text.lower()]


def test_a_forged_or_foreign_mark_opens_nothing(walk: Walk) -> None:
    client = walk(until="give")
    mark = client.cookies["asking"].value
    for forged in ("x", "x:y:z", mark[:-1] + ("a" if mark[-1] != "a" else "b"), mark.replace(mark[0], "_", 1)):
        stranger = Client()
        stranger.cookies["asking"] = forged
        assert stranger.get("/ask/step/you/")["Location"] == "/ask/step/about/"


def test_half_filled_forms_go_two_hours_after_the_last_answer(walk: Walk) -> None:
    client = walk(until="when")
    with clock.held_at(MONDAY + timedelta(hours=1.5)):
        post(client, "when", ADA["when"])
    for later, left in ((3.4, 1), (3.6, 0)):
        with clock.held_at(MONDAY + timedelta(hours=later)):
            answer = client.get("/ask/step/you/")
            assert (answer.status_code == 200) is bool(left)
            while not keeping.forget_some():
                pass
        assert Enquiry.objects.count() == left
    assert not Event.objects.exists()


def test_who_has_sent_it_keeps_it_beyond_the_day(walk: Walk) -> None:
    post(walk(), "check", {})
    with clock.held_at(MONDAY + timedelta(days=3)):
        assert keeping.forget_some()
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "age"),
    [(ADA, {"adult": "no"}), (FOR_MOTHER, {"adult": "no", "they_adult": "yes"}), (FOR_MOTHER, {"adult": "yes", "they_adult": "no"})],
)
def test_of_somebody_under_18_nothing_is_kept(walk: Walk, said: dict[str, Any], age: dict[str, str], settings: Any, caplog: Any) -> None:
    settings.YOUNG_CARERS = "the young carers' team, 01632 960 777"
    client = walk(said, until="age")
    answer = post(client, "age", age)
    assert answer["Location"] == "/ask/under-18/"
    assert "01632 960 777" in client.get(answer["Location"]).content.decode()
    assert not Enquiry.objects.exists()
    assert not Event.objects.exists()
    assert not Look.objects.exists()
    assert client.get("/ask/step/often/")["Location"] == "/ask/step/about/"


def test_for_somebody_else_it_is_said_whose_yes_comes_first(walk: Walk) -> None:
    client = walk(FOR_MOTHER, until="them")
    page = client.get("/ask/step/them/").content.decode()
    for words in ("Until they have said yes, we send nothing to anybody", "attorney or a deputy", "what is best for them"):
        assert words in page
    client = walk(FOR_MOTHER)
    assert "We ring the person first" in client.get("/ask/step/check/").content.decode()


def test_who_asks_for_somebody_else_after_all_is_asked_their_age_anew(walk: Walk) -> None:
    client = walk()
    assert post(client, "whom", {"whom": "family"})["Location"] == "/ask/step/age/"
    assert client.get("/ask/step/check/")["Location"] == "/ask/step/age/"


def test_the_last_look_leads_to_each_step_and_back(walk: Walk) -> None:
    client = walk()
    assert 'href="/ask/step/often/"' in client.get("/ask/step/check/").content.decode()
    assert post(client, "often", {"often": "once", "urgency": "3"})["Location"] == "/ask/step/check/"
    assert "Today or tomorrow" in client.get("/ask/step/check/").content.decode()


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        *(("about", wrong) for wrong in ({}, {"words": "  "}, {"words": "x" * 501}, {"words": "a\0b"}, {"need": "no-such-need"})),
        *(("where", wrong) for wrong in ({"place": "Nowhereatall"}, {"place": "HD7 5A\0"})),
        *(("whom", wrong) for wrong in ({}, {"whom": "x"}, {"whom": "person:1"})),
        *(("age", wrong) for wrong in ({}, {"adult": "perhaps"})),
        *(("often", wrong) for wrong in ({"often": "weekly"}, {"often": "x", "urgency": "1"}, {"often": "weekly", "urgency": "9"})),
        ("when", {"when": ["nights"]}),
        *(("you", wrong) for wrong in ({"postcode": "HD7 5AA"}, {"name": "Ada", "postcode": "HD7"}, {"name": "x" * 101})),
        *(("contact", wrong) for wrong in ({}, {"phone": "12"}, {"phone": "ring me"}, {"email": "x"}, {"phone": "0" * 41})),
        *(("reach", wrong) for wrong in ({"ring": "morning"}, {"ring": "noon", "voicemail": "no", "may_answer": "person"})),
        ("understand", {"codes": ["no-such-code"]}),
        ("give", {"give": "x" * 501}),
    ],
)
def test_what_is_missing_or_odd_is_told_and_not_kept(walk: Walk, step: str, wrong: dict[str, Any]) -> None:
    client = walk(until=step)
    answer = post(client, step, wrong)
    assert answer.status_code == 400
    assert "Not right yet" in answer.content.decode()
    assert step not in (Enquiry.objects.get().answers if step != "about" else {})


def test_a_program_that_fills_in_what_nobody_sees_is_sent_away(walk: Walk) -> None:
    assert post(Client(), "about", {**ADA["about"], "website": "https://spam.example"})["Location"] == "/ask/ended/"
    assert not Enquiry.objects.exists()
    assert post(walk(), "check", {"website": "x"})["Location"] == "/ask/ended/"
    assert Enquiry.objects.get().state == "begun"


def test_too_many_from_one_address_are_slowed(ground: None) -> None:
    answers = [post(Client(), "about", ADA["about"]).status_code for _ in range(61)]
    assert answers == [302] * 60 + [429]


def test_pressed_twice_it_is_sent_once(walk: Walk) -> None:
    client = walk()
    assert [post(client, "check", {})["Location"] for _ in range(3)] == ["/ask/sent/"] * 3
    assert Enquiry.objects.get().number == 101
    assert Event.objects.of_kind("public.enquiry_sent").count() == 1
    assert post(client, "you", ADA["you"])["Location"] == "/ask/sent/"


def test_somebody_who_asks_for_something_else_begins_anew(walk: Walk) -> None:
    client = walk()
    post(client, "check", {})
    page = client.get("/ask/step/about/").content.decode()
    assert "cuckooclock" not in page
    post(client, "about", {"words": "company"})
    assert Enquiry.objects.count() == 2
    assert client.get("/ask/step/where/").status_code == 200


def test_stop_and_forget(walk: Walk) -> None:
    client = walk(until="give")
    assert client.post("/ask/forget/")["Location"] == "/ask/ended/"
    assert not Enquiry.objects.exists()
    assert client.cookies["asking"].value == ""


def test_ring_me_instead_brings_along_what_was_said_and_nothing_stays_half_filled(walk: Walk) -> None:
    client = walk(until="reach")
    page = client.get("/ask/ring-me/").content.decode()
    for words in ("cuckooclock", 'value="Ada Canarybird"', 'value="01632 960871"', "Shopping"):
        assert words in page
    form = {"name": "Ada", "phone": "01632 960871", "when": "any", "voicemail": "no", "about": "", "need": "shopping", "once": "mark"}
    assert client.post("/ask/ring-me/", form).status_code == 302
    assert CallBack.objects.get().about == ""
    assert not Enquiry.objects.exists()
    assert "cuckooclock" not in client.get("/volunteer/ring-me/").content.decode()


def test_who_cannot_hear_us_is_written_to(walk: Walk) -> None:
    client = walk({**ADA, "understand": {"codes": ["bsl"]}})
    post(client, "check", {})
    assert "We write to you by Tuesday 24 November." in client.get("/ask/sent/").content.decode()


def test_need_comes_along_from_a_search_and_nothing_odd(ground: None, client: Client) -> None:
    page = client.get("/ask/", {"need": "shopping"}).content.decode()
    assert 'type="hidden" name="need" value="shopping"' in page
    assert 'name="need"' not in client.get("/ask/", {"need": "<script>"}).content.decode()
    assert client.get("/ask/step/about/", {"need": "a\0b"}).status_code == 200


def test_words_alone_are_understood_as_a_kind_of_help(walk: Walk, listed: Any) -> None:
    walk({"about": {"words": "I need help with my shopping"}}, until="where")
    assert Enquiry.objects.get().need_id == "shopping"


@pytest.fixture
def listed(ground: None, tmp_path: Any, settings: Any) -> Any:
    """A listed service with a number, in an index of its own."""
    from directory.models import Contact
    from search import engines, indexing, known

    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    service = factories.service(name="Shopping Friends", covers="HD7")
    Contact.objects.create(service=service, phone="01484 496000", show_on_site=True)
    known.forget()
    indexing.rebuild()
    yield service
    engines.current().close()
    known.forget()


def test_who_asks_for_themselves_reads_it_so_and_is_told_that_they_live_elsewhere(walk: Walk) -> None:
    far = {**ADA, "you": {**ADA["you"], "postcode": "AB10 1AB"}, "understand": {"codes": ["supporter"]}}
    client = walk(far)
    for step in ("understand", "check"):
        assert "Somebody with me" in client.get(f"/ask/step/{step}/").content.decode()
    assert "lies outside the area where we help. Send it all the same" in client.get("/ask/step/check/").content.decode()
    client = walk({**FOR_MOTHER, "understand": far["understand"]})
    for step in ("understand", "check"):
        assert "Somebody with them" in client.get(f"/ask/step/{step}/").content.decode()
    assert "lies outside" not in client.get("/ask/step/check/").content.decode()
