"""What the tests of claims share: a listing that nobody keeps, people who say that it is theirs, and a way to read the code in the mail."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.core import mail
from django.core.cache import cache
from django.test import Client

from directory import listings
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.claims import claiming, mails
from directory.claims.models import Claim
from directory.models import Organisation, Service
from tests.directory.conftest import somebody

WHO = {"name": "Zebedee Canarybird", "part": "Treasurer of the larks", "phone": "01632 960871"}
WORDS = "My name stands on the canary poster."


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def zebedee(db: None) -> User:
    return User.objects.create_user("zebedee@nest.example")


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@nest.example", name="Ada")


@pytest.fixture
def other(db: None) -> User:
    return somebody(Role.EDITOR, "other@test.example")


@pytest.fixture
def begun(service: Service, zebedee: User) -> Claim:
    return claiming.claim(service, by=zebedee, **WHO)


@pytest.fixture
def put(service: Service, zebedee: User) -> Claim:
    """In words, in front of the moderators."""
    return claiming.claim(service, by=zebedee, **WHO, words=WORDS)


def code_for(claim: Claim) -> str:
    """Ask for a code and read it in the mail to the listing's address."""
    claiming.ask_code(claim, by=claim.user)
    mail.outbox.clear()
    assert mails.send_code(str(claim.pk)) == 1
    claim.refresh_from_db()
    found = re.search(r"The code is (\d{6})", mail.outbox[0].body)
    assert found is not None
    return found[1]


@pytest.fixture
def unkept(system: User, needs: None) -> Callable[..., Service]:
    """Another listing of an organisation of its own."""

    def make(name: str = "Choir", **columns: object) -> Service:
        group: Organisation = listings.create_organisation(by=system, name=f"{name} group", **columns)
        return listings.create_service(group, by=system, name=name, summary="Singing.", phone="01484 111222")

    return make


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    """A moderator's browser, inside the admin."""
    group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[Role.EDITOR])
    group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))
    client.force_login(editor)
    return client
