"""Family, main contact and agreement at the desk: written down once, put right by two, and what each may see."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching.agreements import valid_agreement, withdraw_agreement
from matching.casework.family import add_family, change_family, remove_family
from matching.models import FamilyLink
from tests import factories
from tests.matching.persons.pages import LANDLINE, MOBILE, as_shown, as_shown_to

pytestmark = pytest.mark.django_db


def test_family_is_written_down_without_an_account_and_there_is_one_main_contact(desk):
    person = factories.person()
    first = {"name": "Bea Example", "phone": LANDLINE, "is_main": "on", "sees": "nothing", "authority": "none"}
    assert desk.post(f"/desk/people/{person.pk}/family/", first).status_code == 302
    link = add_family(person, by=desk.user, name="Cyril Example", phone=MOBILE, is_main=True)
    assert list(person.family.filter(is_main=True)) == [link]
    page = desk.get(f"/desk/people/{person.pk}/").content.decode()
    assert page.index("Cyril Example") < page.index("Bea Example")
    assert desk.post(f"/desk/family/{link.pk}/", {"do": "remove"}).status_code == 302
    assert not person.family.filter(is_main=True).exists()
    assert "Example" not in str([event.codes for event in Event.objects.about(person)])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"phone": "x"}, "phone"),
        ({"is_main": True}, "phone"),
        ({"authority": "attorney"}, "authority_seen_on"),
        ({"authority": "deputy", "authority_seen_on": "tomorrow"}, "authority_seen_on"),
        ({"sees": "everything"}, "sees"),
        ({"account": "nobody@test.example"}, "account"),
    ],
)
def test_what_cannot_be_written_of_family_is_told_by_its_field(fields, named):
    if fields.get("authority_seen_on") == "tomorrow":
        fields = {**fields, "authority_seen_on": clock.today() + timedelta(days=1)}
    with pytest.raises(ValidationError) as caught:
        add_family(factories.person(), by=factories.coordinator(), **{"name": "Bea Example", **fields})
    assert list(caught.value.message_dict) == [named]
    assert not FamilyLink.objects.exists()


def test_what_family_sees_is_what_the_person_or_the_law_lets_them():
    by, account, person = factories.coordinator(), factories.user(Role.FAMILY), factories.person()
    link = add_family(person, by=by, account=account.email, sees="visits")
    sees = FamilyLink.Sees
    assert (link.shows(sees.NOTHING), link.shows(sees.VISITS), link.shows(sees.REQUESTS)) == (True, True, False)
    link = change_family(link, by=by, authority="attorney", authority_seen_on=clock.today())
    assert link.authority_seen_by == by
    assert link.shows(sees.REQUESTS)
    link = change_family(link, by=by, authority="none")
    assert (link.authority_seen_on, link.shows(sees.REQUESTS)) == (None, False)
    remove_family(link, by=by)
    assert not person.family.exists()
    with pytest.raises(ValidationError):
        add_family(person, by=by, account=factories.user(Role.VOLUNTEER).email)


def test_an_agreement_form_that_is_sent_twice_records_one(desk):
    person = factories.person(agreed=False)
    form = as_shown_to(desk, f"/desk/people/{person.pk}/", "agreement")
    for _ in range(2):
        assert desk.post(f"/desk/people/{person.pk}/agreement/", form).status_code == 302
    assert person.agreements.count() == Event.objects.of_kind("agreement.recorded").count() == 1
    assert desk.post(f"/desk/people/{person.pk}/agreement/", {**form, "how": "in_person"}).status_code == 400
    assert person.agreements.count() == 1


def test_an_old_agreement_form_does_not_undo_a_no_that_was_said_meanwhile(desk):
    person, by = factories.person(agreed=False), factories.coordinator()
    form = as_shown_to(desk, f"/desk/people/{person.pk}/", "agreement")
    withdraw_agreement(factories.agreement(person), by=by)
    page = desk.post(f"/desk/people/{person.pk}/agreement/", form)
    assert page.status_code == 400
    assert "took it back" in page.content.decode()
    assert valid_agreement(person, None) is None
    assert desk.post(f"/desk/people/{person.pk}/agreement/", as_shown(page.content)).status_code == 302
    assert valid_agreement(person, None) is not None


def test_a_family_form_that_is_sent_twice_writes_down_one(desk):
    person = factories.person()
    form = {**as_shown(desk.get(f"/desk/people/{person.pk}/family/").content), "name": "Olive", "relation": "daughter"}
    for _ in range(2):
        assert desk.post(f"/desk/people/{person.pk}/family/", form).status_code == 302
    assert person.family.count() == Event.objects.of_kind("person.family_added").count() == 1
    assert desk.post(f"/desk/people/{person.pk}/family/", {**form, "name": "Oliver"}).status_code == 400


def test_what_a_colleague_changed_of_family_is_not_lost_and_a_conflict_is_told(desk):
    by, person = factories.coordinator(), factories.person()
    link = add_family(person, by=by, name="Olive", phone=LANDLINE, sees="requests")
    address = reverse("desk-family", args=[link.pk])
    form = as_shown(desk.get(address).content)
    change_family(link, by=by, sees="nothing")
    assert desk.post(address, {**form, "relation": "daughter"}).status_code == 302
    link.refresh_from_db()
    assert (link.relation, link.sees) == ("daughter", "nothing")
    page = desk.post(address, {**form, "sees": "visits"})
    assert page.status_code == 400
    assert "Nothing: we may ring them" in page.content.decode()
    desk.post(address, as_shown(page.content))
    link.refresh_from_db()
    assert link.sees == "visits"
    for _ in range(2):
        assert desk.post(address, {"do": "remove", "person": person.pk})["Location"] == f"/desk/people/{person.pk}/"
    assert desk.post(address, {"do": "remove"}).status_code == 404
