"""The moderation queue and the listings inside /admin/: every decision and every save goes through the verbs."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.test import Client
from django.urls import reverse

from directory import clock, listings, moderation
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.models import ChangeField, Location, Need, Organisation, Service, Term
from tests.directory.conftest import somebody
from tests.directory.forms_by_hand import Inputs

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    """An editor's browser."""
    may_enter(Role.EDITOR)
    client.force_login(editor)
    return client


def may_enter(role: Role) -> None:
    group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[role])
    group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))


def snippet(model: str, view: str, *args: object) -> str:
    return reverse(f"wagtailsnippets_directory_{model}:{view}", args=args)


@pytest.fixture
def proposed(service: Service, partner: User) -> dict[str, ChangeField]:
    change = moderation.propose(service, {"name": "Wednesday lunch", "cost": "Six pounds"}, by=partner, note="New day")
    assert change is not None
    return {field.name: field for field in change.fields.all()}


def decide(client: Client, field: ChangeField, /, **answers: object) -> str:
    address = reverse("moderation-change", args=[field.change_id])
    values = {"field": field.pk, "version": field.change.service.version, **answers}
    response = client.post(address, values, follow=True)
    assert response.status_code == 200
    field.refresh_from_db()
    return unescape(response.content.decode())


def test_field_by_field(admin: Client, proposed: dict[str, ChangeField], service: Service) -> None:
    text = unescape(admin.get(reverse("moderation-change", args=[proposed["name"].change_id])).content.decode())
    assert all(words in text for words in ("Tuesday lunch", "Wednesday lunch", "Five pounds", "Six pounds", "New day", "look closely"))
    assert "is on the page now" in decide(admin, proposed["cost"], do="accept")
    assert "say why" in decide(admin, proposed["name"], do="decline", reason=" ")
    assert "was declined" in decide(admin, proposed["name"], do="decline", reason="It is on Tuesdays.")
    service.refresh_from_db()
    assert (service.name, service.cost) == ("Tuesday lunch", "Six pounds")
    assert (proposed["name"].state, proposed["cost"].state) == ("declined", "accepted")
    assert "There is no such" not in decide(admin, proposed["name"], do="accept")
    service.refresh_from_db()
    assert service.name == "Tuesday lunch"


def test_a_conflict_is_shown(admin: Client, proposed: dict[str, ChangeField], service: Service, editor: User) -> None:
    listings.set_fields(service, {"name": "Thursday lunch"}, by=editor)
    assert "Nothing was overwritten" in decide(admin, proposed["name"], do="accept")
    text = admin.get(reverse("moderation-change", args=[proposed["name"].change_id])).content.decode()
    assert all(words in text for words in ("Tuesday lunch", "Wednesday lunch", "Thursday lunch"))
    assert "changed meanwhile" in admin.get(reverse("moderation")).content.decode()


