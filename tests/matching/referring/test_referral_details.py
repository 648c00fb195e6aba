"""What a step of a referral may carry, and what follows from it: nothing that is not asked for, nobody told too early, nothing reopened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from rest_framework.test import APIClient

from directory import clock
from directory.accounts.policy import relations_of
from directory.accounts.roles import Relation, Role
from directory.journal.models import Event
from directory.states import WrongState
from matching import matches, people, referrals
from matching.models import Person, Referral
from matching.reasons import Outcome, Reason
from matching.referrals import due_date
from matching.referring.sharing import SHOWN_AFTER_HELP, shared_person
from matching.states import MatchState, ReferralState
from matching.visiting.care import end_care
from matching.visiting.planning import plan_care_visit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(coordinator, service, partner):
    return referrals.send(referrals.prepare(factories.ask(), by=coordinator, service=service), by=coordinator)


@pytest.mark.parametrize(("name", "value"), [("reason", Reason.DECEASED), ("outcome", Outcome.GOT_HELP)])
def test_a_step_takes_no_reason_and_no_outcome_that_it_does_not_ask_for(sent, partner, name, value):
    with pytest.raises(ValidationError) as refused:
        referrals.move(sent, ReferralState.ACCEPTED, by=partner, **{name: value})
    assert list(refused.value.message_dict) == [name]
    sent.refresh_from_db()
    assert (sent.state, sent.reason) == (ReferralState.REQUESTED, "")
    assert Person.objects.get(pk=sent.person_id).do_not_contact is False


def test_nobody_is_told_of_an_end_before_it(sent, partner):
    with pytest.raises(ValidationError) as refused:
        referrals.move(sent, ReferralState.ACCEPTED, by=partner, person_told={"how": "phone"})
    assert list(refused.value.message_dict) == ["person_told"]
    with pytest.raises(ValidationError):
        referrals.tell_person(sent, by=partner, how="phone")
    ended = referrals.move(sent, ReferralState.REJECTED, by=partner, reason=Reason.NO_CAPACITY, person_told={"how": "phone"})
    assert ended.person_told_by == partner


def test_a_try_to_reach_somebody_lies_behind_us(sent, partner):
    referrals.accept(sent, by=partner)
    tries = [{"at": clock.now() + timedelta(days=number), "how": "phone"} for number in range(3)]
    with pytest.raises(ValidationError) as refused:
        referrals.fail(sent, by=partner, reason=Reason.COULD_NOT_CONTACT, attempts=tries)
    assert list(refused.value.message_dict) == ["attempts"]


def test_after_midnight_in_summer_yesterday_has_passed(sent, partner):
    with clock.held_at(sent.sent_at):
        referrals.accept(sent, by=partner)
    with clock.held_at(datetime(2027, 7, 1, 23, 30, tzinfo=UTC)), pytest.raises(ValidationError):
        referrals.hold(sent, by=partner, reason=Reason.WAITING_LIST, review_on=date(2027, 7, 1))


def test_a_bank_holiday_is_no_working_day():
    thursday = datetime(2026, 4, 2, 9, tzinfo=UTC)  # before Good Friday and Easter Monday
    assert due_date("urgent", thursday).date() == date(2026, 4, 7)


def test_what_the_council_referred_is_referred_again_by_the_co_op_and_follows(service, coordinator, partner):
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    factories.agreement(person, by=council)
    ask = factories.ask(person, by=council)
    first = referrals.send(referrals.prepare(ask, by=council, service=service), by=council)
    assert first.follows is None
    referrals.reject(first, by=partner, reason=Reason.NO_CAPACITY)
    other = factories.service("shopping", vetted=True)
    again = referrals.send(referrals.prepare(ask, by=coordinator, service=other), by=coordinator)
    assert (again.state, again.follows) == (ReferralState.REQUESTED, first)
    assert (first.source, again.source) == ("council", "coordinator")
    event = Event.objects.about(again).first()
    assert event is not None
    assert event.codes["follows"] == str(first.pk)


def test_a_referral_follows_an_ended_one_of_the_same_person_only(sent, coordinator, service):
    with pytest.raises(ValidationError) as refused:
        referrals.prepare(factories.ask(), by=coordinator, service=service, follows=sent)
    assert list(refused.value.message_dict) == ["follows"]


def test_who_is_not_to_be_contacted_waits_for_no_introduction(offer_in, coordinator):
    waiting, said_yes = offer_in(MatchState.OFFERED), offer_in(MatchState.ACCEPTED)
    for match in (waiting, said_yes):
        people.correct_person(match.ask.person, by=coordinator, do_not_contact=True)
        match.refresh_from_db()
    assert (waiting.state, said_yes.state) == (MatchState.LAPSED, MatchState.DECLINED)


def test_a_pair_that_knows_each_other_goes_on_where_nobody_writes_to_the_person(offer_in, coordinator):
    match = offer_in(MatchState.ACTIVE)
    people.correct_person(match.ask.person, by=coordinator, do_not_contact=True)
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    assert matches.end(match, by=coordinator).state == MatchState.ENDED


def test_an_account_is_one_persons(coordinator):
    account = factories.user(Role.PERSON)
    people.link_account(factories.person(), account, by=coordinator)
    with pytest.raises(ValidationError):
        people.link_account(factories.person(), account, by=coordinator)


def test_an_administrator_enters_in_error_without_seeing_the_person(sent):
    client = APIClient()
    client.force_authenticate(factories.administrator())
    url = f"/api/v1/referrals/{sent.pk}/"
    assert client.get(url).status_code in (403, 404)
    assert client.post(f"{url}moves/", {"to": "accepted"}, format="json").status_code == 403
    answer = client.post(f"{url}moves/", {"to": "entered_in_error", "note": "Made for a test"}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["person_id"], answer.json()["council_case_ref"]) == ("entered_in_error", None, "")


def test_a_care_worker_who_was_taken_off_reads_no_referral_of_theirs_any_more(client, coordinator):
    worker = factories.user(Role.CARE_WORKER)
    person = factories.person(by=worker, agreed=False, phone="07700 900201")
    draft = referrals.prepare(factories.ask(person, by=worker), by=worker, to_volunteers=True, candidates=[])
    client.force_login(worker)
    assert "900201" in client.get(f"/desk/referrals/{draft.pk}/").content.decode()
    assert client.get(f"/api/v1/referrals/{draft.pk}/").status_code == 200
    end_care(person, worker, by=coordinator)
    draft = Referral.objects.get()
    assert Relation.PREPARER not in relations_of(worker, draft)
    assert [client.get(f"{room}/{draft.pk}/").status_code for room in ("/desk/referrals", "/api/v1/referrals")] == [404, 404]
    plan_care_visit(person, worker, clock.now() + timedelta(days=1), by=coordinator)
    assert client.get(f"/desk/referrals/{draft.pk}/").status_code == 200


def test_who_may_read_the_name_alone_reads_no_note(client, coordinator):
    worker = factories.user(Role.CARE_WORKER)
    person = factories.person(by=worker, agreed=False, name="Ada Example")
    draft = referrals.prepare(factories.ask(person, by=worker), by=worker, to_volunteers=True, candidates=[])
    referrals.move(draft, "declined_by_person", by=coordinator, reason=Reason.PERSON_DECLINED, note="moved to her sister")
    for user, reads in ((worker, False), (coordinator, True)):
        client.force_login(user)
        page = client.get(f"/desk/referrals/{draft.pk}/").content.decode()
        assert "Ada Example" in page
        assert ("moved to her sister" in page) is reads


def test_the_group_reads_who_it_helped_for_a_while_after_the_end_and_no_longer(sent, partner):
    referrals.complete(referrals.start(referrals.accept(sent, by=partner), by=partner), by=partner, outcome=Outcome.GOT_HELP)
    over = Referral.objects.get(pk=sent.pk)
    assert shared_person(over, by=partner, where="partner-referral").name == over.person.name
    with clock.held_at(over.ended_at + SHOWN_AFTER_HELP):
        assert shared_person(over, by=partner, where="partner-referral") is None


def test_who_told_the_person_is_not_written_over_from_an_old_page(sent, partner, coordinator):
    referrals.reject(sent, by=partner, reason=Reason.NO_CAPACITY)
    referrals.tell_person(sent, by=partner, how="phone")
    with pytest.raises(WrongState, match="already"):
        referrals.tell_person(sent, by=coordinator, how="email")
    sent.refresh_from_db()
    assert (sent.person_told_by, sent.person_told_how) == (partner, "phone")
