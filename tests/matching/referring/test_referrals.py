"""Referrals at the door of their verbs: what is needed to send one, who may move it, what is written down."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.roles import Relation, Role
from directory.journal.following import follow
from directory.journal.models import Event
from directory.states import WrongState
from matching import referrals
from matching.agreements import withdraw_agreement
from matching.desk.today import today_for
from matching.models import Person, Referral, ReferralNote
from matching.reasons import Outcome, Reason
from matching.referring.replay import replay_referrals
from matching.referring.sharing import shared_person
from matching.referring.stories import story
from matching.states import REFERRAL, ReferralState
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)


@pytest.fixture
def sent(coordinator, service, partner) -> Referral:
    ask = factories.ask()
    return referrals.send(referrals.prepare(ask, by=coordinator, service=service, note="Fridays suit best"), by=coordinator)


def test_a_referral_goes_from_a_draft_to_its_outcome(coordinator, partner, sent):
    referrals.accept(sent, by=partner)
    referrals.start(sent, by=partner)
    done = referrals.complete(sent, by=partner, outcome=Outcome.GOT_HELP)

    assert (done.state, done.outcome) == ("completed", "got_help")
    assert None not in (done.sent_at, done.responded_at, done.first_contact_at, done.completed_at)
    moves = [(event.codes.get("from"), event.codes["to"], event.by_role) for event in Event.objects.about(done)]
    assert moves == [
        (None, "draft", "staff"),
        ("draft", "requested", "staff"),
        ("requested", "accepted", "prov"),
        ("accepted", "in_progress", "prov"),
        ("in_progress", "completed", "prov"),
    ]
    assert done.ask.state == "open"


def test_the_answer_is_promised_within_working_days(coordinator, service):
    with clock.held_at(MONDAY):
        referral = referrals.prepare(factories.ask(), by=coordinator, service=service)
        sent = referrals.send(referral, by=coordinator)
        assert clock.local(sent.due_at).strftime("%a %d %H:%M") == "Mon 12 17:00"
    with clock.held_at(MONDAY + timedelta(days=8)):
        assert list(Referral.objects.overdue()) == [sent]
        assert sent.state == ReferralState.REQUESTED


def test_without_agreement_nothing_is_sent(coordinator, service):
    ask = factories.ask(factories.person(agreed=False))
    draft = referrals.prepare(ask, by=coordinator, service=service)
    with pytest.raises(ValidationError) as error:
        referrals.send(draft, by=coordinator)
    assert "consent" in error.value.message_dict
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT


def test_an_agreement_that_was_taken_back_stops_the_sending(coordinator, service):
    person = factories.person()
    draft = referrals.prepare(factories.ask(person), by=coordinator, service=service)
    withdraw_agreement(person.agreements.get(), by=coordinator)
    with pytest.raises(ValidationError):
        referrals.send(draft, by=coordinator)


@pytest.mark.parametrize("fact", ["named_contact", "data_sharing_agreement", "safeguarding_policy", "insurance"])
def test_a_group_that_lacks_one_fact_of_vetting_gets_no_personal_data(coordinator, fact):
    service = factories.service(organisation_=factories.organisation(vetted=True, **{f"{fact}_seen_on": None}))
    draft = referrals.prepare(factories.ask(), by=coordinator, service=service)
    with pytest.raises(ValidationError, match="not vetted"):
        referrals.send(draft, by=coordinator)


def test_vetting_that_is_due_for_review_no_longer_counts(coordinator):
    yesterday = clock.today() - timedelta(days=1)
    service = factories.service(organisation_=factories.organisation(vetted=True, vetting_review_on=yesterday))
    with pytest.raises(ValidationError, match="not vetted"):
        referrals.send(referrals.prepare(factories.ask(), by=coordinator, service=service), by=coordinator)


def test_the_same_is_not_sent_twice_while_it_is_open(coordinator, service, sent):
    again = referrals.prepare(sent.ask, by=coordinator, service=service)
    with pytest.raises(ValidationError, match="already on its way"):
        referrals.send(again, by=coordinator)


def test_partner_and_care_worker_prepare_and_the_coordinator_sends(coordinator, service):
    worker = factories.user(Role.CARE_WORKER)
    person = factories.person(by=worker, agreed=False)
    draft = referrals.prepare(factories.ask(person, by=worker), by=worker, service=service)
    with pytest.raises(PermissionDenied):
        referrals.send(draft, by=worker)
    factories.agreement(person)
    assert referrals.send(draft, by=coordinator).state == ReferralState.REQUESTED


def test_another_partner_neither_sees_nor_moves_it(sent):
    stranger = factories.partner(factories.organisation(vetted=True))
    with pytest.raises(PermissionDenied):
        referrals.accept(sent, by=stranger)
    sent.refresh_from_db()
    assert sent.state == ReferralState.REQUESTED


def test_a_council_referrer_moves_its_own_and_not_anothers(service):
    one, other = factories.council_referrer(), factories.council_referrer()
    person = factories.person(by=one, agreed=False)
    factories.agreement(person, by=one)
    sent = referrals.send(referrals.prepare(factories.ask(person, by=one), by=one, service=service), by=one)
    with pytest.raises(PermissionDenied):
        referrals.cancel(sent, by=other, reason=Reason.DUPLICATE)
    assert referrals.cancel(sent, by=one, reason=Reason.DUPLICATE).reason_side == Relation.STAFF


def test_the_coordinator_answers_on_the_providers_word(coordinator, sent):
    accepted = referrals.accept(sent, by=coordinator, on_behalf_of=True, channel="phone")
    event = Event.objects.about(accepted).last()
    assert (event.by_role, event.codes["on_behalf_of"], event.codes["channel"]) == ("coord", True, "phone")


def test_could_not_contact_needs_three_dated_attempts(partner, sent):
    referrals.accept(sent, by=partner)
    tried = [{"at": clock.now() - timedelta(days=day), "how": "phone"} for day in (3, 2, 1)]
    with pytest.raises(ValidationError, match="Three attempts"):
        referrals.fail(sent, by=partner, reason=Reason.COULD_NOT_CONTACT, attempts=tried[:2])
    assert referrals.fail(sent, by=partner, reason=Reason.COULD_NOT_CONTACT, attempts=tried).attempts.count() == 3


def test_days_on_hold_are_counted_apart(partner, sent):
    start = clock.now()
    referrals.accept(sent, by=partner)
    with clock.held_at(start + timedelta(hours=1)):
        referrals.hold(sent, by=partner, reason=Reason.WAITING_LIST, review_on=(start + timedelta(days=9)).date())
    with clock.held_at(start + timedelta(hours=1, days=4)):
        resumed = referrals.resume(sent, by=partner)
    assert resumed.held_seconds == 4 * 24 * 3600
    assert resumed.review_on is None


def test_a_hold_is_looked_at_again_on_a_day_to_come(partner, sent):
    referrals.accept(sent, by=partner)
    with pytest.raises(ValidationError, match="has passed"):
        referrals.hold(sent, by=partner, reason=Reason.WAITING_LIST, review_on=clock.today() - timedelta(days=1))


def test_what_was_entered_in_error_can_be_an_ended_one_and_needs_words(coordinator, partner, sent):
    referrals.reject(sent, by=partner, reason=Reason.NO_CAPACITY)
    with pytest.raises(ValidationError):
        referrals.enter_in_error(sent, by=coordinator, text=" ")
    assert referrals.enter_in_error(sent, by=coordinator, text="Wrong person").state == ReferralState.ENTERED_IN_ERROR


def test_an_administrator_can_enter_in_error_and_nothing_else(sent):
    admin = factories.administrator()
    with pytest.raises(PermissionDenied):
        referrals.cancel(sent, by=admin, reason=Reason.DUPLICATE)
    assert referrals.enter_in_error(sent, by=admin, text="Made twice").state == ReferralState.ENTERED_IN_ERROR


def test_a_death_is_the_end_of_every_message(partner, sent):
    referrals.accept(sent, by=partner)
    referrals.cancel(sent, by=partner, reason=Reason.DECEASED)
    assert Person.objects.get(pk=sent.person_id).do_not_contact is True


def test_every_ended_referral_stays_ended(coordinator, partner, sent):
    referrals.reject(sent, by=partner, reason=Reason.NO_CAPACITY)
    for state in ReferralState:
        if state != ReferralState.ENTERED_IN_ERROR:
            with pytest.raises(WrongState):
                referrals.move(sent, state, by=coordinator)


def test_the_table_alone_decides_for_every_state_and_role(coordinator, service):
    """Everyone who has some part in a referral, in every state, to every state: what the table does not name is refused."""
    actors = {
        frozenset({Relation.STAFF, Relation.COORD}): coordinator,
        frozenset({Relation.PROV}): factories.partner(service.organisation),
        frozenset({Relation.ADMIN}): factories.administrator(),
    }
    referral = referrals.send(referrals.prepare(factories.ask(), by=coordinator, service=service), by=coordinator)
    full = {"note": "x", "outcome": "partly", "review_on": clock.today(), "first_contact_at": clock.now()}
    for source, to, relations in product(ReferralState, ReferralState, actors):
        allowed = any(step.source == source and step.to == to and step.by & relations for step in REFERRAL.moves)
        with transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(
                state=source, reason="other", outcome="partly", review_on=clock.today(), hold_from=clock.now()
            )
            if not allowed:
                with pytest.raises((WrongState, PermissionDenied)):
                    referrals.move(referral, to, by=actors[relations], reason="other", **full)
            transaction.set_rollback(True)


def test_the_journal_replayed_gives_the_state_and_finds_a_row_that_was_changed(sent, partner):
    referrals.accept(sent, by=partner)
    assert list(replay_referrals()) == []
    Referral.objects.filter(pk=sent.pk).update(state=ReferralState.IN_PROGRESS)
    assert [(fault.code, str(sent.pk) in fault.detail) for fault in replay_referrals()] == [("referral_state", True)]


def test_words_are_encrypted_and_not_in_the_journal(sent):
    note = ReferralNote.objects.get(referral=sent)
    assert note.text == "Fridays suit best"
    assert "Fridays" not in str(list(Event.objects.values_list("codes", flat=True)))


def test_the_partner_is_told_that_there_is_one_and_not_who(coordinator, service, partner):
    person = factories.person(name="Zebedee Canaryperson")
    referrals.send(referrals.prepare(factories.ask(person), by=coordinator, service=service), by=coordinator)
    follow("referral_mails")
    (message,) = mail.outbox
    assert message.to == [partner.email]
    assert service.name in message.body
    assert "Zebedee" not in message.subject + message.body


def test_a_mail_server_that_is_down_stops_nobody_and_loses_nothing(sent, settings):
    settings.EMAIL_BACKEND = "tests.mail_down.Down"
    with pytest.raises(ConnectionRefusedError):
        follow("referral_mails")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    follow("referral_mails")
    follow("referral_mails")
    (message,) = mail.outbox
    assert message.extra_headers["Message-ID"].startswith("<referral-")


def test_who_has_answered_already_gets_no_mail(sent, partner):
    referrals.accept(sent, by=partner)
    follow("referral_mails")
    assert mail.outbox == []


def test_a_group_sees_no_details_after_the_agreement_was_taken_back(sent, partner, coordinator):
    assert shared_person(sent, by=partner, where="test") is not None
    withdraw_agreement(sent.person.agreements.get(), by=coordinator)
    sent.refresh_from_db()
    assert shared_person(sent, by=partner, where="test") is None
    late = today_for(coordinator)[0]
    assert [row.title.split(" ")[0] for row in late.rows] == [str(sent)]


def test_the_story_ends_with_what_is_promised_next(sent, partner):
    last = story(sent)[-1]
    assert (last.title, last.state) == ("They answer", "next")
    with clock.held_at(sent.due_at + timedelta(minutes=1)):
        assert story(sent)[-1].state == "late"
    referrals.reject(sent, by=partner, reason=Reason.NO_CAPACITY)
    titles = [chapter.title for chapter in story(Referral.objects.get(pk=sent.pk))]
    assert titles[-1] == "Tell the person how it ended"


def test_a_possible_double_is_marked_for_the_coordinator(service):
    one, other = factories.council_referrer(), factories.council_referrer()
    first = factories.person(by=one, agreed=False, name="Ada Double", phone="01484 960123")
    factories.agreement(first, by=one)
    referrals.send(referrals.prepare(factories.ask(first, by=one), by=one, service=service), by=one)
    second = factories.person(by=other, agreed=False, name="A. Double", phone="01484 960 123")
    assert referrals.prepare(factories.ask(second, by=other), by=other, service=service).possible_double is True


def test_what_is_promised_says_in_the_day_how_far_it_is(sent, coordinator, partner):
    def told() -> str:
        [row] = next(section for section in today_for(coordinator) if section.title == "Promised").rows
        return row.due

    assert told().startswith("they answer by ")
    referrals.accept(sent, by=partner)
    assert told() == "they said yes, and help has still to begin"
    referrals.move(sent, ReferralState.IN_PROGRESS, by=partner)
    assert told() == "help has begun"
