"""/partner/: plain pages without JavaScript, and nobody reaches another group's listing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from directory import clock, listings, moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.listing_fields import FOR_PARTNERS, SAFE, read_values
from directory.models import Change, ChangeField, Contact, Service
from directory.sections import SECTIONS
from directory.urls import urlpatterns
from directory.views.seen import seal
from tests import factories
from tests.directory.conftest import somebody
from tests.directory.forms_by_hand import filled, page

pytestmark = pytest.mark.django_db


FORMS = [section.url_name for section in SECTIONS]


def addresses(service: Service, field: ChangeField) -> Iterator[str]:
    for pattern in urlpatterns:
        if "<" in str(pattern.pattern):
            key = field.pk if pattern.name == "partner-undo" else service.pk
            if str(pattern.pattern).startswith("partner/contacts/"):
                key = Contact.objects.filter(service=service)[:1].get().pk
            yield reverse(str(pattern.name), args=[key])


def live_edit(service: Service, by: User) -> ChangeField:
    change = moderation.propose(service, {"phone": "01484 111222"}, by=by)
    assert change is not None
    return change.fields.get()


def test_another_groups_listing_does_not_exist(service: Service, partner: User, stranger: User, client: Client) -> None:
    field = live_edit(service, partner)
    client.force_login(stranger)
    tried = list(addresses(service, field))
    assert len(tried) >= 6
    for address in tried:
        assert client.get(address).status_code in (404, 405), address
        assert client.post(address, {"phone": "01484 999999"}).status_code in (404, 405), address
    assert service.name not in page(client, "partner")
    assert read_values(service)["phone"] == "01484 111222"


@pytest.mark.parametrize("role", [Role.PERSON, Role.FAMILY, Role.VOLUNTEER, Role.COORDINATOR, Role.ANALYST, Role.COUNCIL_REFERRER])
def test_no_other_role_comes_in(service: Service, partner: User, client: Client, role: Role) -> None:
    field = live_edit(service, partner)
    client.force_login(somebody(role, "other@test.example"))
    for address in [reverse("partner"), *addresses(service, field)]:
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403


def test_a_visitor_is_asked_to_sign_in(service: Service, client: Client) -> None:
    response = client.get(reverse("partner-what", args=[service.pk]))
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


def test_the_pages_open_and_hold_no_inline_script(service: Service, browser: Client) -> None:
    for name in ("partner-service", *FORMS, "partner-preview"):
        text = page(browser, name, service.pk)
        assert service.name in text
        assert " style=" not in text
        assert "<script>" not in text
    assert service.name in page(browser, "partner")


def test_saving_an_untouched_form_changes_nothing(service: Service, browser: Client, editor: User) -> None:
    values = {"access": {"step_free": True, "words": "Ramp"}, "area": "HD7;Kirklees", "notice": {"text": "Hello.", "until": "2026-12-24"}}
    listings.set_fields(service, {**values, "times": "Tu 12:00-14:00; We[1] 09:00-10:00 term time; day 15 10:00-11:00"}, by=editor)
    before = read_values(service)
    for name in FORMS:
        response = browser.post(reverse(name, args=[service.pk]), filled(browser, name, service))
        assert response.status_code == 302
    service.refresh_from_db()
    assert read_values(service) == before
    assert not Change.objects.exists()


def test_a_section_waits(service: Service, browser: Client, editor: User) -> None:
    answers = filled(browser, "partner-what", service, name="Wednesday lunch", needs=["shopping"], note="It is on Wednesdays now.")
    assert browser.post(reverse("partner-what", args=[service.pk]), answers).status_code == 302
    answers = filled(browser, "partner-where", service, place_0_postcode="HD7 5AA")
    assert browser.post(reverse("partner-where", args=[service.pk]), answers).status_code == 302
    service.refresh_from_db()
    assert service.name == "Tuesday lunch"
    what, where = Change.objects.order_by("made_at")
    assert (what.note, sorted(field.name for field in what.fields.all())) == ("It is on Wednesdays now.", ["name", "needs"])
    assert [field.name for field in where.fields.all()] == ["places"]
    assert "We are looking at it" in page(browser, "partner-service", service.pk)
    for field in ChangeField.objects.all():
        moderation.accept_field(field, by=editor)
    service.refresh_from_db()
    assert (service.name, read_values(service)["needs"]) == ("Wednesday lunch", ["shopping"])
    assert read_values(service)["places"][0]["postcode"] == "HD7 5AA"


def test_a_reason_reaches_the_group(service: Service, browser: Client, partner: User, editor: User) -> None:
    change = moderation.propose(service, {"name": "X"}, by=partner)
    assert change is not None
    moderation.decline_field(change.fields.get(), by=editor, reason="Please keep the day in the name.")
    assert "Please keep the day in the name." in page(browser, "partner-service", service.pk)


def test_closed_this_week_in_two_clicks(service: Service, browser: Client) -> None:
    with clock.held_at(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        page(browser, "partner-service", service.pk)
        days = " ".join(f"2026-11-{day}" for day in range(25, 30))
        press = {"do": "closed", "day": days, "back": "service"}
        answer = browser.post(reverse("partner-this-week", args=[service.pk]), press)
        assert f'name="day" value="{days}"' in page(browser, "partner-service", service.pk)
        assert answer["Location"] == reverse("partner-service", args=[service.pk])
        service.refresh_from_db()
        assert (service.current_notice, str(service.notice_until)) == ("Closed from Wednesday 25 to Sunday 29 November.", "2026-11-29")
    with clock.held_at(datetime(2026, 11, 30, 12, tzinfo=UTC)):
        assert service.current_notice == ""


def test_the_small_form_is_live_and_can_be_taken_back(service: Service, browser: Client) -> None:
    rows = {"times-1-how": "1", "times-1-weekday": "3", "times-1-opens": "10:00", "times-1-closes": "11:30"}
    answers = filled(browser, "partner-now", service, spaces="2", phone="+44 1484 555666", **rows)
    assert browser.post(reverse("partner-now", args=[service.pk]), answers).status_code == 302
    service.refresh_from_db()
    values = read_values(service)
    assert values["phone"] == "01484 555666"
    assert values["spaces"]["left"] == 2
    assert [(row["every"], row["weekday"]) for row in values["times"]] == [("week", 1), ("month-weekday", 3)]
    field = ChangeField.objects.get(name="times")
    assert reverse("partner-undo", args=[field.pk]) in page(browser, "partner-service", service.pk)
    browser.post(reverse("partner-undo", args=[field.pk]))
    assert len(read_values(service)["times"]) == 1


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("partner-what", {"name": ""}, "Name"),
        ("partner-where", {"place_0_postcode": "HD7 5AAAA"}, "is not a full postcode"),
        ("partner-where", {"area": "Atlantis"}, "do not know the area"),
        ("partner-who", {"min_age": "70", "max_age": "60"}, "below the lowest"),
        ("partner-reach", {"url": "javascript:alert(1)"}, "This web address is not whole"),
        ("partner-what", {"needs": ["nothing"]}, "What it helps with"),
        ("partner-now", {"phone": "ring me"}, "is not a telephone number"),
        ("partner-now", {"notice": "Closed", "notice_until": ""}, "after which day"),
        ("partner-now", {"notice": "Closed", "notice_until": "2020-01-01"}, "has passed"),
        ("partner-now", {"spaces": "-3"}, "0"),
        ("partner-now", {"times-0-closes": ""}, "from when and to when"),
        ("partner-now", {"times-1-weekday": "1", "times-1-opens": "13:00", "times-1-closes": "15:00"}, "run at once"),
        ("partner-now", {"times-1-how": "once", "times-1-opens": "13:00", "times-1-closes": "15:00"}, "on which date"),
    ],
)
def test_faults_are_said_and_nothing_is_written(
    service: Service, browser: Client, name: str, answers: dict[str, object], words: str
) -> None:
    response = browser.post(reverse(name, args=[service.pk]), filled(browser, name, service, **answers))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Change.objects.exists()


def test_a_form_left_open_overwrites_nothing(service: Service, browser: Client, editor: User) -> None:
    answers = filled(browser, "partner-now", service, spaces="4")
    listings.set_fields(service, {"phone": "01484 333444"}, by=editor)
    assert browser.post(reverse("partner-now", args=[service.pk]), answers).status_code == 302
    service.refresh_from_db()
    values = read_values(service)
    assert (values["phone"], values["spaces"]["left"]) == ("01484 333444", 4)


@pytest.mark.parametrize("seen", ["", "nonsense", "other"])
def test_a_broken_seal_writes_nothing(service: Service, browser: Client, system: User, seen: str) -> None:
    if seen == "other":
        seen = seal(listings.create_service(service.organisation, by=system, name="Other", summary="Another."), SAFE)
    answers = filled(browser, "partner-now", service, spaces="4", seen=seen)
    response = browser.post(reverse("partner-now", args=[service.pk]), answers)
    assert response.status_code == 200
    assert "once more" in response.content.decode()
    assert read_values(service)["spaces"] is None


def test_still_right(service: Service, browser: Client) -> None:
    browser.post(reverse("partner-still-right", args=[service.pk]))
    service.refresh_from_db()
    assert (service.checked_at, service.checked_how) == (clock.today(), "owner")


def test_the_list_asks_a_constant_number_of_questions(
    service: Service, browser: Client, system: User, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        values = {"places": [{"address": f"Hall {number}, Golcar"}], "times": "Tu 10:00-12:00", "phone": "01484 223197", "area": "HD7"}
        listings.create_service(service.organisation, by=system, name=f"Group {number}", summary="A group.", **values)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page(browser, "partner")


def test_partners_may_propose_all_but_staffs_own() -> None:
    assert FOR_PARTNERS.isdisjoint({"visible_from", "visible_to", "internal_note"})


@pytest.mark.parametrize("keeps", [True, False])
def test_a_listing_that_became_part_of_another_says_where_it_went_and_takes_no_more_changes(
    service: Service, partner: User, client: Client, keeps: bool
) -> None:
    seen = seal(service, SAFE)
    owner = service.organisation if keeps else factories.organisation()
    kept = factories.service(organisation_=owner, name="The Listing That Stays")
    Service.objects.filter(pk=service.pk).update(replaced_by=kept, status=Service.Status.CLOSED)
    client.force_login(partner)
    told = page(client, "partner-service", service.pk)
    assert kept.name in told
    assert (reverse("partner-service", args=[kept.pk]) in told) == keeps
    assert client.get(reverse("partner-now", args=[service.pk])).status_code == 404
    assert client.post(reverse("partner-now", args=[service.pk]), {"seen": seen, "phone": "01484 111222"}).status_code == 404
    with pytest.raises(ValidationError, match="joined with another"):
        moderation.propose(service, {"phone": "01484 111222"}, by=partner)
