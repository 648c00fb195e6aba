"""One list of all that waits: who answers for what, what waits too long, and few questions to the database however long it is."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock, listings, moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.change_states import FieldState
from directory.members import memberships
from directory.models import Change, ChangeField, Membership, Organisation, Service
from directory.states import WrongState
from directory.suggestions import deciding, telling
from directory.suggestions.models import Suggestion
from directory.waiting import changes, hands, late
from directory.waiting.kinds import TOO_LONG, all_waiting
from tests.directory.conftest import somebody
from tests.directory.test_moderation_pages import may_enter

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    may_enter(Role.EDITOR)
    client.force_login(editor)
    return client


@pytest.fixture
def other(db: None) -> User:
    return somebody(Role.EDITOR, "other@test.example")


def proposed(service: Service, by: User, **values: object) -> Change:
    change = moderation.propose(service, values, by=by)
    assert change is not None
    return change


def seen(client: Client, query: str = "") -> str:
    answer = client.get(reverse("moderation") + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def keys(**chosen: Any) -> list[Any]:
    return [row["of_key"] for row in all_waiting(**chosen)]


def test_all_that_waits_stands_in_one_list_the_oldest_first(admin: Client, service: Service, partner: User, editor: User) -> None:
    with clock.held_at(MONDAY):
        first = telling.suggest_listing(name="Golcar Choir", words="Singing", where="Golcar")
    with clock.held_at(MONDAY + timedelta(hours=1)):
        change = proposed(service, partner, cost="Six pounds")
    with clock.held_at(MONDAY + timedelta(hours=2)):
        last = telling.report(service, part="times", words="Wednesdays now")
    with clock.held_at(MONDAY + timedelta(days=1)):
        page = seen(admin)
    assert keys() == [first.pk, change.pk, last.pk]
    assert page.index("Golcar Choir") < page.index("Cost") < page.index("The days or times")
    assert "yesterday" in page
    deciding.decline(first, by=editor, reason="No.")
    moderation.accept_field(change.fields.get(), by=editor)
    assert keys() == [last.pk]


def test_a_report_that_became_a_change_waits_once_as_the_change(service: Service, editor: User) -> None:
    told = telling.report(service, part="cost", right="Six pounds")
    change = deciding.propose_change(told, {"cost": "Six pounds"}, by=editor)
    assert change is not None
    assert keys() == [change.pk]


@pytest.mark.parametrize("what", ["change", "suggestion"])
def test_a_moderator_answers_for_it_and_hands_it_over(
    admin: Client, service: Service, partner: User, editor: User, other: User, what: str
) -> None:
    key = proposed(service, partner, cost="Six").pk if what == "change" else telling.report(service, part="gone").pk
    address = reverse("moderation-hand", args=[what, key])
    assert keys(nobodys=True) == [key]
    assert admin.post(address).status_code == 302
    assert (keys(nobodys=True), keys(moderator=editor), keys(moderator=other)) == ([], [key], [])
    assert "You answer for it" in seen(admin, "?whose=mine")
    admin.post(address, {"to": other.pk})
    assert (keys(moderator=editor), keys(moderator=other)) == ([], [key])
    assert "other@test.example answers for it" in seen(admin)
    for nobody in (partner.pk, uuid4(), "x"):
        admin.post(address, {"to": nobody})
    assert keys(moderator=other) == [key]


def test_what_is_settled_or_strange_is_not_taken(admin: Client, service: Service, partner: User, editor: User) -> None:
    change = proposed(service, partner, cost="Six")
    with pytest.raises(PermissionDenied):
        hands.take("change", change.pk, by=partner)
    with pytest.raises(ValidationError):
        hands.take("change", change.pk, by=editor, to=partner)
    moderation.accept_field(change.fields.get(), by=editor)
    with pytest.raises(WrongState):
        hands.take("change", change.pk, by=editor)
    assert admin.post(reverse("moderation-hand", args=["nonsense", change.pk])).status_code == 404
    assert admin.get(reverse("moderation-hand", args=["change", change.pk])).status_code == 405


def test_filters_narrow_the_list_and_garbage_narrows_nothing(admin: Client, service: Service, partner: User) -> None:
    with clock.held_at(MONDAY):
        telling.suggest_listing(name="Golcar Choir", words="Singing", where="Golcar")
    with clock.held_at(MONDAY + TOO_LONG):
        proposed(service, partner, cost="Six pounds")
    with clock.held_at(MONDAY + TOO_LONG + timedelta(minutes=1)):
        assert "Golcar Choir" not in seen(admin, "?kind=change")
        assert "Tuesday lunch" not in seen(admin, "?kind=suggestion")
        assert "Tuesday lunch" not in seen(admin, "?late=1")
        assert "Golcar Choir" in seen(admin, "?late=1")
        assert "of what you chose" in seen(admin, "?whose=mine")
        assert "2 wait" in seen(admin, "?kind=x&whose=y&page=999")


def test_what_waits_too_long_is_warned_of_on_the_dashboard_and_by_a_mail_a_day(
    admin: Client, service: Service, partner: User, editor: User, other: User
) -> None:
    with clock.held_at(MONDAY):
        change = proposed(service, partner, cost="Six pounds")
        hands.take("change", change.pk, by=editor)
        telling.report(service, part="gone")
    home = reverse("wagtailadmin_home")
    with clock.held_at(MONDAY + TOO_LONG - timedelta(minutes=1)):
        assert "for more than 5 days" not in admin.get(home).content.decode()
        assert late.send_late.func(str(editor.pk), "2026-11-28") == 0
    with clock.held_at(MONDAY + TOO_LONG + timedelta(minutes=1)):
        assert "2 wait for more than 5 days" in admin.get(home).content.decode()
        assert "2 wait for more than 5 days" in seen(admin)
        assert late.send_late.func(str(editor.pk), "2026-11-28") == late.send_late.func(str(other.pk), "2026-11-28") == 1
    to_editor, to_other = mail.outbox
    assert "you answer for 1 of them" in to_editor.body
    assert "you answer for none of them" in to_other.body
    assert "lunch" not in (to_editor.subject + to_editor.body).lower()


def test_each_moderator_gets_one_mail_a_day_and_nobody_where_nothing_is_late(
    service: Service, partner: User, editor: User, other: User, django_capture_on_commit_callbacks: Any
) -> None:
    with clock.held_at(MONDAY):
        proposed(service, partner, cost="Six pounds")
        with django_capture_on_commit_callbacks() as queued:
            assert late.tell_late()
        assert queued == []
    with clock.held_at(MONDAY + TOO_LONG * 2), django_capture_on_commit_callbacks() as queued:
        assert late.tell_late()
    # The installation's own account moderates too, and reads no mails.
    assert len(queued) == 2


def test_the_plain_fields_of_a_change_are_accepted_in_one_click(admin: Client, service: Service, partner: User, editor: User) -> None:
    change = proposed(service, partner, name="Wednesday lunch", cost="Six pounds", summary="Lunch for all.", faith="Methodist")
    listings.set_fields(service, {"faith": "Quaker"}, by=editor)
    before = service.version
    address = reverse("moderation-change", args=[change.pk])
    assert "Accept 2 at once" in admin.get(address).content.decode()
    assert admin.post(address, {"do": "plain"})["Location"] == address
    service.refresh_from_db()
    assert (service.name, service.cost, service.summary, service.faith) == ("Tuesday lunch", "Six pounds", "Lunch for all.", "Quaker")
    assert service.version == before + 1
    states = dict(change.fields.values_list("name", "state"))
    assert states == {"name": "waiting", "cost": "accepted", "summary": "accepted", "faith": "conflict"}
    admin.post(address, {"do": "plain"})
    assert dict(change.fields.values_list("name", "state")) == states


def test_only_moderators_accept_at_once(service: Service, partner: User) -> None:
    with pytest.raises(PermissionDenied):
        moderation.accept_plain(proposed(service, partner, cost="Six pounds"), by=partner)


def test_a_ready_made_reason_is_read_by_the_group(admin: Client, service: Service, partner: User) -> None:
    change = proposed(service, partner, cost="Six pounds")
    field = change.fields.get()
    values = {"field": field.pk, "version": service.version, "do": "decline", "ready": "0", "reason": "It is five."}
    admin.post(reverse("moderation-change", args=[change.pk]), values)
    field.refresh_from_db()
    assert (field.state, field.reason) == ("declined", "We asked, and what stands on the page is right. It is five.")


def test_what_went_live_at_once_is_shown_and_taken_back(admin: Client, service: Service, partner: User) -> None:
    field = proposed(service, partner, phone="01484 111222").fields.get()
    address = reverse("moderation-live")
    page = admin.get(address).content.decode()
    assert "01484 111222" in page
    assert "01484 223197" in page
    for garbage in ("", "x"):
        assert admin.post(address, {"field": garbage}).status_code in (302, 404)
    admin.post(address, {"field": field.pk})
    field.refresh_from_db()
    assert field.state == FieldState.UNDONE
    assert "01484 111222" not in admin.get(address).content.decode()


def test_partners_see_nothing_of_it(client: Client, partner: User, service: Service) -> None:
    change = proposed(service, partner, cost="Six")
    client.force_login(partner)
    for address in (reverse("moderation"), reverse("moderation-live"), reverse("moderation-hand", args=["change", change.pk])):
        assert client.get(address).status_code == client.post(address).status_code == 403


def test_what_somebody_wrote_who_keeps_it_no_more_waits_with_a_mark(admin: Client, service: Service, partner: User, editor: User) -> None:
    change = proposed(service, partner, summary="Another.")
    of_staff = Change.objects.create(service=service, made_by=editor)
    mark, page = "keeps it no more", reverse("moderation-change", args=[change.pk])
    assert mark not in seen(admin)
    memberships.remove(Membership.objects.get(user=partner), by=editor)
    assert list(Change.objects.filter(changes.kept_no_more(), pk__in=[change.pk, of_staff.pk])) == [change]
    assert mark in seen(admin)
    assert "does not keep this listing any more" in admin.get(page).content.decode()
    field = change.fields.get()
    admin.post(page, {"field": field.pk, "do": "accept", "version": service.version})
    service.refresh_from_db()
    assert service.summary == "Another."


def test_at_twenty_thousand_the_pages_ask_few_questions(admin: Client, organisation: Organisation, partner: User, needs: None) -> None:
    services = [Service(organisation=organisation, name=f"Group {number}", summary="Meets.") for number in range(200)]
    Service.objects.bulk_create(services)
    changes = [Change(service=services[number % 200], made_by=partner) for number in range(19_000)]
    Change.objects.bulk_create(changes, batch_size=1000)
    states = [FieldState.WAITING, FieldState.LIVE]
    ChangeField.objects.bulk_create(
        [
            ChangeField(change=change, name=name, old_value="a", new_value="b", written_on_version=1, state=state)
            for change in changes
            for name, state in zip(("cost", "phone"), states, strict=True)
        ],
        batch_size=1000,
    )
    Suggestion.objects.bulk_create(
        [Suggestion(kind="problem", part="other", service=services[number % 200], words="Wrong") for number in range(1000)]
    )
    for address in (reverse("moderation"), reverse("moderation") + "?page=390", reverse("moderation-live")):
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(address).status_code == 200
        assert len(queries) <= 15, address
