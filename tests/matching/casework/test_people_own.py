"""A person's own page: what became of their requests, and the answers that are theirs; family reads what they may. And mistakes by number."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client

from directory import clock
from directory.accounts.policy import relations_of
from directory.accounts.roles import Relation, Role
from directory.journal.models import Event
from matching import asks, matches, people, referrals
from matching.befriending import groups
from matching.casework.family import add_family, change_family, remove_family
from matching.casework.merging import merge_people
from matching.models import GroupMember, Look, Person, Referral, Task, Volunteer
from matching.states import AskState, MatchState
from matching.tasks import do_task
from matching.views.referrals.steps import ToldForm
from matching.visiting.planning import plan
from tests import factories
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, leader, player

pytestmark = pytest.mark.django_db

PAGE = "/account/requests/"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def account_of(person: Person):
    user = factories.user(Role.PERSON)
    people.link_account(person, user, by=factories.coordinator())
    return user


def sent(ask, by=None, name="Marsden Lunch Club"):
    by = by or factories.coordinator()
    service = factories.service(organisation_=factories.organisation(vetted=True, name=name))
    return referrals.send(referrals.prepare(ask, by=by, service=service), by=by)


def test_a_person_reads_in_plain_sentences_how_it_stands_and_the_look_is_kept():
    person = factories.person()
    user = account_of(person)
    sent(factories.ask(person))
    page = client_of(user).get(PAGE).content.decode()
    assert "We have asked Marsden Lunch Club. They answer by" in page
    assert "requested" not in page.lower()
    assert Look.objects.filter(person_id=person.pk, by_id=user.pk, by_role="person", where="account-requests").exists()


@pytest.mark.parametrize(("do", "state"), [("yes", MatchState.ACTIVE), ("no", MatchState.DECLINED)])
def test_the_person_says_yes_or_no_to_who_was_introduced_once(offer_in, do, state):
    match = offer_in(MatchState.ACCEPTED)
    user, by = account_of(match.ask.person), factories.coordinator()
    client, name = client_of(user), match.volunteer.name.split()[0]
    assert name not in client.get(PAGE).content.decode()
    matches.introduce(match, by=by)
    assert f"Yes, {name} may come" in client.get(PAGE).content.decode()
    for _ in range(2):
        assert client.post(PAGE, {"do": do, "id": match.pk})["Location"] == PAGE
    match.refresh_from_db()
    assert match.state == state
    assert Look.objects.filter(person_id=match.volunteer_id, by_id=user.pk).exists()


def test_the_person_withdraws_a_request_with_what_was_asked_for_it_and_ends_help(offer_in):
    match = offer_in(MatchState.ACTIVE)
    person = match.ask.person
    client, other = client_of(account_of(person)), factories.ask(person, need_="friendships")
    referral = sent(other)
    client.post(PAGE, {"do": "withdraw", "id": other.pk})
    client.post(PAGE, {"do": "end", "id": match.pk})
    for row in (other, referral, match):
        row.refresh_from_db()
    assert (other.state, referral.state, match.state) == (AskState.WITHDRAWN, "cancelled", MatchState.ENDED)


def test_the_person_takes_the_yes_back_and_gives_it_again():
    person = factories.person()
    client, agreement = client_of(account_of(person)), person.agreements.get()
    for _ in range(2):
        client.post(PAGE, {"do": "take_back", "id": agreement.pk})
    agreement.refresh_from_db()
    assert agreement.withdrawn_at is not None
    for _ in range(2):
        client.post(PAGE, {"do": "agree"})
    given = person.agreements.get(withdrawn_at=None)
    assert (given.given_by, given.how) == ("person", "online")


def test_what_others_asked_for_the_person_is_theirs_to_take_back_too():
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    ask = factories.ask(person, by=council)
    factories.agreement(person, by=council, scope="referral", ask=ask)
    referral = sent(ask, by=council)
    client = client_of(account_of(person))
    for words in ("with all that was asked for it", "changed meanwhile"):
        assert words in client.post(PAGE, {"do": "withdraw", "id": ask.pk}, follow=True).content.decode()
    referral.refresh_from_db()
    assert referral.state == "cancelled"
    assert not Task.objects.exists()


def test_before_help_that_has_begun_is_not_needed_any_more_the_person_reads_what_ends(offer_in):
    match = offer_in(MatchState.ACTIVE)
    ask, by = match.ask, factories.coordinator()
    visit = plan(match, clock.now() + timedelta(days=2), by=by)
    referral, client = sent(ask, by), client_of(account_of(ask.person))
    answer = client.post(PAGE, {"do": "withdraw", "id": ask.pk})
    ask.refresh_from_db()
    assert ask.state == AskState.OPEN
    page = client.get(answer["Location"])
    for words in (match.volunteer.name.split()[0], "We cancel ", "We take back what we asked Marsden Lunch Club."):
        assert words in page.content.decode()
    assert Look.objects.filter(person_id=match.volunteer_id, by_role="person").count() == 1
    mark = page.context["mark"]
    later = plan(match, clock.now() + timedelta(days=9), by=by)
    assert client.post(PAGE, {"do": "withdraw", "id": ask.pk, "mark": mark})["Location"] == answer["Location"]
    ask.refresh_from_db()
    assert ask.state == AskState.OPEN
    mark = client.get(answer["Location"]).context["mark"]
    assert client.post(PAGE, {"do": "withdraw", "id": ask.pk, "mark": mark})["Location"] == PAGE
    for row in (ask, match, visit, later, referral):
        row.refresh_from_db()
    assert (ask.state, match.state, referral.state) == (AskState.WITHDRAWN, MatchState.ENDED, "cancelled")
    assert {visit.state, later.state} == {"cancelled"}
    assert client.get(answer["Location"])["Location"] == PAGE
    assert client.get(f"{PAGE}?stop={factories.ask().pk}").status_code == 404


@pytest.mark.parametrize("do", ["withdraw", "yes", "no", "end", "take_back", "dance", ""])
def test_what_is_another_persons_is_not_there(offer_in, do):
    match = offer_in(MatchState.INTRODUCED)
    keys = {"withdraw": match.ask_id, "take_back": match.ask.person.agreements.get().pk}
    stranger = client_of(account_of(factories.person()))
    for key in (keys.get(do, match.pk), "x", ""):
        assert stranger.post(PAGE, {"do": do, "id": key}).status_code == 404
    match.refresh_from_db()
    assert match.state == MatchState.INTRODUCED


@pytest.mark.parametrize(("may", "reads"), [("nothing", False), ("visits", False), ("requests", True)])
def test_family_reads_what_the_person_lets_them_and_answers_nothing(offer_in, may, reads):
    match = offer_in(MatchState.INTRODUCED)
    account, person = factories.user(Role.FAMILY), match.ask.person
    add_family(person, by=factories.coordinator(), account=account.email, sees=may)
    client, name = client_of(account), match.volunteer.name.split()[0]
    page = client.get(PAGE).content.decode()
    assert (name in page) is reads
    assert ("have not said yet" in page) is (may == "nothing")
    assert client.post(PAGE, {"do": "yes", "id": match.pk}).status_code == 403
    match.refresh_from_db()
    assert match.state == MatchState.INTRODUCED
    assert Look.objects.filter(person_id=person.pk, by_role="family").exists()


@pytest.mark.parametrize(("may", "comes", "reads"), [("nothing", False, False), ("visits", True, False), ("requests", True, True)])
def test_family_that_reads_no_requests_reads_no_number_and_no_needs_either_and_some_when_somebody_comes(offer_in, may, comes, reads):
    account, match, by = factories.user(Role.FAMILY), offer_in(MatchState.ACTIVE), factories.coordinator()
    told = {"codes": ["easy-read", "hearing-loop"]}
    person = people.correct_person(match.ask.person, by=by, phone="07700 900201", communication_needs="slowly, please", contact=told)
    plan(match, clock.now() + timedelta(days=2), by=by)
    add_family(person, by=by, account=account.email, sees=may)
    page = client_of(account).get(PAGE).content.decode()
    assert ("Who comes, and when" in page) is comes
    words = ("900201", "slowly, please", "To understand each other", "Easy read")
    assert [each in page for each in words] == [reads] * len(words)


def test_who_saw_the_document_stays_and_what_changes_nothing_is_not_written_down():
    by, other, person = factories.coordinator(), factories.coordinator(), factories.person()
    seen = {"authority": "attorney", "authority_seen_on": clock.today()}
    link = add_family(person, by=by, name="Olive", phone="01632 960881", **seen)
    for _ in range(2):
        link = change_family(link, by=other, phone="01632 960882", **seen)
    assert link.authority_seen_by == by
    for _ in range(2):
        remove_family(link, by=other)
    assert [Event.objects.of_kind(f"person.family_{kind}").count() for kind in ("changed", "removed")] == [1, 1]


def test_a_yes_against_which_something_stands_by_now_is_kept_for_who_rings(offer_in):
    match = offer_in(MatchState.INTRODUCED)
    Volunteer.objects.filter(pk=match.volunteer_id).update(status="paused")
    client = client_of(account_of(match.ask.person))
    for _ in range(2):
        assert "We ring you." in client.post(PAGE, {"do": "yes", "id": match.pk}, follow=True).content.decode()
    task = Task.objects.get(kind="ring")
    assert (task.match, task.person) == (match, match.ask.person)
    match.refresh_from_db()
    assert match.state == MatchState.INTRODUCED
    page = client.get(PAGE).content.decode()
    assert "You said yes to" in page
    assert "may come" not in page
    assert "Rather not" in page
    # They have been rung, and it still stands: a new yes puts a new call on the list.
    do_task(task, by=factories.coordinator())
    assert "may come" in client.get(PAGE).content.decode()
    client.post(PAGE, {"do": "yes", "id": match.pk})
    assert Task.objects.filter(kind="ring", state="open", match=match).count() == 1


def test_family_reads_the_yes_as_somebody_elses_and_what_they_do_is_the_title(offer_in):
    match = offer_in(MatchState.INTRODUCED)
    account, person = factories.user(Role.FAMILY), match.ask.person
    add_family(person, by=factories.coordinator(), account=account.email, sees="requests")
    client = client_of(account)
    page = client.get(PAGE).content.decode()
    assert "They decide whether" in page
    assert "<title>What we do for your family" in page
    Volunteer.objects.filter(pk=match.volunteer_id).update(status="paused")
    client_of(account_of(person)).post(PAGE, {"do": "yes", "id": match.pk})
    assert "They said yes to" in client.get(PAGE).content.decode()


def test_no_two_buttons_of_the_page_have_one_name(offer_in, helper):
    match, second, by = offer_in(MatchState.INTRODUCED), helper(), factories.coordinator()
    other = matches.offer(factories.ask(match.ask.person, activity=match.ask.activity), second, by=by)
    matches.introduce(matches.say_yes(other, by=second.user), by=by)
    assert other.ask.need == match.ask.need
    page = BeautifulSoup(client_of(account_of(match.ask.person)).get(PAGE).content, "html.parser")
    names = [" ".join(button.get_text().split()) for button in page.select("main button")]
    assert len(names) == len(set(names)) >= 7


def test_what_became_of_a_referral_that_family_prepared_is_theirs_to_see_only_where_they_may():
    by, account, person = factories.coordinator(), factories.user(Role.FAMILY), factories.person()
    link = add_family(person, by=by, account=account.email)
    draft = referrals.prepare(factories.ask(person, by=account), by=account, to_volunteers=True)
    client = client_of(account)
    assert client.get(f"/api/v1/referrals/{draft.pk}/").status_code == 200
    referral = referrals.send(draft, by=by)
    assert Relation.FAMILY not in relations_of(account, referral)
    assert client.get(f"/api/v1/referrals/{draft.pk}/").status_code == 404
    change_family(link, by=by, sees="requests")
    assert Relation.FAMILY in relations_of(account, Referral.objects.get())
    assert client.get(f"/api/v1/referrals/{draft.pk}/").status_code == 200


def test_the_council_does_not_learn_from_the_api_that_a_record_became_part_of_another():
    council, by = factories.council_referrer(), factories.coordinator()
    brought, kept = factories.person(by=council, agreed=False), factories.person()
    ask = factories.ask(brought, by=council)
    factories.agreement(brought, by=council, scope="referral", ask=ask)
    referral = referrals.send(referrals.prepare(ask, by=council, to_volunteers=True), by=council)
    client = client_of(council)
    before = client.get(f"/api/v1/referrals/{referral.pk}/").json()
    merge_people(kept, brought, by=by, chosen={"name": "kept"})
    assert client.get(f"/api/v1/referrals/{referral.pk}/").json() == before
    assert client.get("/api/v1/referrals/").json()["results"] == [before]


def test_the_council_form_keeps_nothing_of_somebody_under_18(settings):
    settings.YOUNG_CARERS = "the young carers' team, 01484 496999"
    client = client_of(factories.council_referrer())
    page = client.post("/council/refer/", {"name": "Yasmin Canarychild", "adult": "no", "need": "shopping", "target": "volunteers"})
    assert "01484 496999" in page.content.decode()
    assert "Canarychild" not in page.content.decode()
    assert not Person.objects.exists()


# Mistakes


def test_an_administrator_marks_a_referral_by_its_number_and_sees_nobody():
    person = factories.person(name="Ada Canarybird")
    referral, client = sent(factories.ask(person)), client_of(factories.administrator())
    address = "/account/manage/entered-in-error/"
    looks = Look.objects.count()
    assert address in client.get("/account/manage/").content.decode()
    for wrong in ({"number": "R-99999", "note": "x"}, {"number": "²", "note": "x"}, {"number": str(referral), "note": " "}):
        assert client.post(address, wrong).status_code == 400
    assert client.post(address, {"number": str(referral).lower(), "note": "Made for the wrong person"})["Location"] == address
    referral.refresh_from_db()
    assert referral.state == "entered_in_error"
    again = client.post(address, {"number": str(referral), "note": "x"})
    assert again.status_code == 400
    assert "Canarybird" not in again.content.decode()
    assert Look.objects.count() == looks


def test_nobody_else_marks_by_number():
    for role in (Role.COORDINATOR, Role.EDITOR, Role.PARTNER):
        assert client_of(factories.user(role)).get("/account/manage/entered-in-error/").status_code == 403


# The desk's steps


def test_the_match_page_leads_to_what_is_under_way_before_it_withdraws():
    by, ask = factories.coordinator(), factories.ask()
    referral, client = sent(ask, by), client_of(by)
    answer = client.post(f"/desk/requests/{ask.pk}/decide/", {"decision": "withdraw"})
    assert answer["Location"] == f"/desk/requests/{ask.pk}/withdraw/"
    assert str(referral) in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"seen": asks.seen(ask)})
    referral.refresh_from_db()
    assert referral.state == "cancelled"
    plain = factories.ask()
    assert client.post(f"/desk/requests/{plain.pk}/decide/", {"decision": "withdraw"})["Location"] == f"/desk/requests/{plain.pk}/"


def test_the_note_that_somebody_was_told_goes_the_way_that_suits_them():
    signs = factories.person(contact={"codes": ["bsl"]}, phone="07700 900201", email="ada@example.org")
    form = ToldForm(about=signs)
    assert "Send a text message" in form.fields["how"].help_text
    assert form.initial["how"] == "text"
    assert ("phone", "Phone (not by us)") in form.fields["how"].choices
    letter = ToldForm(about=factories.person(contact={"by": "letter"}, address="1 Row"))
    assert letter.initial["how"] == "letter"


def test_only_family_and_the_person_have_this_page():
    assert client_of(factories.coordinator()).get(PAGE).status_code == 403
    assert "whose account this is" in client_of(factories.user(Role.PERSON)).get(PAGE).content.decode()
    with pytest.raises(PermissionDenied):
        people.find_people("x", by=factories.user(Role.PERSON))


def test_the_person_answers_for_their_own_place_in_a_small_group():
    first, second = group_that_runs()
    user = account_of(first.ask.person)
    client, leads = client_of(user), first.group.volunteer.name.split()[0]
    page = client.get(PAGE).content.decode()
    assert leads in page
    assert "Yes, I would like to come" in page
    assert second.ask.person.name not in page
    assert Look.objects.filter(person_id=first.group.volunteer_id, by_id=user.pk, where="account-requests").exists()
    for _ in range(2):
        assert client.post(PAGE, {"do": "group_yes", "id": first.pk})["Location"] == PAGE
    first.refresh_from_db()
    assert first.said_yes_at is not None
    assert "You said yes" in client.get(PAGE).content.decode()
    for key in (second.pk, "x", "", "9" * 30):
        assert client.post(PAGE, {"do": "group_leave", "id": key}).status_code == 404
    for _ in range(2):
        assert client.post(PAGE, {"do": "group_leave", "id": first.pk})["Location"] == PAGE
    first.refresh_from_db()
    assert first.left_at is not None
    assert "A small group" not in client.get(PAGE).content.decode()
    assert GroupMember.objects.get(pk=second.pk).left_at is None


def group_that_runs() -> list[GroupMember]:
    """Two of three who are in a group that a volunteer leads."""
    factories.confirmed(ACTIVITY)
    by = factories.coordinator()
    group = groups.form_group([player() for _ in range(3)], by=by, interest="chess", meets_at=LIBRARY)
    group = groups.offer_group(group, leader(), by=by)
    group = groups.say_yes(group, by=group.volunteer.user)
    return list(group.members.select_related("ask__person", "group__volunteer").order_by("pk")[:2])
