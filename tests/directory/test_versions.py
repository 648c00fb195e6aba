"""Every version of a listing: what changed in words, any of it brought back, two compared; and its page before visitors see it."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Revision

from directory import clock, listings, versions
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.models import Organisation, Service
from tests.directory.test_moderation_pages import may_enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    may_enter(Role.EDITOR)
    client.force_login(editor)
    return client


@pytest.fixture
def story(service: Service, editor: User, partner: User) -> list[Revision]:
    """Three versions, the oldest first."""
    listings.set_fields(service, {"name": "Wednesday lunch", "times": "We 12:00-14:00"}, by=editor)
    listings.set_fields(service, {"phone": "01484 111222"}, by=partner)
    return list(versions.revisions_of(service))[::-1]


def page_of(service: Service) -> str:
    return reverse("listing-history", args=[service.pk])


def test_what_changed_is_said_field_by_field(story: list[Revision], service: Service, editor: User, partner: User) -> None:
    newest, middle, first = versions.versions(versions.revisions_of(service))
    assert (newest.by, middle.by) == (partner.email, editor.email)
    assert [(one.label, one.before, one.after) for one in newest.differences or []] == [("Phone", "01484 223197", "01484 111222")]
    assert [one.name for one in middle.differences or []] == ["name", "times"]
    assert first.differences is None


def test_a_whole_version_is_brought_back_and_that_can_be_taken_back_too(admin: Client, story: list[Revision], service: Service) -> None:
    last = read_values(service)
    admin.post(page_of(service), {"revision": story[0].pk})
    service.refresh_from_db()
    assert (service.name, read_values(service)["phone"]) == ("Tuesday lunch", "01484 223197")
    assert versions.revisions_of(service).count() == 4
    admin.post(page_of(service), {"revision": story[2].pk})
    service.refresh_from_db()
    assert read_values(service) == last


def test_one_field_is_brought_back_and_the_others_stay(admin: Client, story: list[Revision], service: Service, editor: User) -> None:
    page = unescape(admin.post(page_of(service), {"revision": story[0].pk, "field": "times"}, follow=True).content.decode())
    assert "Times is as it was then" in page
    values = read_values(service)
    assert values["times"] == versions.kept_in(story[0])["times"]
    service.refresh_from_db()
    assert (service.name, values["phone"]) == ("Wednesday lunch", "01484 111222")
    event = Event.objects.filter(object_id=service.pk).order_by("-seq")[0]
    assert (event.kind, event.by_id, event.codes["fields"]) == ("service.changed", editor.pk, ["times"])
    again = unescape(admin.post(page_of(service), {"revision": story[0].pk, "field": "times"}, follow=True).content.decode())
    assert "is so already" in again


@pytest.mark.parametrize(
    ("answers", "status"),
    [({}, 404), ({"revision": "x"}, 404), ({"revision": "²"}, 404), ({"revision": "9" * 30}, 404), ({"revision": "9" * 5_000}, 404)],
)
def test_what_is_no_version_is_not_found(
    admin: Client, story: list[Revision], service: Service, answers: dict[str, str], status: int
) -> None:
    assert admin.post(page_of(service), answers).status_code == status


def test_a_field_that_was_not_kept_brings_nothing_back(admin: Client, story: list[Revision], service: Service) -> None:
    before = service.version
    page = admin.post(page_of(service), {"revision": story[0].pk, "field": "nonsense"}, follow=True).content.decode()
    service.refresh_from_db()
    assert "could not be brought back" in page
    assert service.version == before


def test_a_version_of_another_listing_is_none_of_this_one(
    admin: Client, story: list[Revision], organisation: Organisation, system: User, editor: User
) -> None:
    other = listings.create_service(organisation, by=system, name="Bingo", summary="Bingo.")
    assert admin.post(page_of(other), {"revision": story[0].pk}).status_code == 404
    assert admin.get(reverse("listing-compare", args=[other.pk]), {"v": story[0].pk}).status_code == 404
    with pytest.raises(ValidationError):
        versions.bring_back(other, story[0], "name", by=editor)


def test_only_moderators_bring_back(client: Client, story: list[Revision], service: Service, partner: User) -> None:
    with pytest.raises(PermissionDenied):
        versions.bring_back(service, story[0], "phone", by=partner)
    client.force_login(partner)
    for address in (page_of(service), reverse("listing-compare", args=[service.pk])):
        assert client.get(address).status_code == 403
    assert client.post(page_of(service), {"revision": story[0].pk}).status_code == 403


def test_two_versions_stand_beside_each_other_in_whichever_order_they_are_chosen(
    admin: Client, story: list[Revision], service: Service
) -> None:
    address = reverse("listing-compare", args=[service.pk])
    pages = [
        unescape(admin.get(address, {"v": chosen}).content.decode()) for chosen in ([story[0].pk, story[1].pk], [story[1].pk, story[0].pk])
    ]
    for page in pages:
        assert page.index("Tuesday lunch") < page.index("<dd>Wednesday lunch")
        assert "01484 111222" not in page
    alone = unescape(admin.get(address, {"v": [story[0].pk]}).content.decode())
    assert "01484 111222" in alone
    assert admin.get(address).status_code == admin.get(address, {"v": [story[0].pk] * 3}).status_code == 302


def test_the_history_asks_few_questions_however_long_it_is(admin: Client, service: Service, editor: User) -> None:
    for number in range(45):
        listings.set_fields(service, {"cost": f"{number} pounds"}, by=editor)
    for page in ("1", "2", "3"):
        with CaptureQueriesContext(connection) as queries:
            text = admin.get(page_of(service), {"page": page}).content.decode()
        assert len(queries) <= 15
    assert "The first version that is kept" in text
    second = admin.get(page_of(service), {"page": "2"}).content.decode()
    assert "The first version" not in second
    assert second.count("Bring this version back") == 20


def test_moderators_see_a_page_before_visitors_do(admin: Client, service: Service, editor: User, partner: User) -> None:
    listings.set_fields(service, {"visible_from": str(clock.today() + timedelta(days=3))}, by=editor)
    address = service.get_absolute_url()
    seen = admin.get(address)
    assert seen.status_code == 200
    assert "Visitors do not see this page" in seen.content.decode()
    assert "no-store" in seen["Cache-Control"]
    visitor, group = Client(), Client()
    group.force_login(partner)
    assert visitor.get(address).status_code == group.get(address).status_code == 404


def test_the_list_of_services_leads_to_page_and_versions_in_few_questions(
    admin: Client, service: Service, organisation: Organisation
) -> None:
    Service.objects.bulk_create(
        [Service(organisation=organisation, name=f"Group {number}", summary="Meets.") for number in range(20_000)], batch_size=2000
    )
    address = reverse("wagtailsnippets_directory_service:list")
    for query in ("", "?p=300", "?q=Group+19999", "?status=active", "?needs=nutrition"):
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(address + query)
        assert page.status_code == 200
        assert len(queries) <= 15, query
    assert page_of(service) in page.content.decode()
    assert service.get_absolute_url() in page.content.decode()
