"""A listing's page beside the form in the editors' admin, by the public page's own template; its versions; two of them compared."""

from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.test import Client
from django.urls import reverse

from directory import listings, versions
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[Role.EDITOR])
    group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))
    client.force_login(editor)
    return client


def address(view: str, *args: object) -> str:
    return reverse(f"wagtailsnippets_directory_service:{view}", args=args)


def typed(admin: Client, service: Service) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    form = admin.get(address("edit", service.pk)).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            sent |= {field.html_name: "on"} if value else {}
        elif isinstance(value, list):
            sent[field.html_name] = [getattr(each, "pk", each) for each in value]
        elif value is not None:
            sent[field.html_name] = value
    return sent


def test_the_page_is_shown_with_what_is_typed_and_nothing_is_kept(admin: Client, service: Service) -> None:
    before, rows = Service.objects.values().get(pk=service.pk), service.schedules.count()
    form = typed(admin, service) | {"name": "A new name altogether", "times": "Fr 15:00-17:00", "costs": "£9.50: a try"}
    preview = address("preview_on_edit", service.pk)
    assert admin.post(preview, form).json() == {"is_valid": True, "is_available": True}
    answer = admin.get(preview)
    page = unescape(answer.content.decode())
    assert "cms/service.html" in [template.name for template in answer.templates]
    assert "<h1>A new name altogether</h1>" in page
    assert "£9.50" in page
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert Service.objects.values().get(pk=service.pk) == before
    assert service.schedules.count() == rows


def test_what_is_not_right_yet_is_not_shown(admin: Client, service: Service) -> None:
    told = admin.post(address("preview_on_edit", service.pk), typed(admin, service) | {"times": "whenever"}).json()
    assert told["is_valid"] is False


def test_the_form_has_the_panel_and_a_new_listing_has_none(admin: Client, service: Service) -> None:
    assert address("preview_on_edit", service.pk) in admin.get(address("edit", service.pk)).content.decode()
    assert address("preview_on_add") not in admin.get(address("add")).content.decode()


def test_a_version_is_shown_with_the_parts_that_are_rows_of_other_tables(admin: Client, service: Service, editor: User) -> None:
    listings.set_fields(service, {"costs": [{"option": "a session", "amount": "7.25", "concession": False}]}, by=editor)
    then = versions.revisions_of(service)[0]
    listings.set_fields(service, {"costs": []}, by=editor)
    assert "£7.25" in unescape(admin.get(address("revisions_view", service.pk, then.pk)).content.decode())


def test_a_partner_sees_no_preview_of_the_admin(client: Client, service: Service, partner: User) -> None:
    client.force_login(partner)
    assert client.get(address("preview_on_edit", service.pk)).status_code != 200


def test_versions_are_compared_on_our_own_page(admin: Client, service: Service, editor: User) -> None:
    listings.set_fields(service, {"name": "Wednesday lunch"}, by=editor)
    newest, oldest = versions.revisions_of(service)[0], list(versions.revisions_of(service))[-1]
    for first, second, wanted in (
        (str(oldest.pk), "live", f"?v={oldest.pk}"),
        ("earliest", str(newest.pk), f"?v={oldest.pk}&v={newest.pk}"),
        (str(oldest.pk), "latest", f"?v={oldest.pk}&v={newest.pk}"),
    ):
        answer = admin.get(address("revisions_compare", service.pk, first, second))
        assert answer.headers["Location"].endswith(wanted)
        assert admin.get(answer.headers["Location"]).status_code == 200
