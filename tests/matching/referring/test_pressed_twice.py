"""Pressed twice, or on a page that was read before somebody else moved it on: one of each, a clear answer, no word lost."""

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.models import User
from directory.journal.models import Event
from directory.journal.verifying import verify
from matching import referrals
from matching.models import Ask, Referral
from matching.views.referrals.steps import take_step
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return factories.coordinator()


@pytest.fixture
def desk(by: User) -> Client:
    client = Client()
    client.force_login(by)
    return client


def sent(ask: Ask, by: User) -> Referral:
    service = factories.service(vetted=True)
    return referrals.send(referrals.prepare(ask, by=by, service=service), by=by)


def words(client: Client, address: str, data: dict[str, str]) -> str:
    return client.post(address, data, follow=True).content.decode()


def test_a_form_that_is_sent_twice_makes_one_referral_and_one_number(by: User) -> None:
    ask, service = factories.ask(), factories.service(vetted=True)
    first = referrals.prepare(ask, by=by, service=service, once="mark")
    assert referrals.prepare(ask, by=by, service=service, once="mark") == first
    assert referrals.prepare(ask, by=by, service=service, once="other") != first
    assert referrals.prepare(ask, by=by, to_volunteers=True, once="mark") != first
    assert Event.objects.of_kind("referral.prepared").count() == 3


def test_refer_is_pressed_twice(by: User, desk: Client) -> None:
    ask, service = factories.ask(), factories.service(vetted=True, covers="HD7")
    page = desk.get(f"/desk/requests/{ask.pk}/").content.decode()
    once = re.findall(r'name="once" value="([^"]{36})"', page)
    assert once
    data = {"service": str(service.pk), "once": once[0]}
    assert "We have asked" in words(desk, f"/desk/requests/{ask.pk}/refer/", data)
    for again in (data, {**data, "once": "another page"}):
        assert "is under way already" in words(desk, f"/desk/requests/{ask.pk}/refer/", again)
    assert Referral.objects.get().state == "requested"


@pytest.mark.parametrize(("decision", "more"), [("unmet", {"emptied_by": "nobody"}), ("meet", {}), ("withdraw", {})])
def test_closed_twice_is_closed_once_and_no_fault(desk: Client, decision: str, more: dict[str, str]) -> None:
    ask = factories.ask(need_="garden-maintenance")
    page = desk.get(f"/desk/requests/{ask.pk}/").content.decode()
    more = {**more, "seen": re.findall(r'name="seen" value="([^"]+)"', page)[0]}
    words(desk, f"/desk/requests/{ask.pk}/decide/", {"decision": decision, **more})
    assert "This is noted already" in words(desk, f"/desk/requests/{ask.pk}/decide/", {"decision": decision, **more})
    other = "meet" if decision != "meet" else "withdraw"
    assert "This is noted already" not in words(desk, f"/desk/requests/{ask.pk}/decide/", {"decision": other})
    assert ask.unmet.count() == (decision == "unmet")
    assert verify() == []


def test_a_step_is_pressed_twice(by: User, desk: Client) -> None:
    referral = sent(factories.ask(), by)
    address = f"/desk/referrals/{referral.pk}/"
    assert 'name="seen" value="requested"' in desk.get(address).content.decode()
    data = {"to": "rejected", "seen": "requested", "rejected-reason": "no_capacity", "rejected-note": "full until May"}
    for _ in range(2):
        assert "Noted." in words(desk, address, data)
    assert (referral.notes.count(), Event.objects.about(referral).of_kind("referral.moved").count()) == (1, 2)
    for _ in range(2):
        assert "Noted." in words(desk, address, {"to": "told", "how": "phone"})
    assert Event.objects.of_kind("referral.person_told").count() == 1


def test_a_page_that_was_read_before_it_moved_on_moves_nothing_and_keeps_the_words(by: User, desk: Client) -> None:
    referral = sent(factories.ask(), by)
    address = f"/desk/referrals/{referral.pk}/"
    referral = referrals.hold(
        referrals.accept(referral, by=by, on_behalf_of=True), by=by, reason="waiting_list", review_on=clock.today() + timedelta(days=1)
    )
    data = {"to": "in_progress", "seen": "accepted", "in-progress-note": "came on Tuesday"}
    answer = desk.post(address, data)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "It has been moved on meanwhile" in page
    assert "came on Tuesday" in page
    referral.refresh_from_db()
    assert referral.state == "on_hold"
    late = {"to": "rejected", "seen": "requested", "rejected-reason": "no_capacity", "rejected-note": "no room <b>here</b>"}
    page = words(desk, address, late)
    assert "has been moved on meanwhile" in page
    assert "no room &lt;b&gt;here&lt;/b&gt;" in page


def test_what_was_written_on_an_old_page_lies_in_no_cookie(by: User, desk: Client) -> None:
    referral = sent(factories.ask(), by)
    referrals.reject(referral, by=by, reason="no_capacity", on_behalf_of=True)
    late = {"to": "accepted", "seen": "requested", "accepted-note": "she has dementia"}
    answer = desk.post(f"/desk/referrals/{referral.pk}/", late)
    assert answer.status_code == 302
    assert not [name for name, morsel in answer.cookies.items() if name == "messages" and morsel.value]
    assert "she has dementia" in desk.get(answer["Location"]).content.decode()


def test_a_step_that_came_too_late_by_a_moment_is_right_when_pressed_again(by: User) -> None:
    referral = sent(factories.ask(), by)
    read = Referral.objects.get(pk=referral.pk)
    tomorrow = clock.today() + timedelta(days=1)
    read = referrals.accept(read, by=by, on_behalf_of=True)
    referrals.hold(referral, by=by, reason="waiting_list", review_on=tomorrow)
    request = RequestFactory().post("/", {"to": "in_progress", "seen": "accepted", "in-progress-note": "came"})
    request.user = by
    step = take_step(request, read)
    assert step is not None
    assert (step.seen, step.button) == ("on_hold", "It goes on")


def test_communication_needs_in_codes_go_with_a_referral_of_the_council(client: Client) -> None:
    factories.postcode()
    referrer, service = factories.council_referrer(), factories.service(vetted=True)
    factories.need()
    client.force_login(referrer)
    assert "British Sign Language" in client.get("/council/refer/").content.decode()
    data = {
        "name": "Ada Canarybird",
        "adult": "yes",
        "postcode": "HD7 5AA",
        "phone": "07700 900201",
        "communication_codes": ["bsl", "large-print"],
        "communication_needs": "slowly, please",
        "need": "shopping",
        "target": str(service.pk),
        "given_by": "person",
        "how": "phone",
        "once": "mark",
    }
    assert client.post("/council/refer/", {**data, "communication_codes": ["nonsense"]}).status_code == 400
    assert client.post("/council/refer/", data).status_code == 302
    referral = Referral.objects.get()
    assert referral.person is not None
    assert referral.person.contact == {"codes": ["large-print", "bsl"]}
    client.force_login(factories.partner(service.organisation))
    page = client.get(f"/partner/referrals/{referral.pk}/").content.decode()
    for line in ("They sign. Do not phone", "18 point or larger", "slowly, please", "Send a text message to 07700 900201"):
        assert line in strip_tags(page)
    assert "tel:" not in page.split("<main")[1].split("</main>")[0].split("Who it is about")[1].split("What happened")[0]
