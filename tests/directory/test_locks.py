"""Locked listings, groups and places: nobody but whoever locked one changes it; what a group says meanwhile waits, and nothing is lost."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from directory import listings, locks, moderation, needs, organisations, venues
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.change_states import FieldState
from directory.imports.following import follow
from directory.journal.models import Event
from directory.models import ChangeField, Location, Need, Organisation, Service
from directory.states import WrongState
from tests.directory.conftest import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(db: None) -> User:
    return somebody(Role.EDITOR, "other@test.example")


def snippet(model: str, view: str, *args: object) -> str:
    return reverse(f"wagtailsnippets_directory_{model}:{view}", args=args)


@pytest.fixture
def locked(service: Service, editor: User) -> Service:
    return locks.lock(service, by=editor)


def place_of(service: Service) -> Location:
    listings.set_fields(service, {"places": [{"name": "Hall", "address": "1 Mill Lane"}]}, by=somebody(Role.EDITOR, "placer@test.example"))
    return service.at_locations.get().location


def test_only_who_locked_it_changes_a_listing(locked: Service, editor: User, other: User) -> None:
    with pytest.raises(WrongState):
        listings.set_fields(locked, {"name": "Another name"}, by=other)
    with pytest.raises(WrongState):
        listings.withdraw(locked, by=other)
    assert listings.set_fields(locked, {"name": "Another name"}, by=editor).name == "Another name"
    assert listings.set_fields(locked, {"name": "Another name"}, by=other).name == "Another name"


def test_what_a_group_says_meanwhile_waits_also_what_goes_live_at_once_otherwise(locked: Service, partner: User, editor: User) -> None:
    before = locked.version
    change = moderation.propose(locked, {"phone": "01484 000000", "name": "New name"}, by=partner)
    assert change is not None
    assert set(change.fields.values_list("state", flat=True)) == {FieldState.WAITING}
    assert Service.objects.get(pk=locked.pk).version == before
    moderation.accept_field(change.fields.get(name="phone"), by=editor)
    assert ChangeField.objects.get(change=change, name="phone").state == FieldState.ACCEPTED


def test_another_moderator_accepts_nothing_until_it_is_open(locked: Service, partner: User, other: User) -> None:
    change = moderation.propose(locked, {"name": "New name"}, by=partner)
    assert change is not None
    field = change.fields.get()
    with pytest.raises(WrongState):
        moderation.accept_field(field, by=other)
    field.refresh_from_db()
    assert field.state == FieldState.WAITING
    locks.unlock(locked, by=other)
    assert moderation.accept_field(field, by=other).state == FieldState.ACCEPTED


def test_a_check_is_no_change_and_two_needs_become_one_through_a_lock(locked: Service, partner: User, other: User) -> None:
    assert listings.mark_checked(locked, by=partner, how="owner").checked_how == "owner"
    old = locked.needs.first()
    assert old is not None
    into = Need.objects.exclude(pk__in=locked.needs.values("pk")).first()
    assert into is not None
    needs.merge_need(old, into, by=other)
    assert into in Service.objects.get(pk=locked.pk).needs.all()


def test_what_a_source_says_is_put_up(locked: Service, system: User) -> None:
    Service.objects.filter(pk=locked.pk).update(imported={"summary": locked.summary})
    locked.refresh_from_db()
    followed = follow(locked, {"summary": "What the source says now."}, {}, by=system)
    assert followed == type(followed)((), ("summary",))
    assert Service.objects.get(pk=locked.pk).summary == locked.summary


def test_groups_and_places_are_locked_too(organisation: Organisation, service: Service, editor: User, other: User) -> None:
    locks.lock(organisation, by=editor)
    with pytest.raises(WrongState):
        organisations.set_organisation(organisation, {"phone": "01484 111111"}, by=other)
    place = place_of(service)
    locks.lock(place, by=editor)
    place.refresh_from_db()
    with pytest.raises(WrongState):
        venues.set_location(place, {"parking": True}, by=other)
    with pytest.raises(WrongState):
        listings.set_fields(service, {"access": {"parking": True}}, by=other)
    assert venues.set_location(place, {"parking": True}, by=editor).parking is True


def test_locking_is_written_down_and_only_for_moderators(service: Service, editor: User, partner: User) -> None:
    with pytest.raises(PermissionDenied):
        locks.lock(service, by=partner)
    for _ in range(2):
        locks.lock(service, by=editor)
    assert (locks.is_locked(locks.lock(service, by=editor), partner), locks.is_locked(locks.unlock(service, by=editor), partner)) == (
        True,
        False,
    )
    assert list(Event.objects.about(service).filter(kind__contains="locked").values_list("kind", flat=True)) == [
        "service.locked",
        "service.unlocked",
    ]


@pytest.mark.parametrize("model", ["service", "organisation", "location"])
def test_the_editors_admin_locks_and_says_so(
    client: Client, model: str, service: Service, organisation: Organisation, editor: User, other: User
) -> None:
    group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[Role.EDITOR])
    group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))
    row: Service | Organisation | Location = {"service": service, "organisation": organisation}.get(model) or place_of(service)
    client.force_login(editor)
    assert client.post(snippet(model, "lock", row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.locked, row.locked_by) == (True, editor)
    client.force_login(other)
    assert "was locked" in client.get(snippet(model, "edit", row.pk)).content.decode()
    client.post(snippet(model, "unlock", row.pk))
    row.refresh_from_db()
    assert not row.locked
