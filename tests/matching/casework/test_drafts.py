"""What was prepared for a person waits for their own yes: on their page, through the API, and where two press at once."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from rest_framework.test import APIClient

from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from matching import people, referrals
from matching.agreements import valid_agreement
from matching.casework.drafts import drafts_of, say_no_to_draft, say_yes_to_draft
from matching.casework.family import add_family
from matching.models import Ask, Person, Referral, Task
from matching.states import ReferralState
from tests import factories
from tests.at_once import at_once

PAGE, API = "/account/requests/", "/api/v1/referrals/"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def account_of(person: Person):
    user = factories.user(Role.PERSON)
    people.link_account(person, user, by=factories.coordinator())
    return user


@pytest.fixture
def person(db) -> Person:
    factories.postcode()
    return factories.person(agreed=False)


@pytest.fixture
def user(person):
    return account_of(person)


def lunch_club(name="Marsden Lunch Club"):
    return factories.service(organisation_=factories.organisation(vetted=True, name=name))


def prepared(person: Person, by=None) -> Referral:
    by = by or factories.coordinator()
    return referrals.prepare(factories.ask(person), by=by, service=lunch_club())


def form_of(client: Client, button: str) -> dict[str, str]:
    page = BeautifulSoup(client.get(PAGE).content.decode(), "html.parser")
    pressed = next(each for each in page.select("main button") if each.get_text().startswith(button))
    return {each["name"]: each["value"] for each in pressed.find_parent("form").select("input") if each["name"] != "csrfmiddlewaretoken"}


def press(client: Client, data: dict[str, str]) -> str:
    return client.post(PAGE, data, follow=True).content.decode()


def test_the_person_reads_what_was_prepared_and_their_yes_is_the_agreement_that_sends_it(person, user):
    draft, client = prepared(person), client_of(user)
    page = client.get(PAGE).content.decode()
    assert "We would like to ask Marsden Lunch Club for you." in page
    assert "We are looking for somebody" not in page
    yes = form_of(client, "Yes, ask them")
    for _ in range(2):
        assert "Good. We have asked them." in press(client, yes)
    draft.refresh_from_db()
    assert draft.state == ReferralState.REQUESTED
    assert (draft.agreement.given_by, draft.agreement.how, draft.agreement.recorded_by, draft.agreement.ask) == (
        "person",
        "online",
        user,
        draft.ask,
    )
    assert valid_agreement(person, None) is None
    moved = Event.objects.of_kind("referral.moved").get()
    assert (moved.by_id, moved.by_role, moved.codes["to"]) == (user.pk, "self", "requested")
    assert person.agreements.count() == 1
    page = client.get(PAGE).content.decode()
    assert "We have asked Marsden Lunch Club. They answer by" in page
    assert "Yes, ask them" not in page
    assert verify() == []


def test_a_yes_that_holds_already_is_not_written_down_again(person, user):
    factories.agreement(person)
    draft, client = prepared(person), client_of(user)
    press(client, form_of(client, "Yes, ask them"))
    draft.refresh_from_db()
    assert draft.state == ReferralState.REQUESTED
    assert person.agreements.count() == 1


def test_the_person_says_no_and_the_request_stays(person, user):
    draft, client = prepared(person), client_of(user)
    no = form_of(client, "No, thank you")
    for _ in range(2):
        assert "We do not ask them." in press(client, no)
    draft.refresh_from_db()
    assert (draft.state, draft.reason, draft.ask.state) == (ReferralState.DECLINED_BY_PERSON, "person_declined", "open")
    page = client.get(PAGE).content.decode()
    assert "Marsden Lunch Club" not in page
    assert "We are looking for somebody" in page
    assert not person.agreements.exists()


@pytest.mark.parametrize("moved", ["sent and accepted", "declined", "listing renamed", "no mark"])
def test_an_old_page_answers_nothing_that_it_did_not_show(person, user, moved):
    by, client, draft = factories.coordinator(), client_of(user), prepared(person)
    yes = form_of(client, "Yes, ask them")
    if moved == "sent and accepted":
        factories.agreement(person)
        referrals.accept(referrals.send(draft, by=by), by=by, on_behalf_of=True)
    elif moved == "declined":
        referrals.declined_by_person(draft, by=by, reason="helped_elsewhere")
    elif moved == "listing renamed":
        organisation = draft.service.organisation
        organisation.name = "Slaithwaite Supper Club"
        organisation.save()
    else:
        del yes["mark"]
    draft.refresh_from_db()
    before, agreements = draft.state, person.agreements.count()
    assert "This has changed meanwhile" in press(client, yes)
    if before != ReferralState.DRAFT:
        # What was said no to already is told so; nothing else is taken back by an old page.
        words = "We do not ask them." if before == ReferralState.DECLINED_BY_PERSON else "This has changed meanwhile"
        assert words in press(client, {**yes, "do": "do_not_ask"})
    draft.refresh_from_db()
    assert (draft.state, person.agreements.count()) == (before, agreements)


def test_where_something_stands_against_it_nothing_is_sent_and_somebody_rings_once(person, user):
    draft, client = prepared(person), client_of(user)
    yes = form_of(client, "Yes, ask them")
    service = draft.service
    service.status = service.Status.CLOSED
    service.save()
    for _ in range(2):
        assert "We ring you." in press(client, yes)
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT
    assert not person.agreements.exists()
    task = Task.objects.get()
    assert (task.kind, task.ask, task.state) == (Task.Kind.RING, draft.ask, "open")
    page = client.get(PAGE).content.decode()
    assert "You said yes to asking Marsden Lunch Club." in page
    assert "Yes, ask them" not in page
    press(client, form_of(client, "No, thank you"))
    task.refresh_from_db()
    assert task.state != "open"


def test_what_is_another_persons_is_not_there_and_family_answers_nothing(person, user):
    other, family = account_of(factories.person()), factories.user(Role.FAMILY)
    add_family(person, by=factories.coordinator(), account=family.email, sees="requests")
    draft, client = prepared(person), client_of(user)
    yes = form_of(client, "Yes, ask them")
    for do in ("ask_them", "do_not_ask"):
        for who, status in ((other, 404), (family, 403), (factories.coordinator(), 403)):
            assert client_of(who).post(PAGE, {**yes, "do": do}).status_code == status
        for key in (str(uuid.uuid4()), "nonsense", "x\0"):
            assert client.post(PAGE, {**yes, "do": do, "id": key}).status_code == 404
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT


@pytest.mark.parametrize("sees", ["nothing", "requests"])
def test_family_prepares_one_and_reads_that_it_waits_for_the_persons_yes(person, user, sees):
    family, service = factories.user(Role.FAMILY), lunch_club()
    add_family(person, by=factories.coordinator(), account=family.email, sees=sees)
    client = APIClient()
    client.force_login(family)
    body = {"person_id": str(person.pk), "need": "shopping", "service_id": str(service.pk)}
    made = [client.post(API, body, format="json", headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200], made[0].content
    draft = Referral.objects.get()
    assert (draft.state, draft.source, draft.created_by, made[1].json()["id"]) == ("draft", Ask.Source.FAMILY, family, str(draft.pk))
    assert client.post(f"{API}{draft.pk}/moves/", {"to": "requested"}, format="json").status_code == 403
    page = client_of(family).get(PAGE).content.decode()
    assert "We would like to ask Marsden Lunch Club. It waits for their yes, which they give themselves." in page
    assert "Yes, ask them" not in page
    consent = {"given_by": "person", "how": "phone", "at": "2026-01-01T00:00:00Z"}
    assert client.post(API, {**body, "consent": consent}, format="json").status_code == 403
    assert Referral.objects.count() == 1
    own = client_of(user)
    assert "Good." in press(own, form_of(own, "Yes, ask them"))
    assert ("Marsden Lunch Club" in client_of(family).get(PAGE).content.decode()) is (sees == "requests")


def test_the_person_prepares_their_own_and_sends_it_by_a_step_of_its_own(person, user):
    service = lunch_club()
    client = APIClient()
    client.force_login(user)
    body = {"person_id": str(person.pk), "need": "shopping", "service_id": str(service.pk)}
    answer = client.post(API, body, format="json")
    assert (answer.status_code, answer.json().get("state")) == (201, "draft")
    draft = Referral.objects.get()
    assert (draft.ask.source, Event.objects.of_kind("referral.prepared").get().by_role) == (Ask.Source.SELF, "self")
    moves = f"{API}{draft.pk}/moves/"
    assert "consent" in client.post(moves, {"to": "requested"}, format="json").json()["errors"]
    own = client_of(user)
    press(own, form_of(own, "Yes, ask them"))
    assert client.get(answer.json()["url"]).json()["state"] == "requested"
    said = {**body, "consent": {"given_by": "person", "how": "online", "at": "2026-01-01T00:00:00Z"}}
    assert client.post(API, {**said, "service_id": str(lunch_club("Other").pk)}, format="json").json()["state"] == "draft"


def test_nobody_prepares_for_others_than_their_own_and_writes_nobody_down(person, user):
    family, stranger = factories.user(Role.FAMILY), factories.person()
    add_family(person, by=factories.coordinator(), account=family.email)
    body = {"need": lunch_club().needs.get().pk, "volunteers": True}
    before = Person.objects.count()
    for who in (user, family):
        client = APIClient()
        client.force_login(who)
        forged = [client.post(API, {**body, "person_id": str(key)}, format="json") for key in (stranger.pk, uuid.uuid4())]
        assert {answer.status_code for answer in forged} == {400}
        assert set(forged[0].json()["errors"]) == {"person_id"}
        assert forged[0].content == forged[1].content
        written = client.post(API, {**body, "person": {"name": "Nemo Canary"}}, format="json")
        assert written.status_code == 403, written.content
    for role in (Role.VOLUNTEER, Role.ANALYST, Role.ADMINISTRATOR, Role.EDITOR):
        client = APIClient()
        client.force_login(factories.user(role))
        assert client.post(API, {**body, "person_id": str(person.pk)}, format="json").status_code == 403
    assert Person.objects.count() == before
    assert not Referral.objects.exists()


def test_yes_and_no_and_the_desk_at_once_move_it_one_way(each_store):
    by = factories.coordinator()
    for _ in range(3):
        person = factories.person(agreed=False)
        user = account_of(person)
        draft = prepared(person, by)
        [shown] = drafts_of(draft.ask)
        answers = at_once(
            [
                lambda draft=draft, user=user, shown=shown: say_yes_to_draft(draft, by=user, mark=shown.mark),
                lambda draft=draft, user=user, shown=shown: say_yes_to_draft(draft, by=user, mark=shown.mark),
                lambda draft=draft, user=user: say_no_to_draft(draft, by=user),
                lambda draft=draft: referrals.declined_by_person(draft, by=by, reason="helped_elsewhere"),
            ]
        )
        raised = [each for each in answers if isinstance(each, Exception)]
        assert len(raised) == 3
        assert all(isinstance(each, referrals.WrongState) for each in raised), raised
        draft.refresh_from_db()
        assert draft.state in (ReferralState.REQUESTED, ReferralState.DECLINED_BY_PERSON)
        assert person.agreements.count() == (draft.state == ReferralState.REQUESTED)
    assert verify() == []
