"""/volunteer/join/ as somebody with a plain browser fills it in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from directory import clock
from matching.models import Volunteer
from matching.volunteering.missing import missing
from tests import factories

pytestmark = pytest.mark.django_db

SAID: dict[str, dict[str, Any]] = {
    "likes": {"activities_0": ["shop-together"], "likes": "Brass bands", "interests": "Cricket, gardening"},
    "when": {"when": ["1-am", "3-eve"], "ways": ["phone"], "miles": "2.0", "capacity": "2"},
    "who": {"name": "Vera Canary", "phone": "01484 496000", "email": "", "postcode": "HD7 5AA", "adult": "yes", "date_of_birth": ""},
    "referees": {"name_1": "Rita Canaryref", "reached_at_1": "01484 496001", "relation_1": "neighbour"},
}


@pytest.fixture(autouse=True)
def _ready() -> None:
    cache.clear()
    factories.need("shopping")
    factories.postcode()


def go_through(client: Client, **changed: dict[str, Any]) -> Any:
    for name, values in {**SAID, **changed}.items():
        answer = client.post(f"/volunteer/join/{name}/", values)
        assert answer.status_code == 302, answer.content.decode()
    return answer


def test_from_the_first_question_to_the_thank_you(client: Client):
    assert "/volunteer/join/" in client.get("/volunteer/").content.decode()
    assert client.get("/volunteer/join/", follow=True).redirect_chain[-1][0] == "/volunteer/join/likes/"
    assert go_through(client)["Location"] == "/volunteer/join/check/"
    check = client.get("/volunteer/join/check/").content.decode()
    for words in ("Go shopping together", "Brass bands", "cricket", "Tuesday morning", "Thursday evening", "2 miles (about 3 km)"):
        assert words.lower() in check.lower()
    assert not Volunteer.objects.exists()
    for _ in range(2):
        assert client.post("/volunteer/join/check/")["Location"] == "/volunteer/join/thanks/"
    made = Volunteer.objects.get()
    assert (made.name, made.capacity, made.ways, made.interests) == ("Vera Canary", 2, ["phone"], ["cricket", "gardening"])
    assert made.max_km == pytest.approx(3.218688)
    assert made.windows == [[1, 540, 720], [3, 1020, 1200]]
    assert made.position is not None
    assert made.references.get().name == "Rita Canaryref"
    assert "We ring you" in client.get("/volunteer/join/thanks/").content.decode()


def test_back_always_works_and_shows_what_was_said(client: Client):
    go_through(client)
    for name, words in (("likes", "Brass bands"), ("who", "Vera Canary"), ("referees", "Rita Canaryref")):
        assert words in client.get(f"/volunteer/join/{name}/").content.decode()
    referees = client.get("/volunteer/join/referees/").content.decode()
    legends = ["First person who knows you", "Second person who knows you"]
    assert re.findall(r"<legend><h2>(.+?)</h2></legend>", referees) == legends
    assert referees.count("<fieldset") == 2
    week = client.get("/volunteer/join/when/").content.decode()
    assert week.count(" checked") == 3


def test_nothing_of_it_is_readable_in_the_session_and_it_ends_after_two_hours(client: Client):
    go_through(client)
    stored = Session.objects.get().get_decoded()
    assert "Canary" not in str(stored)
    with clock.held_at(clock.now() + timedelta(hours=2, minutes=1)):
        assert client.get("/volunteer/join/check/")["Location"] == "/volunteer/join/likes/"
        assert "Canary" not in client.get("/volunteer/join/who/").content.decode()


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("who", {"name": ""}, "Not right yet"),
        ("who", {"phone": "", "email": ""}, "so that we can reach you"),
        ("who", {"adult": "no"}, "date of birth"),
        ("who", {"adult": "yes", "date_of_birth": "2015-01-01"}, "you are not 18 yet"),
        ("when", {"miles": "900"}, "Not right yet"),
        ("when", {"when": ["9-am"]}, "Not right yet"),
        ("likes", {"activities_0": ["washing-and-dressing"]}, "Not right yet"),
    ],
)
def test_what_is_not_right_is_said_at_its_step(client: Client, name, values, words):
    answer = client.post(f"/volunteer/join/{name}/", {**SAID[name], **values})
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "step"),
    [({"phone": "twelve"}, "who"), ({"postcode": "here"}, "who"), ({"adult": "no", "date_of_birth": "2020-01-01"}, "who")],
)
def test_what_only_the_record_knows_is_told_at_its_step_too(client: Client, changed, step):
    go_through(client, who={**SAID["who"], **changed})
    answer = client.post("/volunteer/join/check/")
    assert answer.status_code == 400
    assert "Who are you?" in answer.content.decode()
    assert not Volunteer.objects.exists()


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_nothing_is_kept(client: Client):
    go_through(client)
    assert client.post("/volunteer/join/check/", {"website": "x"})["Location"] == "/volunteer/join/thanks/"
    assert not Volunteer.objects.exists()


def test_no_step_is_left_out_and_none_is_invented(client: Client):
    assert client.get("/volunteer/join/check/")["Location"] == "/volunteer/join/likes/"
    assert client.post("/volunteer/join/check/")["Location"] == "/volunteer/join/likes/"
    assert client.get("/volunteer/join/nonsense/").status_code == 404


def test_one_connection_sends_only_so_many(client: Client):
    for number in range(11):
        go_through(client, who={**SAID["who"], "name": f"Vera {number}"})
        answer = client.post("/volunteer/join/check/")
    assert answer.status_code == 429
    assert Volunteer.objects.count() == 10


def test_that_they_are_18_or_over_is_kept_and_told_where_the_birthday_is_missing(client: Client):
    go_through(client)
    client.post("/volunteer/join/check/")
    made = Volunteer.objects.get()
    assert made.facts == {"says_adult": True}
    assert [each.words for each in missing(made) if each.code == "birth"] == [
        "They said that they are 18 or over; until the date of birth is written down they are taken for under 18 at somebody's home."
    ]
    desk = Client()
    desk.force_login(factories.coordinator())
    assert "they said that they are 18 or over" in desk.get(f"/desk/volunteers/{made.pk}/").content.decode()


def test_who_is_under_18_is_told_so_at_the_desk_and_goes_into_no_home(client: Client):
    born = clock.today().replace(day=1) - timedelta(days=16 * 366)
    go_through(client, who={**SAID["who"], "adult": "no", "date_of_birth": str(born)})
    client.post("/volunteer/join/check/")
    made = Volunteer.objects.get()
    assert "says_adult" not in made.facts
    assert "under_18" in {each.code for each in missing(made)}


def test_forms_that_are_begun_are_counted_for_each_connection(client: Client):
    for number in range(61):
        client.cookies.clear()
        answer = client.post("/volunteer/join/likes/", SAID["likes"])
        assert answer.status_code == (302 if number < 60 else 429)
    assert Session.objects.count() == 60
    with clock.held_at(clock.now() + timedelta(hours=1, minutes=1)):
        assert client.post("/volunteer/join/likes/", SAID["likes"]).status_code == 302


def test_who_goes_on_with_a_form_is_not_counted(client: Client):
    for _ in range(70):
        assert client.post("/volunteer/join/likes/", SAID["likes"]).status_code == 302


def test_who_is_known_already_hears_the_same_as_everybody_else(client: Client):
    factories.volunteer(phone=SAID["who"]["phone"])
    go_through(client)
    assert client.post("/volunteer/join/check/")["Location"] == "/volunteer/join/thanks/"
