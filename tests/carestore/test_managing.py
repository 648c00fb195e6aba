"""Accounts are opened by an administrator, and their owners choose the password."""

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django_tasks import default_task_backend

from carestore import passwords
from directory import keeping_accounts
from directory.accounts.models import RoleGrant, User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return factories.administrator()


@pytest.fixture
def client(admin) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_a_new_partner_comes_in_by_the_link_in_the_mail(client):
    group = factories.organisation()
    client.post("/account/manage/", {"email": "New@Group.example", "name": "Nora", "roles": ["partner"]})
    user = User.objects.get(email="new@group.example")
    client.post(f"/account/manage/{user.pk}/", {"do": "change", "roles": ["partner"], "groups": [group.pk], "active": "on"})
    assert list(user.organisations.all()) == [group]

    (message,) = mail.outbox
    assert "Nora" not in message.subject
    link = re.search(r"http://127.0.0.1:8000(\S+)", message.body)[1]
    visitor = Client()
    page = visitor.get(link, follow=True)
    words = "three quiet brown hens"
    visitor.post(page.request["PATH_INFO"], {"new_password1": words, "new_password2": words})
    assert visitor.post("/account/login/", {"login": "new@group.example", "password": words}).status_code == 302
    assert "does not work any more" in visitor.get(link, follow=True).content.decode()


def test_roles_given_and_taken_stand_in_the_journal(admin):
    user = keeping_accounts.open_account(by=admin, email="a@b.example", name="A", roles=["editor", "partner"])
    keeping_accounts.set_roles(user, ["partner"], by=admin)
    assert set(RoleGrant.objects.filter(user=user).values_list("role", flat=True)) == {"partner"}
    assert not user.groups.exists()
    kinds = list(Event.objects.about(user).values_list("kind", flat=True))
    assert kinds == ["account.opened", "account.role_given", "account.role_given", "account.role_taken"]
    assert "a@b.example" not in str(list(Event.objects.values_list("codes", flat=True)))


def test_nobody_else_manages_accounts(admin):
    for role in Role:
        if role == Role.ADMINISTRATOR:
            continue
        other = factories.user(role)
        with pytest.raises(PermissionDenied):
            keeping_accounts.set_roles(other, ["administrator"], by=other)
        client = Client()
        client.force_login(other)
        assert client.get("/account/manage/").status_code == 403


def test_an_administrator_neither_steps_down_nor_locks_themselves_out(admin):
    with pytest.raises(ValidationError):
        keeping_accounts.set_roles(admin, [], by=admin)
    with pytest.raises(ValidationError):
        keeping_accounts.set_active(admin, False, by=admin)
    admin.refresh_from_db()
    assert Role.ADMINISTRATOR in roles_of(admin)


def test_a_closed_account_is_out_at_once(admin):
    user = factories.user(Role.COORDINATOR)
    client = Client()
    client.force_login(user)
    assert client.get("/desk/").status_code == 200
    keeping_accounts.set_active(user, False, by=admin)
    assert client.get("/desk/").status_code == 302


def test_a_programs_key_is_shown_once_and_ended(client):
    client.post(
        "/account/manage/", {"email": "prog@c.example", "name": "Council program", "roles": ["council_referrer"], "is_service": "on"}
    )
    assert mail.outbox == []
    program = User.objects.get(email="prog@c.example")
    page = client.post(f"/account/manage/{program.pk}/", {"do": "key"}).content.decode()
    key = re.search(r"[A-Za-z0-9]{8}\.[A-Za-z0-9]{20,}", page)[0]
    assert key not in client.get(f"/account/manage/{program.pk}/").content.decode()
    headers = {"Authorization": f"Api-Key {key}"}
    assert Client().get("/api/v1/referrals/", headers=headers).status_code == 200
    client.post(f"/account/manage/{program.pk}/", {"do": "revoke"})
    assert Client().get("/api/v1/referrals/", headers=headers).status_code == 401


def test_forgotten_says_the_same_to_everybody_and_writes_to_owners_only():
    user = factories.user(Role.PARTNER)
    known = Client().post("/account/password/", {"email": user.email}, follow=True).content.decode()
    unknown = Client().post("/account/password/", {"email": "nobody@else.example"}, follow=True).content.decode()
    assert "a mail with a link is on its way" in known
    assert "a mail with a link is on its way" in unknown
    # The worker does it, for both: how long the answer takes tells nothing.
    assert mail.outbox == []
    queued = [result.args[0] for result in default_task_backend.results[-2:]]
    assert queued == [str(user.pk), ""]
    assert [passwords.mail_link(user_id) for user_id in queued] == [1, 0]
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_bad_accounts_are_told_by_their_field(client, admin):
    for body in ({"email": "nonsense", "name": "A"}, {"email": admin.email, "name": "A"}, {"email": "x@y.example", "name": " "}):
        assert client.post("/account/manage/", body).status_code == 400


def test_accounts_are_many(client):
    for number in range(60):
        User.objects.create_user(f"many{number:02}@group.example")
    page = client.get("/account/manage/").content.decode()
    assert "many00@group.example" in page
    assert "many59@group.example" not in page
    assert "many59@group.example" in client.get("/account/manage/", {"page": 2}).content.decode()
    found = client.get("/account/manage/", {"q": "MANY59"}).content.decode()
    assert "many59@group.example" in found
    assert "many00@group.example" not in found


def test_a_group_among_many_is_found_by_its_name_and_those_held_stay(client):
    user, held = factories.user(Role.PARTNER), factories.organisation(name="Zoe's Club")
    factories.partner(held)
    held.members.add(user)
    for number in range(40):
        factories.organisation(name=f"Group {number:02}")
    address = f"/account/manage/{user.pk}/"
    page = client.get(address).content.decode()
    assert "Zoe&#x27;s Club" in page
    assert "Group 07" not in page
    assert "Group 07" in client.get(address, {"group": "oup 07"}).content.decode()
    wanted = Organisation.objects.get(name="Group 07")
    client.post(f"{address}?group=oup+07", {"do": "change", "roles": ["partner"], "groups": [held.pk, wanted.pk], "active": "on"})
    assert set(user.organisations.all()) == {held, wanted}
