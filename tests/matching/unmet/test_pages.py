"""The page of unmet need: for coordinators only, in sentences, with map, months and what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from matching import asks
from matching.models import Task
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.coordinator())
    indexing.rebuild()
    return client


def test_it_says_what_fails_only_on_what_and_shows_area_map_and_months(desk, garden):
    for miss in ("distance", "distance", "time"):
        asks.record_unmet(garden(), by=factories.coordinator(), emptied_by="nobody", nearest_miss=miss)
    page = desk.get(reverse("desk-unmet")).content.decode()
    assert "3 people: 3 requests recorded as unmet." in page
    assert "For 2 of these 3 requests only one thing is in the way: it is further than the volunteer goes" in page
    assert "For 1 of these 3 requests only one thing is in the way: there is no time that suits both" in page
    assert 'class="map-area tone-some"' in page
    assert "Colne Valley: 3" in page
    assert "3 requests recorded as unmet in these 6 months." in page
    assert '<th scope="col">Month</th>' in page
    assert "in more than one month" not in page


def test_a_request_that_was_recorded_in_two_months_is_one_request_and_the_months_say_why(desk, garden):
    coordinator = factories.coordinator()
    with clock.held_at(clock.now() - timedelta(days=40)):
        row = asks.record_unmet(garden(), by=coordinator, emptied_by="nobody")
    asks.record_unmet(asks.reopen(row.ask, by=coordinator), by=coordinator, emptied_by="nobody")
    page = desk.get(reverse("desk-unmet")).content.decode()
    assert "1 person: 1 request recorded as unmet." in page
    assert "1 request recorded as unmet in these 6 months. Some were recorded in more than one month." in page


def test_filters_that_are_none_count_as_not_made(desk, garden):
    asks.record_unmet(garden(), by=factories.coordinator(), emptied_by="nobody")
    for query in ("?need=flying&months=x&who=dogs&area=%00&activity=..", "?months=-4", "?months=99999999999999999999", "?"):
        page = desk.get(reverse("desk-unmet") + query)
        assert page.status_code == 200
        assert b"1 person: 1 request recorded as unmet." in page.content


def test_what_could_be_met_now_is_opened_again_by_one_press_and_a_second_press_is_harmless(desk, garden, gardener):
    ask = garden()
    asks.record_unmet(ask, by=factories.coordinator(), emptied_by="nobody")
    gardener()
    page = desk.get(reverse("desk-unmet")).content.decode()
    assert "a volunteer may take it now" in page
    address = reverse("desk-unmet-reopen", args=[ask.pk])
    for told in ("open again", "open already"):
        answer = desk.post(address, follow=True)
        assert answer.redirect_chain[0][0] == reverse("desk-match", args=[ask.pk])
        assert told in answer.content.decode()
    ask.refresh_from_db()
    assert ask.state == "open"


def test_what_can_be_done_is_put_on_the_list_once(desk, garden):
    asks.record_unmet(garden(), by=factories.coordinator(), emptied_by="nobody", nearest_miss="distance")
    address = reverse("desk-unmet-do") + "?need=garden-maintenance&activity=garden-help&area=T0001"
    page = desk.get(address).content.decode()
    assert "Could you help a neighbour in Colne Valley?" in page
    assert "Only one thing is in the way: it is further than the volunteer goes" in page
    everywhere = desk.get(reverse("desk-unmet-do") + "?need=garden-maintenance&activity=garden-help").content.decode()
    assert "1 person: 1 request recorded as unmet." in everywhere
    for _ in range(2):
        assert "On the list" in desk.post(address, {"what": "recruit", "words": "Come and garden"}, follow=True).content.decode()
    assert [task.words for task in Task.objects.all()] == ["Colne Valley. Come and garden"]
    for bad in ({"what": "fly"}, {"what": "widen", "service": "x"}, {}):
        assert "Choose" in desk.post(address, bad, follow=True).content.decode()


@pytest.mark.parametrize("what", ["recruit", "widen"])
def test_other_words_for_what_is_on_the_list_are_given_back_with_what_stands_there(desk, garden, what):
    garden(), factories.area()
    service = factories.service("garden-maintenance", name="Diggers")
    address = reverse("desk-unmet-do") + "?need=garden-maintenance&activity=garden-help&area=T0001"
    sent = {"what": what, "service": str(service.pk)}
    for said in ("Come and garden\r\nwith us", "Come and garden\nwith us  ", ""):
        assert "On the list" in desk.post(address, {**sent, "words": said}, follow=True).content.decode()
    answer = desk.post(address, {**sent, "words": "The hedge <first>"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is on the list already, with other words" in page
    assert "Come and garden<br>with us" in page
    assert "The hedge &lt;first&gt;" in page
    assert "On the list:" not in page
    assert [task.words for task in Task.objects.all()] == ["Colne Valley. Come and garden\nwith us"]


@pytest.mark.parametrize("query", ["?need=flying", "?need=shopping&activity=garden-help", "?need=shopping&area=nowhere"])
def test_an_address_that_names_nothing_is_not_found(desk, query):
    factories.need("shopping")
    assert desk.get(reverse("desk-unmet-do") + query).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_else_gets_in(client, garden, role):
    client.force_login(factories.user(role))
    ask = garden()
    assert client.get(reverse("desk-unmet")).status_code == 403
    assert client.get(reverse("desk-unmet-do")).status_code == 403
    assert client.post(reverse("desk-unmet-reopen", args=[ask.pk])).status_code == 403


def test_the_match_page_proposes_what_emptied_the_list_and_the_coordinator_decides(desk, garden):
    ask = garden()
    page = desk.get(reverse("desk-match", args=[ask.pk])).content.decode()
    assert '<option value="nobody" selected>' in page
    assert "No service that fits, and no volunteer who may." in page
    decide = reverse("desk-decide", args=[ask.pk])
    assert "Choose what emptied the list." in desk.post(decide, {"decision": "unmet"}, follow=True).content.decode()
    desk.post(decide, {"decision": "unmet", "emptied_by": "not_affordable"})
    assert ask.unmet.get().emptied_by == "not_affordable"


def test_personal_care_is_recorded_only_when_the_registered_providers_were_gone_through(desk):
    ask = factories.ask(need_="hygiene-and-grooming", activity="washing-and-dressing")
    assert "I went through the registered providers" in desk.get(reverse("desk-match", args=[ask.pk])).content.decode()
    decide = reverse("desk-decide", args=[ask.pk])
    answer = desk.post(decide, {"decision": "unmet", "emptied_by": "nobody"}, follow=True)
    assert "Go through the registered providers" in answer.content.decode()
    assert not ask.unmet.exists()
    desk.post(decide, {"decision": "unmet", "emptied_by": "nobody", "providers": "on"})
    assert ask.unmet.get().activity == "washing-and-dressing"


def test_the_link_of_a_notice_has_its_activity_ticked_and_nonsense_in_it_is_nothing(client):
    factories.need("shopping")
    page = client.get(reverse("volunteer") + "?activity=garden-help").content.decode()
    assert "/volunteer/join/?activity=garden-help" in page
    assert 'value="garden-help" id' in client.get("/volunteer/join/?activity=garden-help", follow=True).content.decode()
    step = client.get("/volunteer/join/?activity=garden-help", follow=True).content.decode()
    assert step.count("checked") == 1
    assert client.get("/volunteer/join/?activity=%22%3E%00").url == "/volunteer/join/likes/"
