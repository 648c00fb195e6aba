"""What moderators do with claims: one page for all of a group, everybody concerned hears of it, and what was given can be taken again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock, listings
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission, Role
from directory.claimed import is_claimed
from directory.claims import claiming, deciding, keeping, mails
from directory.claims.models import Claim
from directory.imports.following import plan, remember
from directory.journal.models import Event
from directory.members import invitations, memberships
from directory.models import Membership, Organisation, Service
from directory.organisations import add_member
from directory.states import WrongState
from directory.waiting.kinds import all_waiting, find
from tests.directory.claims.conftest import WHO, WORDS, code_for

pytestmark = pytest.mark.django_db


def part_of(user: User, group: Organisation) -> str:
    row = Membership.objects.filter(user=user, organisation=group).first()
    return str(row.part) if row else ""


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_an_accepted_claim_makes_a_partner_who_leads(put: Claim, zebedee: User, editor: User, service: Service) -> None:
    assert not allowed(zebedee, Permission.EDIT_LISTINGS, service)
    deciding.accept(put, by=editor)
    assert (put.state, put.decided_by, put.gave_role) == ("accepted", editor, True)
    assert part_of(zebedee, put.organisation) == "lead"
    assert allowed(again(zebedee), Permission.EDIT_LISTINGS, service)
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert {"claim.moved", "account.role_given", "organisation.member_added"} <= set(kinds)


def test_several_claimants_may_all_be_accepted_and_the_first_leads(put: Claim, ada: User, editor: User, zebedee: User) -> None:
    second = claiming.claim(put.service, by=ada, **WHO, words=WORDS)
    deciding.accept(second, by=editor)
    deciding.accept(put, by=editor)
    assert (part_of(ada, put.organisation), part_of(zebedee, put.organisation)) == ("lead", "member")


def test_everybody_concerned_hears_of_it_and_nobody_reads_who_it_is(put: Claim, ada: User, editor: User, zebedee: User) -> None:
    second = claiming.claim(put.service, by=ada, **WHO, words=WORDS)
    deciding.accept(put, by=editor)
    key = str(put.pk)
    mail.outbox.clear()
    assert (mails.tell_claimant(key), mails.tell_others(key), mails.tell_published(key), mails.tell_keepers(key)) == (1, 1, 1, 0)
    assert [message.to for message in mail.outbox] == [[zebedee.email], [ada.email], ["club@example.org"]]
    deciding.accept(second, by=editor)
    assert mails.tell_keepers(str(second.pk)) == 1
    assert mail.outbox[-1].to == [zebedee.email]
    words = [message.subject + message.body for message in mail.outbox]
    assert not any(word in text for text in words for word in ("anarybird", "larks", "ada@", "zebedee@", "Ada"))
    assert not any("lunch" in message.subject.lower() for message in mail.outbox)


def test_every_mail_says_that_a_claim_is_for_all_of_the_group(put: Claim, ada: User, editor: User, system: User) -> None:
    group = put.organisation
    for number in range(11):
        listings.create_service(group, by=system, name=f"Choir {number:02}", summary="Singing.")
    hidden = listings.create_service(group, by=system, name="Long closed", summary="Over.")
    listings.withdraw(hidden, by=system)
    code_for(claiming.claim(put.service, by=ada, **WHO))
    deciding.accept(put, by=editor)
    assert (mails.tell_claimant(str(put.pk)), mails.tell_published(str(put.pk))) == (1, 1)
    for message in mail.outbox:
        assert f"all 12 pages of “{group.name}”" in message.body
        assert "\n- Choir 00\n" in message.body
        assert "- and 2 more\n" in message.body
        assert "Long closed" not in message.body
    assert len(mail.outbox) == 3


def test_declining_needs_a_reason_that_the_claimant_reads(put: Claim, editor: User, zebedee: User) -> None:
    for reason in ("", " ", "\0"):
        with pytest.raises(ValidationError):
            deciding.decline(put, by=editor, reason=reason)
    deciding.decline(put, by=editor, reason="They do not know you.")
    assert (put.state, put.reason, is_claimed(put.organisation_id)) == ("declined", "They do not know you.", False)
    assert mails.tell_claimant(str(put.pk)) == 1
    assert "They do not know you." in mail.outbox[-1].body
    assert not again(zebedee).grants.exists()
    assert claiming.claim(put.service, by=zebedee, **WHO).state == "begun"


def test_what_was_given_is_taken_away_again(put: Claim, editor: User, zebedee: User, service: Service) -> None:
    deciding.accept(put, by=editor)
    with pytest.raises(ValidationError):
        deciding.revoke(put, by=editor, reason="")
    deciding.revoke(put, by=editor, reason="The group does not know you.")
    user = again(zebedee)
    assert (put.state, part_of(user, put.organisation), is_claimed(put.organisation_id)) == ("revoked", "", False)
    assert not user.grants.exists()
    assert not allowed(user, Permission.EDIT_LISTINGS, service)
    assert mails.tell_claimant(str(put.pk)) == 1
    assert "The group does not know you." in mail.outbox[-1].body
    assert claiming.claim(put.service, by=user, **WHO).pk != put.pk


def test_a_role_that_they_had_before_or_need_elsewhere_stays(
    put: Claim, editor: User, zebedee: User, unkept: Callable[..., Service]
) -> None:
    deciding.accept(put, by=editor)
    add_member(unkept().organisation, zebedee, by=editor)
    deciding.revoke(put, by=editor, reason="No.")
    assert again(zebedee).grants.filter(role=Role.PARTNER).exists()


def test_a_role_of_before_is_not_the_claims_to_take(service: Service, ada: User, editor: User) -> None:
    grant(ada, Role.PARTNER, by=None)
    claim = claiming.claim(service, by=ada, **WHO, words=WORDS)
    deciding.accept(claim, by=editor)
    deciding.revoke(claim, by=editor, reason="No.")
    assert not claim.gave_role
    assert again(ada).grants.filter(role=Role.PARTNER).exists()


def test_a_deputy_follows_a_lead_who_is_taken_away(put: Claim, editor: User, ada: User, zebedee: User) -> None:
    deciding.accept(put, by=editor)
    grant(ada, Role.PARTNER, by=None)
    add_member(put.organisation, ada, by=editor, part=Membership.Part.DEPUTY)
    deciding.revoke(put, by=editor, reason="No.")
    assert (part_of(ada, put.organisation), part_of(zebedee, put.organisation)) == ("lead", "")
    assert put.organisation.memberships.count() == 1
    assert mails.tell_keepers(str(put.pk)) == 1
    assert mail.outbox[-1].to == [ada.email]


def test_whom_they_asked_in_comes_in_no_more(put: Claim, editor: User, zebedee: User) -> None:
    deciding.accept(put, by=editor)
    invitation = invitations.invite(put.organisation, "friend@nest.example", by=again(zebedee))
    deciding.revoke(put, by=editor, reason="No.")
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"


def test_whom_they_asked_in_before_they_went_themselves_comes_in_no_more(service: Service, ada: User, editor: User) -> None:
    grant(ada, Role.PARTNER, by=None)
    claim = claiming.claim(service, by=ada, **WHO, words=WORDS)
    deciding.accept(claim, by=editor)
    invitation = invitations.invite(claim.organisation, "friend@nest.example", by=again(ada))
    memberships.leave(claim.organisation, by=again(ada))
    deciding.revoke(claim, by=editor, reason="No.")
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"


def test_only_moderators_decide_and_never_on_their_own_claim(put: Claim, begun_by_editor: Claim, zebedee: User, stranger: User) -> None:
    editor = begun_by_editor.user
    for claim, by in ((put, zebedee), (put, stranger), (begun_by_editor, editor)):
        for forbidden in (
            lambda claim=claim, by=by: deciding.accept(claim, by=by),
            lambda claim=claim, by=by: deciding.decline(claim, by=by, reason="No."),
        ):
            with pytest.raises(PermissionDenied):
                forbidden()
    assert not is_claimed(put.organisation_id)
    assert mails.tell_moderators(str(begun_by_editor.pk)) == 0


@pytest.fixture
def begun_by_editor(unkept: Callable[..., Service], editor: User) -> Claim:
    return claiming.claim(unkept(), by=editor, **WHO, words=WORDS)


def test_what_became_impossible_is_not_accepted(put: Claim, editor: User, zebedee: User, unkept: Callable[..., Service]) -> None:
    group = Organisation.objects.filter(pk=put.organisation_id)
    for values in ({"ours": True}, {"ours": False, "demo": True}, {"demo": False, "replaced_by": unkept().organisation}):
        group.update(**values)
        with pytest.raises(WrongState):
            deciding.accept(put, by=editor)
    group.update(replaced_by=None)
    User.objects.filter(pk=zebedee.pk).update(is_active=False)
    with pytest.raises(WrongState):
        deciding.accept(put, by=editor)
    assert mails.tell_claimant(str(put.pk)) == 0
    assert not is_claimed(put.organisation_id)


def test_a_settled_claim_stays_settled(put: Claim, editor: User, zebedee: User) -> None:
    deciding.decline(put, by=editor, reason="No.")
    for step in (
        lambda: deciding.accept(put, by=editor),
        lambda: deciding.revoke(put, by=editor, reason="No."),
        lambda: claiming.withdraw(put, by=zebedee),
    ):
        with pytest.raises(WrongState):
            step()


def test_an_accepted_claim_keeps_sources_from_overwriting_and_a_revoked_one_lets_them(put: Claim, editor: User, service: Service) -> None:
    def asked() -> tuple[set[str], set[str]]:
        made = plan(Service.objects.with_everything().get(pk=service.pk), {"summary": "Their newer words."})
        return set(made.to_set), set(made.to_put_up)

    remember(service, {"summary": service.summary}, {})
    assert asked() == ({"summary"}, set())
    deciding.accept(put, by=editor)
    assert asked() == (set(), {"summary"})
    deciding.revoke(put, by=editor, reason="No.")
    assert asked() == ({"summary"}, set())


def test_claims_wait_in_the_list_of_all_that_waits(put: Claim, begun_elsewhere: Claim, ada: User, editor: User) -> None:
    kind = find("claim")
    assert kind is not None
    keys = [row["of_key"] for row in all_waiting(kind="claim")]
    assert keys == [put.pk]
    assert kind.words(keys)[put.pk].signs == ()
    second = claiming.claim(put.service, by=ada, **WHO, words=WORDS)
    told = kind.words([put.pk, second.pk])
    assert told[put.pk].signs == ("2 claim it",)
    assert "anarybird" not in str(told)
    deciding.decline(put, by=editor, reason="No.")
    assert [row["of_key"] for row in all_waiting(kind="claim")] == [second.pk]


@pytest.fixture
def begun_elsewhere(unkept: Callable[..., Service], ada: User, editor: User) -> Claim:
    choir = unkept()
    listings.set_fields(choir, {"email": "choir@example.org"}, by=editor)
    return claiming.claim(choir, by=ada, **WHO)


@pytest.mark.parametrize("end", ["declined", "accepted", "revoked"])
def test_what_was_said_goes_thirty_days_after_the_end(put: Claim, editor: User, end: str) -> None:
    now = clock.now()
    if end == "declined":
        deciding.decline(put, by=editor, reason="No.")
    else:
        deciding.accept(put, by=editor)
    if end == "revoked":
        with clock.held_at(now + timedelta(days=60)):
            keeping.forget_some()
            put.refresh_from_db()
            assert put.words == ""
            deciding.revoke(put, by=editor, reason="Not theirs.")
        now += timedelta(days=60)
    with clock.held_at(now + keeping.KEPT - timedelta(hours=1)):
        assert keeping.forget_some()
    put.refresh_from_db()
    assert put.reason if end != "accepted" else put.words
    with clock.held_at(now + keeping.KEPT + timedelta(hours=1)):
        assert not keeping.forget_some()
        assert keeping.forget_some()
    put.refresh_from_db()
    assert (put.state, put.name, put.part, put.phone, put.words, put.reason or "") == (end, "", "", "", "", "")


def test_an_accepted_claim_can_be_taken_away_after_it_was_forgotten(put: Claim, editor: User) -> None:
    deciding.accept(put, by=editor)
    with clock.held_at(clock.now() + timedelta(days=400)):
        keeping.forget_some()
        deciding.revoke(put, by=editor, reason="They moved away.")
    assert not is_claimed(put.organisation_id)
