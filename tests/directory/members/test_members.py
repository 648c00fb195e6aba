"""Who keeps a group's listings: one lead at most, whatever is done in whatever order; who goes is out at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import settings
from hypothesis.extra.django import TestCase as DjangoTestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import integers

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.members import handing_over, invitations, mails, memberships
from directory.members.models import Invitation, LeadOffer, State
from directory.models import Change, Membership, Organisation, Service
from directory.states import WrongState
from tests import factories

pytestmark = pytest.mark.django_db

Part = Membership.Part


@pytest.fixture
def club() -> Organisation:
    return factories.organisation(name="Golcar Lunch Club")


def member(club: Organisation, part: str = Part.MEMBER, name: str = "") -> Membership:
    user = factories.user(Role.PARTNER, name=name)
    return Membership.objects.create(organisation=club, user=user, part=part)


@pytest.fixture
def lead(club: Organisation) -> Membership:
    return member(club, Part.LEAD, "Lena Lead")


@pytest.fixture
def deputy(club: Organisation) -> Membership:
    return member(club, Part.DEPUTY, "Dev Deputy")


@pytest.fixture
def other(club: Organisation) -> Membership:
    return member(club, name="Max Member")


def parts(club: Organisation) -> dict[Any, str]:
    return dict(club.memberships.values_list("user_id", "part"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_lead_names_a_deputy_and_the_one_before_is_a_member(club: Organisation, lead: Any, deputy: Any, other: Any) -> None:
    memberships.name_deputy(other, by=lead.user)
    assert parts(club) == {lead.user_id: Part.LEAD, deputy.user_id: Part.MEMBER, other.user_id: Part.DEPUTY}
    with pytest.raises(WrongState):
        memberships.name_deputy(lead, by=lead.user)
    memberships.end_deputy(other, by=other.user)
    assert parts(club)[other.user_id] == Part.MEMBER
    kinds = [event.kind for event in Event.objects.filter(object_id=club.pk)]
    assert kinds == ["organisation.deputy_named", "organisation.deputy_ended"]


def test_only_the_lead_and_moderators_name_a_deputy(club: Organisation, lead: Any, deputy: Any, other: Any) -> None:
    for by in (deputy.user, other.user, factories.user(Role.PARTNER), factories.user(Role.PERSON)):
        with pytest.raises(PermissionDenied):
            memberships.name_deputy(other, by=by)
        with pytest.raises(PermissionDenied):
            memberships.name_lead(other, by=by)
    memberships.name_deputy(other, by=factories.user(Role.EDITOR))
    assert parts(club)[other.user_id] == Part.DEPUTY


def test_the_lead_of_another_group_decides_nothing_here(club: Organisation, lead: Any, other: Any) -> None:
    foreign = member(factories.organisation(), Part.LEAD).user
    for step in (
        lambda: memberships.name_deputy(other, by=foreign),
        lambda: memberships.remove(other, by=foreign),
        lambda: memberships.leave(club, by=foreign),
        lambda: handing_over.offer_lead(other, by=foreign),
        lambda: invitations.invite(club, "new@test.example", by=foreign),
    ):
        with pytest.raises(PermissionDenied):
            step()
    assert len(parts(club)) == 2


def test_a_lead_whose_role_was_taken_decides_nothing(club: Organisation, lead: Any, other: Any) -> None:
    lead.user.grants.all().delete()
    fresh = User.objects.get(pk=lead.user_id)
    with pytest.raises(PermissionDenied):
        memberships.remove(other, by=fresh)


def test_handing_over_asks_first(club: Organisation, lead: Any, other: Any) -> None:
    offer = handing_over.offer_lead(other, by=lead.user)
    assert parts(club) == {lead.user_id: Part.LEAD, other.user_id: Part.MEMBER}
    handing_over.accept_lead(offer, by=other.user)
    assert parts(club) == {lead.user_id: Part.MEMBER, other.user_id: Part.LEAD}
    with pytest.raises(WrongState):
        handing_over.accept_lead(offer, by=other.user)


def test_a_deputy_who_takes_the_lead_leaves_the_deputys_place(club: Organisation, lead: Any, deputy: Any) -> None:
    handing_over.accept_lead(handing_over.offer_lead(deputy, by=lead.user), by=deputy.user)
    assert parts(club) == {lead.user_id: Part.MEMBER, deputy.user_id: Part.LEAD}


def test_no_leaves_everything_as_it_was(club: Organisation, lead: Any, other: Any) -> None:
    before = parts(club)
    handing_over.decline_lead(handing_over.offer_lead(other, by=lead.user), by=other.user)
    handing_over.withdraw_lead(handing_over.offer_lead(other, by=lead.user), by=lead.user)
    assert parts(club) == before
    assert set(LeadOffer.objects.values_list("state", flat=True)) == {State.DECLINED, State.WITHDRAWN}


def test_nobody_else_answers_an_offer(club: Organisation, lead: Any, deputy: Any, other: Any) -> None:
    offer = handing_over.offer_lead(other, by=lead.user)
    for by in (lead.user, deputy.user, factories.user(Role.EDITOR)):
        with pytest.raises(PermissionDenied):
            handing_over.accept_lead(offer, by=by)
    for by in (deputy.user, other.user):
        with pytest.raises(PermissionDenied):
            handing_over.withdraw_lead(offer, by=by)
        with pytest.raises(PermissionDenied):
            handing_over.offer_lead(lead, by=by)


@pytest.mark.parametrize("what", ["late", "offerer left", "other left", "lead named", "offered again", "removed"])
def test_an_offer_that_is_over_makes_nobody_lead(club: Organisation, lead: Any, deputy: Any, other: Any, what: str) -> None:
    offer = handing_over.offer_lead(other, by=lead.user)
    moment = clock.now()
    if what == "late":
        moment += timedelta(days=14)
    elif what == "offerer left":
        memberships.leave(club, by=lead.user)
    elif what == "other left":
        memberships.leave(club, by=other.user)
    elif what == "lead named":
        memberships.name_lead(deputy, by=factories.user(Role.EDITOR))
    elif what == "offered again":
        handing_over.offer_lead(deputy, by=lead.user)
    else:
        memberships.remove(other, by=lead.user)
    before = parts(club)
    with clock.held_at(moment), pytest.raises((WrongState, PermissionDenied)):
        handing_over.accept_lead(offer, by=User.objects.get(pk=other.user_id))
    assert parts(club) == before


def test_the_lead_is_offered_to_another_member_only(club: Organisation, lead: Any) -> None:
    with pytest.raises(WrongState):
        handing_over.offer_lead(lead, by=lead.user)
    closed = member(club)
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    with pytest.raises(WrongState):
        handing_over.offer_lead(closed, by=lead.user)


def test_moderators_name_a_lead_where_there_is_none_or_another(club: Organisation, deputy: Any, other: Any) -> None:
    editor = factories.user(Role.EDITOR)
    memberships.name_lead(deputy, by=editor)
    memberships.name_lead(other, by=editor)
    assert parts(club) == {deputy.user_id: Part.MEMBER, other.user_id: Part.LEAD}


def test_who_is_removed_is_out_at_once_and_still_signed_in(club: Organisation, lead: Any, other: Any) -> None:
    editor = factories.user(Role.EDITOR)
    service = listings.create_service(club, by=editor, name="Lunch", summary="A hot lunch.", needs=[factories.need().slug])
    client = signed_in(other.user)
    pages = [f"/partner/services/{service.pk}/", f"/partner/services/{service.pk}/now/", f"/partner/group/{club.pk}/"]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    memberships.remove(other, by=lead.user)
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert client.post(pages[1], {"phone": "01484 496000"}).status_code == 404
    assert client.get("/account/").status_code == 200
    assert "Lunch" not in client.get("/partner/").content.decode()
    assert not Service.objects.for_member(other.user).exists()
    assert not Change.objects.exists()


def test_who_leaves_is_out_at_once(club: Organisation, lead: Any, other: Any) -> None:
    client = signed_in(other.user)
    page = f"/partner/group/{club.pk}/"
    assert client.get(f"{page}leave/").status_code == 200
    assert client.post(f"{page}leave/")["Location"] == "/partner/"
    assert client.get(page).status_code == client.get(f"{page}leave/").status_code == client.post(f"{page}leave/").status_code == 404
    assert client.get("/account/").status_code == 200
    assert list(parts(club)) == [lead.user_id]


def test_what_a_removed_member_asked_is_taken_back(club: Organisation, lead: Any, deputy: Any) -> None:
    theirs = invitations.invite(club, "friend@test.example", by=deputy.user)
    kept = invitations.invite(club, "other@test.example", by=lead.user)
    memberships.remove(deputy, by=lead.user)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.email) == (State.WITHDRAWN, "")
    assert invitations.works(Invitation.objects.get(pk=kept.pk))


def test_who_may_remove_whom(club: Organisation, lead: Any, deputy: Any, other: Any) -> None:
    for row, by in ((lead, deputy.user), (lead, other.user), (deputy, other.user)):
        with pytest.raises(PermissionDenied):
            memberships.remove(row, by=by)
    with pytest.raises(ValidationError):
        memberships.remove(lead, by=lead.user)
    memberships.remove(other, by=deputy.user)
    memberships.remove(lead, by=factories.user(Role.EDITOR))
    assert list(parts(club)) == [deputy.user_id]
    with pytest.raises(WrongState):
        memberships.remove(other, by=deputy.user)


def test_the_last_one_is_told_what_going_means_and_moderators_hear_of_it(club: Organisation, lead: Any) -> None:
    editor = factories.user(Role.EDITOR)
    page = signed_in(lead.user).get(f"/partner/group/{club.pk}/leave/").content.decode()
    assert "You are the last one" in page
    other = member(club)
    page = signed_in(lead.user).get(f"/partner/group/{club.pk}/leave/").content.decode()
    assert "You lead this group" in page
    assert "You are the last one" not in page
    memberships.leave(club, by=other.user)
    memberships.leave(club, by=lead.user)
    assert mails.tell_moderators(club.pk) == 1
    assert mail.outbox[0].to == [editor.email]
    assert "Nobody keeps its listings" in mail.outbox[0].body
    assert mails.tell_left(club.pk, lead.user_id) == 1


def test_mails_name_nobody_in_the_subject(club: Organisation, lead: Any, deputy: Any, other: Any) -> None:
    offer = handing_over.offer_lead(other, by=lead.user)
    sent = mails.tell_offered(offer.pk) + mails.tell_part(club.pk, deputy.user_id) + mails.tell_removed(club.pk, other.user_id)
    sent += mails.tell_joined(club.pk, other.user_id) + mails.tell_left(club.pk, other.user_id)
    handing_over.accept_lead(offer, by=other.user)
    sent += mails.tell_offer_answered(offer.pk)
    assert sent == len(mail.outbox) == 1 + 1 + 1 + 2 + 3 + 1
    known = {person.user.email for person in (lead, deputy, other)} | {"Golcar", "Lead", "Max", "Dev"}
    assert not [message.subject for message in mail.outbox if any(word in message.subject for word in known - {"Lead"})]
    assert "They have said yes" in mail.outbox[-1].body


def test_the_journal_knows_people_by_their_ids_only(club: Organisation, lead: Any, other: Any) -> None:
    invitations.invite(club, "friend@test.example", by=lead.user)
    handing_over.accept_lead(handing_over.offer_lead(other, by=lead.user), by=other.user)
    memberships.remove(lead, by=other.user)
    told = str(list(Event.objects.filter(object_id=club.pk).values()))
    assert "organisation.lead_named" in told
    assert "organisation.member_left" in told
    assert "@" not in told
    assert "Lena" not in told


def test_every_mail_waits_for_the_commit(club: Organisation, lead: Any, other: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        memberships.name_deputy(other, by=lead.user)
        memberships.remove(other, by=lead.user)
        invitations.invite(club, "friend@test.example", by=lead.user)
    assert mail.outbox == []
    assert len([callback for callback in waiting if "enqueue" in repr(callback)]) == 3


def test_the_database_holds_one_lead_and_one_deputy(club: Organisation, lead: Any, deputy: Any) -> None:
    for part in (Part.LEAD, Part.DEPUTY):
        with pytest.raises(IntegrityError), transaction.atomic():
            member(club, part)


class Group(RuleBasedStateMachine):
    """Five people in one group, who do all that the verbs let them do, in any order."""

    @initialize()
    def begin(self) -> None:
        self.club = factories.organisation()
        self.people = [factories.user(Role.PARTNER) for _ in range(5)]
        self.editor = factories.user(Role.EDITOR)
        Membership.objects.create(organisation=self.club, user=self.people[0], part=Part.LEAD)
        self.offers: list[LeadOffer] = []

    def row(self, who: int) -> Membership | None:
        return Membership.objects.filter(organisation=self.club, user=self.people[who]).first()

    def by(self, who: int) -> User:
        return self.editor if who == 5 else self.people[who]

    def tried(self, step: Any) -> Any:
        try:
            return step()
        except (PermissionDenied, WrongState, ValidationError):
            return None

    @rule(who=integers(0, 4), by=integers(0, 5), as_lead=integers(0, 1))
    def joins(self, who: int, by: int, as_lead: int) -> None:
        made = self.tried(lambda: invitations.invite(self.club, self.people[who].email, by=self.by(by), as_lead=bool(as_lead)))
        if made is not None:
            self.tried(lambda: invitations.accept(made, by=self.people[who]))

    @rule(who=integers(0, 4), by=integers(0, 5), what=integers(0, 3))
    def changes(self, who: int, by: int, what: int) -> None:
        verb = (memberships.name_deputy, memberships.end_deputy, memberships.name_lead, memberships.remove)[what]
        if (row := self.row(who)) is not None:
            self.tried(lambda: verb(row, by=self.by(by)))

    @rule(who=integers(0, 4), by=integers(0, 4))
    def offers_lead(self, who: int, by: int) -> None:
        if (row := self.row(who)) is not None and (made := self.tried(lambda: handing_over.offer_lead(row, by=self.by(by)))):
            self.offers.append(made)

    @rule(which=integers(0, 9), by=integers(0, 5), what=integers(0, 2))
    def answers(self, which: int, by: int, what: int) -> None:
        verb = (handing_over.accept_lead, handing_over.decline_lead, handing_over.withdraw_lead)[what]
        if self.offers:
            self.tried(lambda: verb(self.offers[which % len(self.offers)], by=self.by(by)))

    @rule(who=integers(0, 4))
    def leaves(self, who: int) -> None:
        self.tried(lambda: memberships.leave(self.club, by=self.people[who]))

    @invariant()
    def never_two(self) -> None:
        held = list(Membership.objects.filter(organisation=self.club).values_list("part", flat=True))
        assert held.count(Part.LEAD) <= 1
        assert held.count(Part.DEPUTY) <= 1
        assert LeadOffer.objects.filter(organisation=self.club, state=State.OPEN).count() <= 1

    @invariant()
    def offers_stand_between_members(self) -> None:
        for offer in LeadOffer.objects.filter(organisation=self.club, state=State.OPEN):
            assert Membership.objects.filter(organisation=self.club, user=offer.made_by_id, part=Part.LEAD).exists()
            assert Membership.objects.filter(organisation=self.club, user=offer.to_id).exists()


class TestGroup(Group.TestCase, DjangoTestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
