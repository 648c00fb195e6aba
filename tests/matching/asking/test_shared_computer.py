"""A half-filled form on the computer of a library: it ends with the browser, with the log-out, with sending; nobody else reads or goes on with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from matching.models import Ask, Enquiry
from tests import factories
from tests.matching.asking.conftest import ADA, FOR_MOTHER, MONDAY, Walk, post
from tests.matching.asking.test_signed_in import account, known

pytestmark = pytest.mark.django_db


def test_the_cookie_ends_with_the_browser(walk: Walk) -> None:
    cookie = walk(until="you").cookies["asking"]
    assert (cookie["max-age"], cookie["expires"], cookie["path"]) == ("", "", "/ask/")


def test_it_is_let_go_when_sent_and_the_number_can_be_read_for_a_while(walk: Walk) -> None:
    client = walk()
    post(client, "check", {})
    assert client.cookies["asking"].value == ""
    for later, seen in ((0.4, True), (0.6, False)):
        with clock.held_at(MONDAY + timedelta(hours=later)):
            answer = client.get("/ask/sent/")
            assert (answer.status_code == 200 and "Q-101" in answer.content.decode()) is seen
    assert not [value for value in client.session.values() if "Canarybird" in str(value)]


def test_i_am_done_closes_the_page_with_the_number(walk: Walk) -> None:
    client = walk()
    post(client, "check", {})
    assert client.post("/ask/forget/")["Location"] == "/"
    assert client.get("/ask/sent/")["Location"] == "/ask/step/about/"
    assert Enquiry.objects.get().state == "waiting"


def test_back_and_pressed_again_leads_to_the_number(walk: Walk) -> None:
    client = walk()
    post(client, "check", {})
    for step in ("check", "give", "you"):
        assert client.get(f"/ask/step/{step}/")["Location"] == "/ask/sent/"
        assert post(client, step, {})["Location"] == "/ask/sent/"
    assert Enquiry.objects.get().number == 101


def test_a_second_press_that_still_has_the_cookie_leads_to_the_number_too(walk: Walk) -> None:
    client = walk()
    mark = client.cookies["asking"].value
    post(client, "check", {})
    other = Client()
    other.cookies["asking"] = mark
    assert post(other, "check", {})["Location"] == "/ask/sent/"
    assert "Q-101" in other.get("/ask/sent/").content.decode()
    assert Enquiry.objects.count() == 1


def test_log_out_forgets_what_was_half_filled(walk: Walk) -> None:
    _, person, client = account(Role.PERSON)
    walk(known(person), until="give", client=client)
    mark = client.cookies["asking"].value
    client.post("/account/logout/")
    assert client.cookies["asking"].value == ""
    assert not Enquiry.objects.exists()
    client.cookies["asking"] = mark
    assert client.get("/ask/step/about/").content.decode().count("cuckooclock") == 0


def test_what_was_written_signed_in_opens_for_nobody_else_even_with_the_cookie(walk: Walk) -> None:
    client = Client()
    client.force_login(factories.user(Role.PERSON))
    walk(until="give", client=client)
    mark = client.cookies["asking"].value
    _, _, second = account(Role.FAMILY)
    for stranger in (Client(), second):
        stranger.cookies["asking"] = mark
        assert stranger.get("/ask/step/you/")["Location"] == "/ask/step/about/"
    assert client.get("/ask/step/you/").status_code == 200


def test_who_signs_in_half_way_goes_on_with_it(walk: Walk) -> None:
    client = walk(until="whom")
    client.force_login(factories.user(Role.PERSON))
    assert "cuckooclock" in client.get("/ask/step/about/").content.decode()
    assert post(client, "whom", {"whom": "self"})["Location"] == "/ask/step/age/"


def test_who_begins_where_a_form_lies_is_asked_whose_it_is_and_reads_nothing_of_it(walk: Walk) -> None:
    client = walk(FOR_MOTHER)
    page = post(client, "about", {"words": "company on Sundays"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "half-filled" in text
    assert 'value="company on Sundays"' in text
    assert not [word for word in ("cuckooclock", "Canarybird", "Goldfinch", "960871") if word in text]
    assert Enquiry.objects.get().answers["about"]["words"].startswith("Somebody to shop")

    on = post(client, "about", {"words": "company on Sundays", "form": "this"})
    assert on["Location"] == "/ask/step/where/"
    assert Enquiry.objects.get().answers["you"]["name"] == "Ada Canarybird"
    anew = post(client, "about", {"words": "company on Sundays", "form": "anew"})
    assert anew["Location"] == "/ask/step/where/"
    assert list(Enquiry.objects.get().answers) == ["about"]
    assert "Canarybird" not in client.get("/ask/step/about/").content.decode()


def test_back_to_the_first_question_changes_it_without_more_ado(walk: Walk) -> None:
    client = walk()
    assert 'name="form" value="this"' in client.get("/ask/step/about/").content.decode()
    early = walk(until="whom")
    assert post(early, "about", {"words": "other words"})["Location"] == "/ask/step/where/"


def test_what_another_window_changed_is_shown_before_it_is_sent(walk: Walk) -> None:
    client = walk()
    page = client.get("/ask/step/check/").content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    post(client, "often", {"often": "once", "urgency": "3"})
    answer = post(client, "check", {"version": version}).content.decode()
    assert "It has changed meanwhile" in answer
    assert "Today or tomorrow" in answer
    assert Enquiry.objects.get().state == "begun"
    again = answer.split('name="version" value="')[1].split('"')[0]
    assert post(client, "check", {"version": again})["Location"] == "/ask/sent/"


def test_pressed_twice_by_somebody_on_our_records_opens_one_request(walk: Walk) -> None:
    _, person, client = account(Role.PERSON)
    walk(known(person), client=client)
    answers: list[Any] = [post(client, "check", {"agrees": "yes"})["Location"] for _ in range(2)]
    assert answers == ["/ask/sent/"] * 2
    assert Ask.objects.count() == 1


def test_newlines_count_once(walk: Walk) -> None:
    client = walk(until="give")
    words = "\r\n".join(["a"] * 250)
    assert post(client, "give", {"give": words}).status_code == 302
    assert Enquiry.objects.get().answers["give"]["give"].count("\n") == 249
    assert ADA["give"]["give"] == "marmalade"
