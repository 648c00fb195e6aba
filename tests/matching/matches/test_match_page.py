"""The match page: the best who may, what keeps the others out in numbers, and every reason for one who is asked for by number."""

import re

import pytest
from django.test import Client

from directory.journal.models import Event
from directory.states import WrongState
from matching import asks
from matching.models import Match, Offered
from matching.suggesting.choice import is_chosen
from tests import factories

pytestmark = pytest.mark.django_db
NOT_LISTED = "This is not on the list below"
FAR = (53.72, -1.86)


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def page(by):
    client = Client()
    client.force_login(by)

    def get(ask, **data) -> str:
        response = client.get(f"/desk/requests/{ask.pk}/", data)
        assert response.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))

    return get


def test_twenty_of_many_are_shown_and_how_many_more_there_are(page, by, errand):
    for _ in range(22):
        factories.volunteer("shop-together", level="basic", by=by, user=None)
    seen = page(errand())
    assert len(set(re.findall(r"V-\d+", seen))) == 20
    assert "2 more may take it too" in seen


def test_reasons_are_counted_and_only_the_nearest_are_numbered(page, by, errand):
    far = [
        factories.volunteer("shop-together", level="basic", by=by, user=None, postcode=factories.postcode("HX1 1AA", FAR))
        for _ in range(12)
    ]
    factories.volunteer("deliver-parcel", level="none", by=by, user=None, capacity=0)
    seen = page(errand())
    assert "13 who cannot, and why" in seen
    assert "12 volunteers would do, if it were not for one thing: “Too far”. Complete the address" in seen
    assert f"{far[9]} and 2 more" in seen
    assert str(far[10]) not in seen


def test_one_asked_for_by_number_keeps_every_reason(page, by, errand):
    unable = factories.volunteer("deliver-parcel", level="none", by=by, user=None, status="left")
    able = factories.volunteer("shop-together", level="basic", by=by, user=None)
    ask = errand()
    seen = page(ask, volunteer=f" v-{unable.number} ")
    assert f"{unable} cannot take it, for 3 reasons" in seen
    assert "The volunteer does not offer this activity." in seen
    assert "is not active" in seen
    assert f"{able} cannot" not in page(ask, volunteer=str(able.number))
    assert "There is no volunteer with this number" in page(ask, volunteer="99999")
    assert "Write a number such as V-12" in page(ask, volunteer="Vernon")


def test_whoever_is_offered_a_request_that_names_its_need_only_is_asked_for_what_they_may(by):
    client, ask = Client(), factories.ask()
    client.force_login(by)
    volunteer = factories.volunteer("shop-together", level="basic", by=by)
    client.post(f"/desk/requests/{ask.pk}/volunteers/", {"volunteer": volunteer.pk})
    assert Match.objects.get().ask.activity == "shop-together"
    assert [each["volunteer"] for each in Offered.objects.get().volunteers] == [str(volunteer.pk)]


def test_how_many_each_reason_kept_out_is_kept_with_what_was_offered(by, errand):
    client, ask = Client(), errand()
    client.force_login(by)
    for _ in range(12):
        factories.volunteer("shop-together", level="none", by=by, user=None)
    client.post(f"/desk/requests/{ask.pk}/decide/", {"decision": "unmet", "emptied_by": "nobody"})
    codes = Event.objects.about(ask).of_kind("ask.candidates_kept").get().codes
    assert (codes["refused"], codes["kept_out_dbs_level"], codes["nearest_miss"]) == (12, 12, "dbs_level")
    assert len(Offered.objects.get().volunteers) == 10


def test_who_prepares_sees_neither_volunteers_nor_why_they_may_not(errand):
    by = factories.council_referrer()
    ask = factories.ask(factories.person(by=by), by=by)
    factories.volunteer("shop-together", level="basic")
    client = Client()
    client.force_login(by)
    response = client.get(f"/desk/requests/{ask.pk}/", {"volunteer": "1"})
    assert response.status_code in (403, 404) or "V-" not in response.content.decode()


