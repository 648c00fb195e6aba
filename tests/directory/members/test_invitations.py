"""Invitations: one address, one use, two weeks; who has no account gets one by a code to that address and in no other way."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from directory import clock, signing_in
from directory.accounts.models import MailCode, User
from directory.accounts.roles import Role
from directory.members import invitations, mails
from directory.members.models import Invitation, State
from directory.members.tokens import invitation_path, of_invitation
from directory.models import Membership, Organisation
from directory.states import WrongState
from tests import factories

pytestmark = pytest.mark.django_db

Part = Membership.Part
NEW = "new@test.example"


@pytest.fixture
def club() -> Organisation:
    return factories.organisation(name="Golcar Lunch Club")


@pytest.fixture
def lead(club: Organisation) -> User:
    user = factories.user(Role.PARTNER, name="Lena Lead")
    Membership.objects.create(organisation=club, user=user, part=Part.LEAD)
    return user


@pytest.fixture
def asked(club: Organisation, lead: User) -> Invitation:
    return invitations.invite(club, f" {NEW.upper()} ", by=lead)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def link(row: Invitation) -> str:
    """The link of the mail, as the worker sends it."""
    mail.outbox.clear()
    assert mails.tell_invited(row.pk) == 1
    found = re.search(r"http://127\.0\.0\.1:8000(/invitation/\S+)", mail.outbox[0].body)
    assert found is not None
    return found[1]


def code_of(email: str = NEW) -> str:
    mail.outbox.clear()
    signing_in.mail_code(str(MailCode.objects.filter(email_token=signing_in.email_token(email)).latest("asked_at").pk))
    found = re.search(r"\b\d{6}\b", mail.outbox[0].body) if mail.outbox else None
    return found[0] if found else ""


def part(club: Organisation, user: User) -> str:
    return club.memberships.get(user=user).part


def test_somebody_without_an_account_joins_by_a_code(client: Client, club: Organisation, asked: Invitation) -> None:
    path = link(asked)
    assert mail.outbox[0].to == [NEW]
    assert "Golcar" not in mail.outbox[0].subject
    assert NEW not in path
    page = client.get(path).content.decode()
    assert "Golcar Lunch Club" in page
    assert "Lena Lead" in page
    assert client.post(path, {"do": "send"})["Location"] == path
    page = client.get(path).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'autocomplete="name"' in page
    answer = client.post(path, {"do": "yes", "code": code_of(), "name": " Nora New "})
    assert answer["Location"] == "/partner/"
    made = User.objects.get(email=NEW)
    assert (made.name, part(club, made), list(made.grants.values_list("role", flat=True))) == ("Nora New", Part.MEMBER, [Role.PARTNER])
    assert not made.has_usable_password()
    assert "Thank you" in client.get("/partner/").content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.email, asked.taken_by) == (State.TAKEN, "", made)
    assert Client().get(path).status_code == 404


def test_looking_at_the_link_does_nothing(asked: Invitation) -> None:
    path = link(asked)
    for _ in range(3):
        assert Client().get(path).status_code == Client().head(path).status_code == 200
    assert not User.objects.filter(email=NEW).exists()
    assert not MailCode.objects.exists()
    asked.refresh_from_db()
    assert asked.state == State.OPEN


def test_the_link_alone_makes_nobody_a_member(client: Client, club: Organisation, asked: Invitation) -> None:
    path = link(asked)
    assert client.post(path, {"do": "yes", "code": "000000", "name": "Mallory"}).status_code == 200
    client.post(path, {"do": "send"})
    code = code_of()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert client.post(path, {"do": "yes", "code": wrong, "name": "Mallory"}).status_code == 400
    # A code for signing in, or one of another browser, is worth nothing here.
    elsewhere = Client()
    assert elsewhere.post(path, {"do": "yes", "code": code, "name": "Mallory"}).status_code == 200
    assert club.memberships.count() == 1
    assert not User.objects.filter(email=NEW).exists()


def test_a_missing_name_does_not_use_the_code_up(client: Client, club: Organisation, asked: Invitation) -> None:
    path = link(asked)
    client.post(path, {"do": "send"})
    code = code_of()
    assert client.post(path, {"do": "yes", "code": code, "name": " "}).status_code == 400
    assert client.post(path, {"do": "yes", "code": code, "name": "Nora"}).status_code == 302
    assert club.memberships.count() == 2


def test_somebody_with_an_account_joins_by_a_code_or_signed_in(client: Client, club: Organisation, lead: User, asked: Invitation) -> None:
    there = factories.user(Role.VOLUNTEER, email=NEW, name="Vera")
    path = link(asked)
    client.post(path, {"do": "send"})
    assert 'autocomplete="name"' not in client.get(path).content.decode()
    assert client.post(path, {"do": "yes", "code": code_of()})["Location"] == "/partner/"
    assert part(club, there) == Part.MEMBER
    assert set(there.grants.values_list("role", flat=True)) == {Role.VOLUNTEER, Role.PARTNER}
    staff = factories.user(Role.COORDINATOR, email="staff@test.example")
    path = link(invitations.invite(club, staff.email, by=lead))
    browser = signed_in(staff)
    assert "Yes, I help" in browser.get(path).content.decode()
    assert browser.post(path, {"do": "yes"})["Location"] == "/partner/"
    assert browser.get("/partner/").status_code == 200
    assert User.objects.get(pk=there.pk).name == "Vera"


def test_a_code_joins_no_account_that_asks_for_its_password(client: Client, club: Organisation, lead: User) -> None:
    staff = factories.user(Role.COORDINATOR, email="staff@test.example")
    row = invitations.invite(club, staff.email, by=lead)
    path = link(row)
    client.post(path, {"do": "send"})
    assert code_of(staff.email) == ""
    assert "takes your password" in mail.outbox[0].body
    with pytest.raises(PermissionDenied):
        invitations.accept_by_code(row, email=staff.email, name="")
    assert club.memberships.count() == 1


def test_the_invitation_is_for_its_address_only(club: Organisation, asked: Invitation) -> None:
    stranger = factories.user(Role.PARTNER)
    browser, path = signed_in(stranger), link(asked)
    page = browser.get(path)
    assert "another address" in page.content.decode()
    assert browser.post(path, {"do": "yes"}).status_code == 200
    with pytest.raises(PermissionDenied):
        invitations.accept(asked, by=stranger)
    with pytest.raises(PermissionDenied):
        invitations.accept_by_code(asked, email=stranger.email, name="")
    assert club.memberships.count() == 1


@pytest.mark.parametrize("change", ["", "x", "…", "."])
def test_forged_links_lead_nowhere(asked: Invitation, change: str) -> None:
    path = invitation_path(asked.pk).rstrip("/")
    forged = f"/invitation/{asked.pk.hex}/" if not change else f"{path[:-1]}{change}/" if path[-1] != change else f"{path}{change}/"
    for answer in (Client().get(forged), Client().post(forged, {"do": "no"})):
        assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.state == State.OPEN


def test_a_signature_of_another_kind_is_not_taken(asked: Invitation) -> None:
    from directory.freshness.tokens import stop_path

    assert of_invitation(stop_path(asked.pk).rstrip("/").rpartition("/")[2]) is None
    assert of_invitation(invitation_path(asked.pk).rstrip("/").rpartition("/")[2]) == asked.pk


@pytest.mark.parametrize("what", ["late", "withdrawn", "declined", "replaced"])
def test_a_link_that_is_over_does_nothing(club: Organisation, lead: User, asked: Invitation, what: str) -> None:
    path, there, moment = link(asked), factories.user(Role.PARTNER, email=NEW), clock.now()
    if what == "late":
        moment += timedelta(days=14)
    elif what == "withdrawn":
        invitations.withdraw(asked, by=lead)
    elif what == "declined":
        assert Client().post(path, {"do": "no"}).status_code == 200
    else:
        invitations.invite(club, NEW, by=lead)
    with clock.held_at(moment):
        assert Client().get(path).status_code == 404
        browser = signed_in(there)
        assert browser.post(path, {"do": "yes"}).status_code == 404
        with pytest.raises(WrongState):
            invitations.accept(asked, by=there)
        assert mails.tell_invited(asked.pk) == 0
    assert club.memberships.count() == 1
    if what != "late":
        asked.refresh_from_db()
        assert asked.email == ""


@pytest.mark.parametrize("what", ["closed", "no partner any more", "deleted"])
def test_nobody_comes_in_on_the_word_of_an_account_that_is_closed(club: Organisation, lead: User, asked: Invitation, what: str) -> None:
    path, there = link(asked), factories.user(Role.PARTNER, email=NEW)
    if what == "closed":
        User.objects.filter(pk=lead.pk).update(is_active=False)
    elif what == "deleted":
        lead.delete()
    else:
        lead.grants.all().delete()
    assert Client().get(path).status_code == 404
    with pytest.raises(WrongState):
        invitations.accept(asked, by=there)
    assert not invitations.waiting(club).exists()
    assert not club.memberships.filter(user=there).exists()


def test_a_name_is_one_line_since_mails_to_others_tell_it(club: Organisation, asked: Invitation) -> None:
    with pytest.raises(ValidationError):
        invitations.accept_by_code(asked, email=NEW, name=" Nell \n\n\tPay at http://bad.example\r\n")
    assert not User.objects.filter(email=NEW).exists()
    assert invitations.accept_by_code(asked, email=NEW, name=" Nell \n\n\tJ. R. Holroyd-O’Neill\r\n").name == "Nell J. R. Holroyd-O’Neill"


@pytest.mark.parametrize("name", ["Pay at bad.example", "me@there.example", "see //x and https://a", "Ring us.Now"])
def test_a_name_with_an_address_is_refused_and_does_not_use_the_code_up(client: Client, asked: Invitation, name: str) -> None:
    """The next mail would tell it to whomever they ask in."""
    path = link(asked)
    client.post(path, {"do": "send"})
    code = code_of()
    answer = client.post(path, {"do": "yes", "code": code, "name": name})
    assert answer.status_code == 400
    assert "without a web or mail address" in answer.content.decode()
    assert client.post(path, {"do": "yes", "code": code, "name": "Nora"}).status_code == 302


def test_a_link_works_once(club: Organisation, asked: Invitation) -> None:
    there = factories.user(Role.PARTNER, email=NEW)
    invitations.accept(asked, by=there)
    club.memberships.filter(user=there).delete()
    with pytest.raises(WrongState):
        invitations.accept(asked, by=there)
    assert signed_in(there).get(invitation_path(asked.pk)).status_code == 404


def test_who_may_invite(club: Organisation, lead: User) -> None:
    deputy, other = factories.partner(club), factories.partner(club)
    Membership.objects.filter(user=deputy).update(part=Part.DEPUTY)
    for by in (other, factories.user(Role.PARTNER), factories.user(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            invitations.invite(club, NEW, by=by)
    for by in (deputy, factories.user(Role.EDITOR), factories.user(Role.ADMINISTRATOR)):
        row = invitations.invite(club, f"{by.pk.hex}@test.example", by=by)
        with pytest.raises(PermissionDenied):
            invitations.withdraw(row, by=other)
        invitations.withdraw(row, by=lead)


def test_a_group_that_nobody_leads_gets_a_lead_by_invitation(club: Organisation) -> None:
    editor, there = factories.user(Role.EDITOR), factories.user(email=NEW)
    page = signed_in(editor).post(f"/partner/group/{club.pk}/", {"do": "invite", "email": NEW})
    assert page.status_code == 302
    second = invitations.invite(club, "second@test.example", by=editor, as_lead=True)
    invitations.accept(Invitation.objects.get(email_token=signing_in.email_token(NEW)), by=there)
    assert part(club, there) == Part.LEAD
    late = factories.user(email="second@test.example")
    invitations.accept(second, by=late)
    assert part(club, late) == Part.MEMBER
    with pytest.raises(PermissionDenied):
        invitations.invite(club, "third@test.example", by=there, as_lead=True)


def test_nobody_is_asked_over_and_over(club: Organisation, lead: User, asked: Invitation) -> None:
    with pytest.raises(ValidationError):
        invitations.invite(club, lead.email, by=lead)
    with pytest.raises(ValidationError):
        invitations.invite(club, "no address", by=lead)
    for _ in range(invitations.MOST_TO_ONE - 1):
        invitations.invite(club, NEW, by=lead)
    with pytest.raises(ValidationError):
        invitations.invite(club, NEW, by=lead)
    assert Invitation.objects.filter(state=State.OPEN).count() == 1
    for number in range(invitations.MOST_A_DAY - invitations.MOST_TO_ONE):
        invitations.invite(club, f"a{number}@test.example", by=lead)
    with pytest.raises(ValidationError):
        invitations.invite(club, "one@test.example", by=lead)
    with clock.held_at(clock.now() + timedelta(days=1, minutes=1)):
        invitations.invite(club, "one@test.example", by=lead)


def test_a_no_is_heard_for_a_while(club: Organisation, lead: User, asked: Invitation) -> None:
    invitations.decline(asked)
    with clock.held_at(clock.now() + timedelta(days=2)), pytest.raises(ValidationError):
        invitations.invite(club, NEW, by=lead)
    with clock.held_at(clock.now() + timedelta(days=15)):
        invitations.invite(club, NEW, by=lead)


def test_a_closed_account_is_not_brought_back(client: Client, club: Organisation, lead: User, asked: Invitation) -> None:
    gone = factories.user(Role.PARTNER, email=NEW, is_active=False)
    path = link(asked)
    client.post(path, {"do": "send"})
    assert code_of() == ""
    for step in (lambda: invitations.accept(asked, by=gone), lambda: invitations.accept_by_code(asked, email=NEW, name="")):
        with pytest.raises(PermissionDenied):
            step()


def test_ended_invitations_are_forgotten(club: Organisation, lead: User, asked: Invitation) -> None:
    invitations.withdraw(invitations.invite(club, "b@test.example", by=lead), by=lead)
    assert invitations.forget_some()
    assert Invitation.objects.count() == 2
    with clock.held_at(clock.now() + timedelta(days=31)):
        assert invitations.forget_some()
        assert Invitation.objects.count() == 1
    with clock.held_at(clock.now() + timedelta(days=45)):
        assert invitations.forget_some()
        assert Invitation.objects.count() == 0


def test_the_group_page_shows_addresses_to_those_who_invite_only(club: Organisation, lead: User, asked: Invitation) -> None:
    other = factories.partner(club)
    page = f"/partner/group/{club.pk}/"
    seen = signed_in(lead).get(page).content.decode()
    assert NEW in seen
    assert other.email in seen
    assert "Send the invitation" in seen
    seen = signed_in(other).get(page).content.decode()
    assert NEW not in seen
    assert lead.email not in seen
    assert "Lena Lead" in seen
    assert "Send the invitation" not in seen
    assert signed_in(other).post(page, {"do": "invite", "email": "x@test.example"}).status_code == 403
    membership = club.memberships.get(user=lead)
    assert signed_in(other).get(f"/partner/members/{membership.pk}/").status_code == 404


def test_everything_is_done_on_the_pages(club: Organisation, lead: User, asked: Invitation) -> None:
    other = factories.partner(club)
    row, browser, page = club.memberships.get(user=other), signed_in(lead), f"/partner/group/{club.pk}/"
    assert browser.post(page, {"do": "withdraw", "invitation": str(asked.pk)}).status_code == 302
    assert "answered or taken back already" in browser.post(page, {"do": "withdraw", "invitation": "x"}, follow=True).content.decode()
    assert browser.post(page, {"do": "invite", "email": "bad"}).status_code == 400
    one = f"/partner/members/{row.pk}/"
    assert "Make them the deputy" in browser.get(one).content.decode()
    for step, wanted in (("deputy", Part.DEPUTY), ("no-deputy", Part.MEMBER), ("lead", Part.MEMBER), ("offer", Part.MEMBER)):
        assert browser.post(one, {"do": step})["Location"] == page
        assert part(club, other) == wanted
    theirs = signed_in(other)
    assert "asks you to lead" in theirs.get(page).content.decode()
    theirs.post(page, {"do": "lead-yes"})
    assert (part(club, other), part(club, lead)) == (Part.LEAD, Part.MEMBER)
    assert "answered already" in theirs.post(page, {"do": "lead-yes"}, follow=True).content.decode()
    assert theirs.post(f"/partner/members/{club.memberships.get(user=lead).pk}/", {"do": "remove"})["Location"] == page
    assert browser.get(page).status_code == 404
