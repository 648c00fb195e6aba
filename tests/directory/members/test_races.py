"""Several at the same moment, on a SQLite file and on a PostgreSQL server: a code and a link work once, and a group never has two leads."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.crypto import salted_hmac

from directory import signing_in
from directory.accounts.models import MailCode, User
from directory.accounts.roles import Role
from directory.members import handing_over, invitations, memberships
from directory.models import Membership, Organisation
from directory.signing_in import WrongCode
from directory.states import WrongState
from tests import factories
from tests.at_once import at_once
from tests.postgres import postgres_url  # noqa: F401

AT_ONCE = 5
Part = Membership.Part


@pytest.fixture
def club(each_store: str) -> Organisation:
    return factories.organisation()


def member(club: Organisation, part: str = Part.MEMBER) -> Membership:
    return Membership.objects.create(organisation=club, user=factories.user(Role.PARTNER), part=part)


def parts(club: Organisation) -> list[str]:
    return sorted(club.memberships.values_list("part", flat=True))


def tried(step: Any) -> Any:
    def act() -> Any:
        try:
            return step()
        except (WrongState, WrongCode, PermissionDenied):
            return None

    return act


def test_of_several_who_type_the_same_code_one_comes_in_and_no_try_is_lost(club: Organisation) -> None:
    asked = signing_in.ask_code("carol@test.example")
    MailCode.objects.filter(pk=asked.pk).update(
        code_hash=salted_hmac(signing_in.SALT, f"{asked.pk.hex} 482915", algorithm="sha256").hexdigest()
    )
    at_once([tried(lambda: signing_in.use_code(asked.pk, "000000")) for _ in range(3)])
    asked.refresh_from_db()
    assert asked.tries == 3
    came = at_once([tried(lambda: signing_in.use_code(asked.pk, "482915")) for _ in range(AT_ONCE)])
    assert [one for one in came if one] == ["carol@test.example"]


def test_a_link_that_is_pressed_several_times_makes_one_account_and_one_member(club: Organisation) -> None:
    lead = member(club, Part.LEAD)
    row = invitations.invite(club, "new@test.example", by=lead.user)
    yes = tried(lambda: invitations.accept_by_code(row, email="new@test.example", name="Nora"))
    assert len([one for one in at_once([yes for _ in range(AT_ONCE)]) if one]) == 1
    assert User.objects.filter(email="new@test.example").count() == 1
    assert parts(club) == [Part.LEAD, Part.MEMBER]


def test_leads_named_offered_and_leaving_at_the_same_moment_are_never_two(club: Organisation) -> None:
    lead, one, two = member(club, Part.LEAD), member(club), member(club)
    editor = factories.user(Role.EDITOR)
    offer = handing_over.offer_lead(one, by=lead.user)
    at_once(
        [
            tried(lambda: handing_over.accept_lead(offer, by=one.user)),
            tried(lambda: memberships.name_lead(two, by=editor)),
            tried(lambda: memberships.name_deputy(two, by=editor)),
            tried(lambda: memberships.name_deputy(one, by=lead.user)),
            tried(lambda: memberships.leave(club, by=lead.user)),
        ]
    )
    assert parts(club).count(Part.LEAD) <= 1
    assert parts(club).count(Part.DEPUTY) <= 1
    assert len(parts(club)) == 2