def test_whom_the_person_chose_stands_first_and_the_order_is_kept_as_theirs(by, errand):
    client, ask = Client(), errand()
    client.force_login(by)
    for _ in range(3):
        factories.volunteer("shop-together", level="basic", by=by, user=None)
    page = f"/desk/requests/{ask.pk}/"
    last = client.get(page).context["volunteers"][-1]["card"]["name"]
    client.post(f"{page}decide/", {"decision": "choose", "choice": last})
    shown = client.get(page).context["volunteers"][0]["card"]
    assert shown["name"] == last
    assert "The person's own choice" in [tag["text"] for tag in shown["tags"]]
    assert last not in str(Event.objects.about(ask).of_kind("ask.choice_noted").get().codes)
    client.post(f"{page}decide/", {"decision": "unmet", "emptied_by": "nobody"})
    first, *others = Offered.objects.get().volunteers
    assert first["chosen"] is True
    assert not any(other.get("chosen") for other in others)


def test_a_choice_that_is_not_on_the_list_is_said_so(page, by, errand):
    ask = errand()
    volunteer = factories.volunteer("shop-together", level="basic", by=by, user=None)
    assert NOT_LISTED not in page(ask)
    ask = asks.note_choice(ask, "The lady from number nine", by=by)
    assert NOT_LISTED in page(ask)
    ask = asks.note_choice(ask, str(volunteer), by=by)
    assert NOT_LISTED not in page(ask)


def test_a_longer_number_is_not_the_one_that_was_chosen():
    ask = factories.ask()
    ask.person_choice = " v-12."
    assert is_chosen(ask, "V-12")
    assert not is_chosen(ask, "V-1")
    assert not is_chosen(ask, "")


def test_a_name_that_stands_among_other_words_is_not_chosen():
    ask = factories.ask()
    ask.person_choice = "Anything but Marsden Lunch Club"
    assert not is_chosen(ask, "Marsden Lunch Club")


def test_an_older_page_does_not_write_over_the_choice_that_a_colleague_noted(by, errand):
    client, ask = Client(), errand()
    client.force_login(by)
    volunteer = factories.volunteer("shop-together", level="basic", by=by, user=None)
    page = f"/desk/requests/{ask.pk}/"
    pressed = dict(client.get(page).context["volunteers"][0]["actions"][-1]["fields"])
    asks.note_choice(ask, "Not on Fridays, please", by=factories.coordinator())
    answer = client.post(f"{page}decide/", pressed)
    seen = answer.content.decode()
    assert answer.status_code == 409
    assert "Not on Fridays, please" in seen
    assert f'name="choice" maxlength="500" value="{volunteer}"' in seen
    ask.refresh_from_db()
    assert ask.person_choice == "Not on Fridays, please"
    client.post(f"{page}decide/", {**pressed, "was": ask.person_choice})
    ask.refresh_from_db()
    assert ask.person_choice == str(volunteer)
    with pytest.raises(WrongState):
        asks.note_choice(asks.meet(ask, by=by), "Too late", by=by)


def test_who_would_rather_help_by_phone_stands_last_and_it_is_said(by, errand):
    client = Client()
    client.force_login(by)
    rather = factories.volunteer("shop-together", level="basic", by=by, user=None, ways=["phone"])
    other = factories.volunteer("shop-together", level="basic", by=by, user=None)
    cards = [each["card"] for each in client.get(f"/desk/requests/{errand().pk}/").context["volunteers"]]
    assert [card["name"] for card in cards] == [str(other), str(rather)]
    assert "Would rather help by phone" in [tag["text"] for tag in cards[1]["tags"]]


def test_when_and_what_else_matters_stand_in_the_line_of_the_request(page, errand):
    night = [[day, *hours] for day in range(7) for hours in ((22 * 60, 24 * 60), (0, 6 * 60))]
    seen = page(errand(windows=night, for_carer=True, two_visitors=True))
    assert "every day 22:00 to 06:00" in seen
    assert "For the carer. Two visitors are needed." in seen
    assert "Monday and Thursday 10:00 to 11:30" in page(errand(windows=[[0, 600, 690], [3, 600, 690]]))
