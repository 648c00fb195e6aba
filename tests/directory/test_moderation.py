"""A partner's edit: safe fields at once, every other field when a moderator says so, each by itself."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock, listings, mails, moderation
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.change_states import ChangeState, FieldState
from directory.journal.models import Event
from directory.listing_fields import FOR_PARTNERS, read_values
from directory.models import Change, ChangeField, Service
from directory.states import WrongState

pytestmark = pytest.mark.django_db


def propose(service: Service, by: User, **values: object) -> dict[str, ChangeField]:
    change = moderation.propose(service, values, by=by)
    return {field.name: field for field in change.fields.all()} if change else {}


def test_the_story(service: Service, partner: User, editor: User) -> None:
    fields = propose(service, partner, name="Wednesday lunch", summary="Lunch for all.", phone="01484 111222")
    assert {name: field.state for name, field in fields.items()} == {"name": "waiting", "summary": "waiting", "phone": "live"}
    assert (service.name, service.summary, read_values(service)["phone"]) == ("Tuesday lunch", "A hot lunch with others.", "01484 111222")

    moderation.accept_field(fields["summary"], by=editor)
    service.refresh_from_db()
    assert (service.name, service.summary) == ("Tuesday lunch", "Lunch for all.")

    moderation.decline_field(fields["name"], by=editor, reason="It is on Tuesdays.")
    service.refresh_from_db()
    declined = fields["name"]
    assert service.name == "Tuesday lunch"
    assert (declined.state, declined.reason, declined.decided_by) == ("declined", "It is on Tuesdays.", editor)
    assert moderation.state_of(Change.objects.get()) == ChangeState.DECIDED
    told = list(Event.objects.filter(kind__startswith="change.").order_by("seq").values_list("kind", flat=True))
    assert told == ["change.proposed", "change.field_live", "change.field_accepted", "change.field_declined"]


def test_the_index_hears_of_every_live_change(service: Service, partner: User, editor: User) -> None:
    fields = propose(service, partner, name="Wednesday lunch", phone="01484 111222")
    moderation.accept_field(fields["name"], by=editor)
    events = Event.objects.filter(object_id=service.pk, kind="service.changed").order_by("seq")
    assert [event.codes["fields"] for event in events] == [["phone"], ["name"]]


def test_nothing_of_the_words_stands_in_the_journal(service: Service, partner: User, editor: User) -> None:
    fields = propose(service, partner, name="Wednesday lunch", phone="01484 111222")
    moderation.decline_field(fields["name"], by=editor, reason="Canary reason")
    written = " ".join(str(event.codes) for event in Event.objects.all())
    assert not any(words in written for words in ("Wednesday", "111222", "Canary"))


def test_only_what_really_changed_makes_rows(service: Service, partner: User) -> None:
    values = read_values(service)
    partners = {name: value for name, value in values.items() if name in FOR_PARTNERS}
    assert moderation.propose(service, partners, by=partner) is None
    assert list(
        propose(service, partner, **{**partners, "needs": ["nutrition", "friendships"], "name": " Tuesday lunch ", "cost": "Six pounds"})
    ) == ["cost"]
    assert moderation.propose(service, {"cost": "Six pounds"}, by=partner) is None


@pytest.mark.parametrize("values", [{"min_age": None}, {"needs": []}, {"area": "HD8"}, {"places": []}, {"is_free": None}])
def test_the_same_change_waits_only_once(service: Service, partner: User, values: dict[str, object]) -> None:
    assert moderation.propose(service, values, by=partner) is not None
    assert moderation.propose(service, values, by=partner) is None


def test_declining_needs_a_reason(service: Service, partner: User, editor: User) -> None:
    field = propose(service, partner, name="X")["name"]
    for reason in ("", "   "):
        with pytest.raises(ValidationError):
            moderation.decline_field(field, by=editor, reason=reason)
    field.refresh_from_db()
    assert field.state == FieldState.WAITING


def test_what_changed_meanwhile_is_a_conflict_and_never_overwritten(service: Service, partner: User, editor: User) -> None:
    field = propose(service, partner, name="Wednesday lunch")["name"]
    listings.set_fields(service, {"name": "Thursday lunch"}, by=editor)
    moderation.accept_field(field, by=editor)
    service.refresh_from_db()
    assert (field.state, service.name) == (FieldState.CONFLICT, "Thursday lunch")

    seen = service.version
    listings.set_fields(service, {"name": "Friday lunch"}, by=editor)
    with pytest.raises(WrongState):
        moderation.resolve(field, take=True, by=editor, seen_version=seen)
    service.refresh_from_db()
    assert service.name == "Friday lunch"
    moderation.resolve(field, take=True, by=editor, seen_version=service.version)
    service.refresh_from_db()
    assert (field.state, service.name) == (FieldState.ACCEPTED, "Wednesday lunch")


def test_a_conflict_can_be_kept_as_it_is(service: Service, partner: User, editor: User) -> None:
    field = propose(service, partner, name="Wednesday lunch")["name"]
    listings.set_fields(service, {"name": "Thursday lunch"}, by=editor)
    moderation.accept_field(field, by=editor)
    moderation.resolve(field, take=False, by=editor, seen_version=service.version, reason="We asked: it is Thursday.")
    service.refresh_from_db()
    assert (field.state, service.name) == (FieldState.DECLINED, "Thursday lunch")


def test_a_form_that_was_open_for_long_overwrites_nothing(service: Service, partner: User, editor: User) -> None:
    seen = {"phone": "01484 223197", "cost": "Five pounds"}
    listings.set_fields(service, {"phone": "01484 555666", "cost": "Six pounds"}, by=editor)
    assert moderation.propose(service, seen, by=partner, seen=seen) is None
    change = moderation.propose(service, {"phone": "01484 777888", "cost": "Seven pounds"}, by=partner, seen=seen)
    assert change is not None
    assert {field.name: field.state for field in change.fields.all()} == {"phone": "conflict", "cost": "conflict"}
    assert read_values(service)["phone"] == "01484 555666"


def test_a_safe_edit_can_be_taken_back(service: Service, partner: User) -> None:
    before = read_values(service)
    fields = propose(
        service, partner, times="We 10:00-11:00", spaces={"left": 2, "on": "2026-11-23"}, notice={"text": "Closed.", "until": "2027-01-01"}
    )
    assert read_values(service)["spaces"] == {"left": 2, "on": "2026-11-23"}
    for field in fields.values():
        moderation.undo(field, by=partner)
        assert field.state == FieldState.UNDONE
    service.refresh_from_db()
    assert read_values(service) == before


def test_undo_never_covers_a_later_edit(service: Service, partner: User, editor: User) -> None:
    field = propose(service, partner, phone="01484 111222")["phone"]
    listings.set_fields(service, {"phone": "01484 333444"}, by=editor)
    with pytest.raises(WrongState):
        moderation.undo(field, by=partner)
    assert read_values(service)["phone"] == "01484 333444"


def test_decided_is_decided(service: Service, partner: User, editor: User) -> None:
    fields = propose(service, partner, name="X", cost="Y", phone="01484 111222")
    moderation.accept_field(fields["name"], by=editor)
    moderation.decline_field(fields["cost"], by=editor, reason="No.")
    for field in fields.values():
        with pytest.raises(WrongState):
            moderation.accept_field(field, by=editor)
        with pytest.raises(WrongState):
            moderation.decline_field(field, by=editor, reason="Again.")
    for name in ("name", "cost"):
        with pytest.raises(WrongState):
            moderation.undo(fields[name], by=editor)


def test_who_may_not(service: Service, partner: User, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        propose(service, stranger, phone="01484 999999")
    fields = propose(service, partner, name="X", phone="01484 111222")
    for user in (partner, stranger):
        with pytest.raises(PermissionDenied):
            moderation.accept_field(fields["name"], by=user)
        with pytest.raises(PermissionDenied):
            moderation.decline_field(fields["name"], by=user, reason="No.")
    with pytest.raises(PermissionDenied):
        moderation.undo(fields["phone"], by=stranger)
    with pytest.raises(ValidationError):
        propose(service, partner, internal_note="staff only")


def test_both_sides_get_a_mail(service: Service, partner: User, editor: User, django_capture_on_commit_callbacks: object) -> None:
    fields = propose(service, partner, name="Wednesday lunch")
    change_id = str(fields["name"].change_id)
    assert mails.tell_moderators(change_id) == 1
    moderation.decline_field(fields["name"], by=editor, reason="It is on Tuesdays.")
    assert mails.tell_moderators(change_id) == 0
    assert mails.tell_proposer(change_id) == 1
    to_editor, to_partner = mail.outbox
    assert (to_editor.to, to_partner.to) == ([editor.email], [partner.email])
    assert "It is on Tuesdays." in to_partner.body
    assert not any("lunch" in message.subject.lower() or "@" in message.subject for message in mail.outbox)


def test_sections_sent_one_after_the_other_make_one_mail_while_the_first_waits(service: Service, partner: User, editor: User) -> None:
    first = propose(service, partner, name="Wednesday lunch")["name"]
    second = propose(service, partner, summary="A lunch.")["summary"]
    assert (mails.tell_moderators(str(first.change_id)), mails.tell_moderators(str(second.change_id))) == (1, 0)
    with clock.held_at(clock.now() + timedelta(hours=25)):
        assert mails.tell_moderators(str(propose(service, partner, cost="£5")["cost"].change_id)) == 1
    for field in ChangeField.objects.filter(state=FieldState.WAITING):
        moderation.decline_field(field, by=editor, reason="No.")
    assert mails.tell_moderators(str(propose(service, partner, name="Thursday lunch")["name"].change_id)) == 1


def test_what_an_import_put_up_silences_no_mail(service: Service, partner: User, editor: User) -> None:
    moderation.put_up_conflict(service, "name", old=service.name, new="What a source says", by=system_user())
    assert mails.tell_moderators(str(propose(service, partner, summary="A lunch.")["summary"].change_id)) == 1


def test_the_mails_wait_for_the_commit(service: Service, partner: User, django_capture_on_commit_callbacks: object) -> None:
    from django_tasks import default_task_backend

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        propose(service, partner, name="Wednesday lunch")
    sent = [result.args for result in default_task_backend.results if result.args[:1] == ["tell_moderators"]]
    assert sent[-1] == ["tell_moderators", str(Change.objects.get().pk)]
