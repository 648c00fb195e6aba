"""What moderators do with what was told: a listing or a change in two clicks, and the reporter hears what became of it."""

from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from directory import moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.listing_fields import read_values
from directory.models import Change, Organisation, Service
from directory.states import WrongState
from directory.suggestions import deciding, mails, telling
from directory.suggestions.models import Suggestion
from tests.directory.conftest import somebody
from tests.directory.test_moderation_pages import form_of, may_enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    may_enter(Role.EDITOR)
    client.force_login(editor)
    return client


@pytest.fixture
def choir(db: None) -> Suggestion:
    return telling.suggest_listing(
        name="Golcar Choir",
        words="Singing for anybody.",
        where="The chapel, Golcar, HD7 4AA",
        phone="01484 111222",
        web="choir.example.org",
        email="ada@nest.example",
    )


def page_of(told: Suggestion) -> str:
    return reverse("moderation-suggestion", args=[told.pk])


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def told_to_reporter(told: Suggestion) -> str:
    mail.outbox.clear()
    mails.tell_reporter(str(told.pk))
    return mail.outbox[0].body if mail.outbox else ""


def test_a_suggestion_becomes_a_listing_with_the_form_as_it_opens(admin: Client, choir: Suggestion, needs: None) -> None:
    answer = admin.post(page_of(choir), {**form_of(admin, page_of(choir)), "do": "make"})
    service = Service.objects.get(name="Golcar Choir")
    assert answer["Location"] == reverse("wagtailsnippets_directory_service:edit", args=[service.pk])
    values = read_values(service)
    assert (service.source, service.organisation.name, values["phone"], values["url"]) == (
        "suggested",
        "Golcar Choir",
        "01484 111222",
        "https://choir.example.org",
    )
    assert values["places"] == [{"name": "", "address": "The chapel, Golcar", "postcode": "HD7 4AA"}]
    choir.refresh_from_db()
    assert (choir.state, choir.became) == ("done", service)
    assert service.get_absolute_url() in told_to_reporter(choir)


def test_a_group_that_is_known_is_not_made_twice(editor: User, choir: Suggestion, organisation: Organisation) -> None:
    values = {"name": "Choir", "summary": "Singing."}
    service = deciding.make_listing(choir, organisation=" golcar lunch club", values=values, by=editor, rang=True)
    assert (service.organisation, service.checked_how) == (organisation, "phone")


def test_a_listing_that_cannot_be_is_said_at_its_field_and_nothing_is_made(admin: Client, choir: Suggestion, needs: None) -> None:
    filled = {**form_of(admin, page_of(choir)), "do": "make", "phone": "ring me"}
    assert "error-message" in text_of(admin.post(page_of(choir), filled))
    choir.refresh_from_db()
    assert choir.state == "new"
    assert not Organisation.objects.filter(name="Golcar Choir").exists()


def test_one_that_is_there_already_is_shown(admin: Client, service: Service) -> None:
    told = telling.suggest_listing(name="Tuesday lunch", words="Lunch", where="Golcar")
    assert "there already" in text_of(admin.get(page_of(told)))


def test_a_report_becomes_a_change_in_the_same_queue(admin: Client, service: Service, editor: User) -> None:
    told = telling.report(service, part="cost", words="Dearer now", right="Six pounds", email="ada@nest.example")
    answer = admin.post(page_of(told), {**form_of(admin, page_of(told)), "do": "propose"})
    change = Change.objects.get(service=service)
    assert answer["Location"] == reverse("moderation-change", args=[change.pk])
    assert told_to_reporter(told) == ""
    moderation.accept_field(change.fields.get(), by=editor)
    told.refresh_from_db()
    service.refresh_from_db()
    assert (told.state, told.change, service.cost) == ("done", change, "Six pounds")
    assert "put it right" in told_to_reporter(told)


def test_a_change_that_is_declined_declines_what_it_came_from(service: Service, editor: User) -> None:
    told = telling.report(service, part="name", right="Wednesday lunch", email="ada@nest.example")
    change = deciding.propose_change(told, {"name": told.right}, by=editor)
    assert change is not None
    moderation.decline_field(change.fields.get(), by=editor, reason="They meet on Tuesdays.")
    told.refresh_from_db()
    assert (told.state, told.reason) == ("declined", "They meet on Tuesdays.")
    assert "They meet on Tuesdays." in told_to_reporter(told)


