"""A request and its referrals end together, a form that is sent twice makes one request, and what a person gives is asked with what they need."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches, people, referrals
from matching.agreements import valid_agreement
from matching.casework.withdrawing import open_referrals, withdraw_with_referrals
from matching.models import Agreement, Ask, Match, Person
from matching.persons.once import SentAlready
from matching.states import AskState, MatchState, ReferralState
from matching.visiting.planning import plan
from tests import factories

pytestmark = pytest.mark.django_db


def sent(ask: Ask, by=None):
    by = by or factories.coordinator()
    service = factories.service(organisation_=factories.organisation(vetted=True))
    return referrals.send(referrals.prepare(ask, by=by, service=service), by=by)


@pytest.mark.parametrize("goes_out", [True, False])
def test_a_request_is_not_unmet_while_a_referral_of_it_is_open(goes_out):
    by, ask = factories.coordinator(), factories.ask()
    referral = sent(ask) if goes_out else referrals.prepare(ask, by=by, service=factories.service())
    with pytest.raises(WrongState, match=str(referral)):
        asks.record_unmet(ask, by=by, emptied_by="nobody")
    if goes_out:
        referrals.cancel(referral, by=by, reason="no_response")
    else:
        referrals.declined_by_person(referral, by=by, reason="person_declined")
    assert asks.record_unmet(ask, by=by, emptied_by="nobody").ask_id == ask.pk


def test_a_withdrawn_request_takes_its_referrals_with_it():
    by, ask = factories.coordinator(), factories.ask()
    out, draft = sent(ask, by), referrals.prepare(ask, by=by, to_volunteers=True)
    assert [row.pk for row in open_referrals(ask)] == [out.pk, draft.pk]
    assert withdraw_with_referrals(ask, by=by) == []
    for row in (out, draft, ask):
        row.refresh_from_db()
    assert (out.state, draft.state, ask.state) == (ReferralState.CANCELLED, ReferralState.DECLINED_BY_PERSON, AskState.WITHDRAWN)
    assert out.reason == draft.reason == "no_longer_needed"
    assert verify() == []


def test_what_is_not_ones_own_to_end_stays_and_is_told():
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    ask = factories.ask(person, by=council)
    factories.agreement(person, by=council, scope="referral", ask=ask)
    referral = sent(ask, council)
    assert [row.pk for row in withdraw_with_referrals(ask, by=factories.coordinator())] == [referral.pk]
    referral.refresh_from_db()
    assert referral.state == ReferralState.REQUESTED


def test_the_person_ends_request_and_referral_alike():
    user, person = factories.user(Role.PERSON), factories.person()
    people.link_account(person, user, by=factories.coordinator())
    ask = factories.ask(person)
    referral = sent(ask)
    assert withdraw_with_referrals(ask, by=user) == []
    referral.refresh_from_db()
    assert (referral.state, referral.reason_side) == (ReferralState.CANCELLED, "self")


def test_a_referral_that_ends_because_the_agreement_was_withdrawn_withdraws_it():
    by, person = factories.coordinator(), factories.person()
    referral = sent(factories.ask(person), by)
    referrals.cancel(referrals.accept(referral, by=by), by=by, reason="agreement_withdrawn")
    assert not Agreement.objects.filter(withdrawn_at=None).exists()
    assert valid_agreement(person, referral.ask) is None
    assert Event.objects.of_kind("agreement.withdrawn").count() == 1


def test_the_no_before_anything_was_sent_withdraws_the_agreement_too_when_that_is_the_reason():
    by, person = factories.coordinator(), factories.person()
    draft = referrals.prepare(factories.ask(person), by=by, service=factories.service())
    referrals.declined_by_person(draft, by=by, reason="agreement_withdrawn")
    assert not Agreement.objects.filter(withdrawn_at=None).exists()


def test_another_reason_leaves_the_agreement():
    by, person = factories.coordinator(), factories.person()
    referrals.cancel(sent(factories.ask(person), by), by=by, reason="moved_away")
    assert Agreement.objects.filter(withdrawn_at=None).count() == 1


def test_a_form_that_is_sent_twice_makes_one_request_and_other_words_are_not_swallowed():
    by, person = factories.coordinator(), factories.person()
    values = {"by": by, "need": factories.need(), "once": "mark", "wishes": "Mornings"}
    first = asks.open_ask(person, **values)
    assert asks.open_ask(person, **values) == first
    assert Ask.objects.count() == 1
    with pytest.raises(SentAlready):
        asks.open_ask(person, **{**values, "wishes": "Evenings"})
    other = asks.open_ask(person, **{**values, "by": factories.coordinator()})
    assert other != first


def test_what_a_person_gives_is_written_with_what_they_need_or_not_at_all():
    by, person = factories.coordinator(), factories.person(facts={"smoker": True, "interests": ["chess"]}, can_give="Mends clocks")
    asks.open_ask(person, by=by, need=factories.need())
    person.refresh_from_db()
    assert (person.can_give, person.facts["interests"]) == ("Mends clocks", ["chess"])
    asks.open_ask(person, by=by, need=factories.need("friendships"), can_give="Teaches Urdu", interests=["Brass bands", "chess"])
    person.refresh_from_db()
    assert person.can_give == "Teaches Urdu"
    assert person.facts == {"smoker": True, "interests": ["brass bands", "chess"]}
    assert Event.objects.about(person).of_kind("person.corrected").get().codes == {"fields": ["can_give", "facts.interests"]}
    with pytest.raises(ValidationError):
        asks.open_ask(person, by=by, need="flying", can_give="Nothing")
    person.refresh_from_db()
    assert person.can_give == "Teaches Urdu"


def test_where_two_people_should_go_two_are_asked_for():
    person = factories.person(facts={"two_visitors": True})
    assert factories.ask(person).two_visitors
    assert not factories.ask(person, need_="friendships", by_phone_or_online=True).two_visitors
    assert not factories.ask().two_visitors


def test_a_person_form_that_is_sent_twice_makes_one_person():
    by = factories.coordinator()
    values = {"by": by, "name": "Ada Example", "phone": "01484 496001", "once": "mark"}
    first = people.register_person(**values)
    assert people.register_person(**values) == first
    with pytest.raises(SentAlready):
        people.register_person(**{**values, "name": "Bea Example"})
    assert Person.objects.count() == 1
    assert Event.objects.of_kind("person.registered").count() == 1


@pytest.mark.parametrize(
    "changed", [{"two_visitors": True}, {"gender_required": "woman"}, {"by_phone_or_online": True}, {"for_carer": True}]
)
def test_a_page_tells_of_every_change_of_the_request_since_it_was_opened(changed):
    by, ask = factories.coordinator(), Ask.objects.get(pk=factories.ask().pk)
    mark = asks.seen(ask)
    assert asks.require_seen(ask, mark) == ask
    asks.change_ask(ask, by=by, **changed)
    with pytest.raises(WrongState, match="the request has changed"):
        asks.require_seen(ask, mark)


def test_two_changes_since_a_page_was_opened_are_told_in_one_sentence(offer_in):
    by, ask = factories.coordinator(), factories.ask()
    mark = asks.seen(ask)
    asks.note_choice(ask, "Ann", by=by)
    Match.objects.filter(pk=offer_in(MatchState.OFFERED).pk).update(ask=ask)
    with pytest.raises(WrongState, match="the request and what volunteers said have changed"):
        asks.require_seen(ask, mark)


def paired(ask: Ask, by) -> Match:
    """A volunteer who helps with it, with one visit to come."""
    match = matches.offer(ask, factories.volunteer("shop-together", level="basic"), by=by)
    match = matches.introduce(matches.say_yes(match, by=match.volunteer.user), by=by)
    match = matches.start(match, by=by, how="phone")
    plan(match, clock.now() + timedelta(days=3), by=by)
    return match


def test_a_page_that_has_grown_old_ends_nothing_and_tells_what_has_changed(client):
    by, ask = factories.coordinator(), factories.ask(activity="shop-together")
    client.force_login(by)
    address, referral = f"/desk/requests/{ask.pk}/withdraw/", sent(ask, by)
    old = mark_on(client.get(address))
    match = paired(ask, by)
    for mark in (old, ""):
        answer = client.post(address, {"seen": mark})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "nothing was done" in page
        assert f"{match.volunteer} helps with it: that ends" in page
        assert str(referral) in page
    assert "what volunteers said and a planned visit have changed" in client.post(address, {"seen": old}).content.decode()
    for row in (ask, match, referral):
        row.refresh_from_db()
    assert (ask.state, match.state, referral.state) == (AskState.OPEN, MatchState.ACTIVE, ReferralState.REQUESTED)
    fresh = mark_on(client.get(address))
    assert client.post(address, {"seen": fresh})["Location"] == f"/desk/requests/{ask.pk}/"
    match.refresh_from_db()
    assert match.state == MatchState.ENDED
    assert match.visits.get().state == "cancelled"
    assert verify() == []


def test_the_match_page_asks_before_it_ends_a_pair(client):
    by, ask = factories.coordinator(), factories.ask(activity="shop-together")
    client.force_login(by)
    match = paired(ask, by)
    answer = client.post(f"/desk/requests/{ask.pk}/decide/", {"decision": "withdraw", "seen": asks.seen(ask)})
    assert answer["Location"] == f"/desk/requests/{ask.pk}/withdraw/"
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    assert "is cancelled" in client.get(answer["Location"]).content.decode()


def mark_on(answer) -> str:
    return answer.content.decode().split('name="seen" value="')[1].split('"')[0]