def test_the_oldest_first_with_its_age(admin: Client, service: Service, partner: User, organisation: Organisation, system: User) -> None:
    other = listings.create_service(organisation, by=system, name="Bingo night", summary="Bingo.")
    with clock.held_at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        moderation.propose(other, {"name": "Bingo day"}, by=partner)
    with clock.held_at(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        moderation.propose(service, {"cost": "Six pounds"}, by=partner)
        text = admin.get(reverse("moderation")).content.decode()
    assert text.index("Bingo night") < text.index("Tuesday lunch")
    assert "3 days ago" in text


@pytest.mark.parametrize("answers", [{}, {"do": "accept", "version": "x"}, {"do": "publish"}, {"do": "accept", "field": "1"}])
def test_a_decision_that_cannot_be_read_decides_nothing(
    admin: Client, proposed: dict[str, ChangeField], answers: dict[str, object]
) -> None:
    decide(admin, proposed["name"], **answers)
    assert proposed["name"].state == "waiting"


def test_a_field_of_another_change_is_not_found(admin: Client, proposed: dict[str, ChangeField], service: Service, partner: User) -> None:
    other = moderation.propose(service, {"faith": "Methodist"}, by=partner)
    assert other is not None
    address = reverse("moderation-change", args=[other.pk])
    answers = {"field": proposed["name"].pk, "do": "accept", "version": 1}
    assert admin.post(address, answers).status_code == 404


def test_a_partner_does_not_get_in(client: Client, partner: User, proposed: dict[str, ChangeField]) -> None:
    client.force_login(partner)
    for address in (reverse("moderation"), reverse("moderation-change", args=[proposed["name"].change_id])):
        assert client.get(address).status_code == 403
        assert client.post(address, {"field": proposed["name"].pk, "do": "accept", "version": 1}).status_code == 403
    for view in ("list", "add"):
        assert client.get(snippet("service", view)).status_code == 403
    proposed["name"].refresh_from_db()
    assert proposed["name"].state == "waiting"


def test_an_administrator_may_moderate(client: Client, proposed: dict[str, ChangeField]) -> None:
    may_enter(Role.ADMINISTRATOR)
    client.force_login(somebody(Role.ADMINISTRATOR, "admin@test.example"))
    assert client.get(reverse("moderation")).status_code == 200
    decide(client, proposed["name"], do="accept")
    assert proposed["name"].state == "accepted"


def form_of(client: Client, address: str) -> dict[str, list[str]]:
    response = client.get(address)
    assert response.status_code == 200, address
    return Inputs(response.content.decode()).values


def test_an_editor_saves_a_service_through_the_verb(admin: Client, service: Service, editor: User) -> None:
    address = snippet("service", "edit", service.pk)
    before = read_values(service)
    assert admin.post(address, form_of(admin, address)).status_code == 302
    service.refresh_from_db()
    assert read_values(service) == before
    assert service.version == 1

    answers = {
        **form_of(admin, address),
        "name": "Dinner",
        "times": "We 12:00-14:00",
        "phone": "01484 111222",
        "at_home": "on",
        "spaces": "3",
    }
    assert admin.post(address, answers).status_code == 302
    service.refresh_from_db()
    values = read_values(service)
    assert (values["name"], values["phone"], values["delivery"], values["spaces"]["left"]) == (
        "Dinner",
        "01484 111222",
        ["place", "home"],
        3,
    )
    event = Event.objects.filter(object_id=service.pk).order_by("seq").last()
    assert event is not None
    assert (event.kind, event.by_id) == ("service.changed", editor.pk)
    assert event.codes["fields"] == ["delivery", "name", "phone", "spaces", "times"]


def test_nothing_saves_itself_while_an_editor_types(admin: Client, service: Service) -> None:
    text = admin.get(snippet("service", "edit", service.pk)).content.decode()
    assert "autosave-interval" not in text


def test_a_faulty_form_says_so(admin: Client, service: Service) -> None:
    address = snippet("service", "edit", service.pk)
    for fault in (
        {"times": "Tuesdays"},
        {"notice": "Closed"},
        {"phone": "ring me"},
        {"area": "Atlantis"},
        {"min_age": "80", "max_age": "70"},
    ):
        response = admin.post(address, {**form_of(admin, address), **fault})
        assert response.status_code == 200, fault
    service.refresh_from_db()
    assert service.version == 1


def test_an_editor_makes_a_service(admin: Client, organisation: Organisation, needs: None) -> None:
    address = snippet("service", "add")
    answers = {
        **form_of(admin, address),
        "organisation": organisation.pk,
        "name": "Shed",
        "summary": "A shed.",
        "needs": ["friendships"],
        "times": "Mo 10:00-12:00",
    }
    response = admin.post(address, answers)
    assert response.status_code == 302
    shed = Service.objects.get(name="Shed")
    assert read_values(shed)["needs"] == ["friendships"]
    assert Event.objects.filter(object_id=shed.pk, kind="service.created").exists()


def test_a_version_is_brought_back_in_the_admin(admin: Client, service: Service, editor: User) -> None:
    before, first = read_values(service), service.latest_revision
    listings.set_fields(service, {"name": "X", "times": "", "needs": [], "phone": ""}, by=editor)
    address = snippet("service", "revisions_revert", service.pk, first.pk)
    assert admin.post(address, form_of(admin, address)).status_code == 302
    service.refresh_from_db()
    assert read_values(service) == before
    last = Event.objects.filter(object_id=service.pk).order_by("seq").last()
    assert last is not None
    assert last.kind == "service.changed"


def test_organisations_places_and_needs_are_told_too(admin: Client, service: Service) -> None:
    place = service.at_locations.get().location
    for model, obj, answers, kind in (
        ("organisation", service.organisation, {"name": "Golcar Dinner Club"}, "organisation.changed"),
        ("location", place, {"address": "Old Hall, Golcar"}, "location.changed"),
        ("need", Need.objects.get(pk="shopping"), {"plain": "Getting the shopping in."}, "need.changed"),
    ):
        address = snippet(model, "edit", obj.pk)
        seen = Event.objects.filter(kind=kind).count()
        assert admin.post(address, {**form_of(admin, address), **answers}).status_code == 302, model
        assert Event.objects.filter(kind=kind).count() == seen + 1
    assert Event.objects.filter(kind="service.touched", object_id=service.pk).count() == 2
    assert Location.objects.get(pk=place.pk).address == "Old Hall, Golcar"


def test_new_ones_of_each(admin: Client, needs: None) -> None:
    for model, answers, kind in (
        ("organisation", {"name": "New club", "kind": "voluntary"}, "organisation.created"),
        ("location", {"name": "New hall", "address": "High Street"}, "location.created"),
        ("need", {"slug": "dancing", "element": "my-community", "name": "Dancing", "order": "30"}, "need.changed"),
    ):
        address = snippet(model, "add")
        seen = Event.objects.filter(kind=kind).count()
        assert admin.post(address, {**form_of(admin, address), **answers}).status_code == 302, model
        assert Event.objects.filter(kind=kind).count() == seen + 1
    assert Organisation.objects.filter(name="New club").exists()


def test_nothing_is_deleted_or_copied_there(admin: Client, service: Service) -> None:
    for model, obj in (("service", service), ("organisation", service.organisation), ("location", service.at_locations.get().location)):
        assert admin.post(snippet(model, "delete", obj.pk)).status_code in (302, 403)
        assert type(obj).objects.filter(pk=obj.pk).exists()
    bulk = reverse("wagtail_bulk_action", args=["directory", "service", "delete"])
    admin.post(f"{bulk}?id={service.pk}&next=/admin/")
    assert Service.objects.filter(pk=service.pk).exists()


def test_the_lists_ask_a_constant_number_of_questions(admin: Client, organisation: Organisation, system: User, needs: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> list[int]:
        counts = []
        for model in ("service", "organisation", "location", "need"):
            with CaptureQueriesContext(connection) as queries:
                assert admin.get(snippet(model, "list")).status_code == 200
            counts.append(len(queries))
        return counts

    def make(count: int) -> None:
        for number in range(count):
            own = listings.create_organisation(by=system, name=f"Club {count} {number}")
            places = [{"address": f"Hall {count} {number}"}]
            listings.create_service(own, by=system, name="A service", summary="A service.", needs=["shopping"], places=places)

    make(2)
    asked()
    few = asked()
    make(10)
    assert asked() == few


def test_an_editor_keeps_prices_closures_and_terms(admin: Client, service: Service) -> None:
    address = snippet("service", "edit", service.pk)
    inputs = Inputs(admin.get(address).content.decode()).values
    typed = {"costs": "£2.50: a session\nFree: carers", "closures": "2026-12-24 to 2027-01-03: Christmas", "direct_payment": "on"}
    assert admin.post(address, {**inputs, **typed}).status_code == 302
    service = Service.objects.get(pk=service.pk)
    values = read_values(service)
    assert values["costs"] == [{"amount": "2.50", "option": "a session"}, {"amount": "0.00", "option": "carers"}]
    assert values["closures"] == [{"first": "2026-12-24", "last": "2027-01-03", "reason": "Christmas"}]
    assert values["payment"] == ["direct"]
    again = Inputs(admin.get(address).content.decode()).values
    assert [line.strip() for line in again["costs"][0].splitlines()] == typed["costs"].splitlines()
    term = {"name": "Autumn", "first": "2026-09-07", "last": "2026-12-18"}
    assert admin.post(snippet("term", "add"), term).status_code == 302
    kept = Term.objects.get()
    assert admin.post(snippet("term", "delete", kept.pk)).status_code == 302
    assert not Term.objects.exists()
    assert Event.objects.filter(kind="term.removed").count() == 1


def test_the_title_says_which_page_of_a_listing_it_is(admin: Client, service: Service, proposed: dict[str, ChangeField]) -> None:
    titles = {
        reverse("moderation"): "Moderation",
        reverse("moderation-live"): "Went live at once: Moderation",
        reverse("moderation-change", args=[proposed["name"].change_id]): f"Proposed change: {service.name}",
        reverse("listing-history", args=[service.pk]): f"All versions: {service.name}",
    }
    for address, title in titles.items():
        assert f"<title>{title} - " in unescape(admin.get(address).content.decode())


def test_where_a_reason_is_asked_for_it_says_that_one_of_two_is_needed(admin: Client, proposed: dict[str, ChangeField]) -> None:
    field = proposed["name"]
    text = admin.get(reverse("moderation-change", args=[field.change_id])).content.decode()
    assert text.count(f'aria-describedby="needed-{field.pk}"') == 2
    assert text.count(f'id="needed-{field.pk}"') == 1