def test_a_telephone_number_is_put_right_at_once(admin: Client, service: Service) -> None:
    told = telling.report(service, part="phone", right="01484 111222")
    admin.post(page_of(told), {**form_of(admin, page_of(told)), "do": "propose"})
    told.refresh_from_db()
    assert (read_values(service)["phone"], told.state) == ("01484 111222", "done")


def test_what_does_not_run_any_more_is_closed_by_a_moderator(admin: Client, service: Service, editor: User) -> None:
    told = telling.report(service, part="gone")
    admin.post(page_of(told), {**form_of(admin, page_of(told)), "do": "propose"})
    row = Change.objects.get(service=service).fields.get()
    assert (row.name, row.new_value, row.state) == ("status", "closed", "waiting")


@pytest.mark.parametrize(("part", "typed"), [("times", "Wednesdays at noon"), ("email", "nobody"), ("web", "ftp://x")])
def test_words_that_no_field_holds_are_said_and_kept_in_the_form(admin: Client, service: Service, part: str, typed: str) -> None:
    told = telling.report(service, part=part, right=typed)
    page = text_of(admin.post(page_of(told), {**form_of(admin, page_of(told)), "do": "propose"}))
    assert "error-message" in page
    assert typed in page
    assert not Change.objects.exists()


@pytest.mark.parametrize("part", ["access", "other"])
def test_what_has_no_field_of_its_own_is_settled_with_words(admin: Client, service: Service, part: str) -> None:
    told = telling.report(service, part=part, words="Steps at the door", email="ada@nest.example")
    assert admin.post(page_of(told), {"do": "done", "reason": "The page says so now."}).status_code == 302
    told.refresh_from_db()
    assert told.state == "done"
    assert "The page says so now." in told_to_reporter(told)


def test_declining_needs_a_reason_and_a_ready_made_one_will_do(admin: Client, choir: Suggestion) -> None:
    assert "Say why" in text_of(admin.post(page_of(choir), {"do": "decline"}))
    admin.post(page_of(choir), {"do": "decline", "ready": "0", "reason": "Look under singing."})
    choir.refresh_from_db()
    assert (choir.state, choir.reason) == ("declined", "It is in the lists already. Look under singing.")


def test_one_moderator_at_a_time_answers_for_it(choir: Suggestion, editor: User) -> None:
    other = somebody(Role.EDITOR, "other@test.example")
    deciding.take(choir, by=editor)
    with pytest.raises(WrongState):
        deciding.decline(choir, by=other, reason="No.")
    deciding.take(choir, by=editor, to=other)
    deciding.decline(choir, by=other, reason="No.")
    for again in (lambda: deciding.take(choir, by=editor), lambda: deciding.settle(choir, by=other)):
        with pytest.raises(WrongState):
            again()


def test_only_moderators_decide(choir: Suggestion, service: Service, partner: User, editor: User, client: Client) -> None:
    report = telling.report(service, part="cost", right="Six pounds")
    for forbidden in (
        lambda: deciding.take(choir, by=partner),
        lambda: deciding.make_listing(choir, organisation="X", values={"name": "X", "summary": "X"}, by=partner),
        lambda: deciding.propose_change(report, {"cost": "Six pounds"}, by=partner),
        lambda: deciding.settle(report, by=partner),
        lambda: deciding.decline(choir, by=partner, reason="No."),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    with pytest.raises(ValidationError):
        deciding.take(choir, by=editor, to=partner)
    client.force_login(partner)
    assert client.get(page_of(choir)).status_code == client.post(page_of(choir), {"do": "take"}).status_code == 403


def test_who_left_no_address_hears_nothing(service: Service, editor: User) -> None:
    told = telling.report(service, part="other", words="Wrong")
    deciding.settle(told, by=editor)
    assert mails.tell_reporter(str(told.pk)) == 0
    assert not mail.outbox


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The chapel, Golcar, HD7 4AA", {"address": "The chapel, Golcar", "postcode": "HD7 4AA"}),
        ("hd74aa", {"address": "", "postcode": "hd74aa"}),
        ("Marsden", {"address": "Marsden", "postcode": ""}),
        ("", {"address": "", "postcode": ""}),
    ],
)
def test_a_postcode_is_found_in_what_was_written(text: str, place: dict[str, str]) -> None:
    assert deciding.place_of(text) == place
