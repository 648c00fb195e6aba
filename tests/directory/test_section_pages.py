"""The sections of a listing: each sends its own fields only, keeps what is typed, offers it again, and works without JavaScript."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock, listings, moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.drafts.models import Draft
from directory.listing_fields import read_values
from directory.models import Change, ChangeField, Service
from directory.sections import SECTIONS, WHAT, WITH_A_FORM, Section
from directory.told import ASKED
from directory.views.seen import seal
from tests.directory.conftest import somebody
from tests.directory.forms_by_hand import Inputs, filled, page

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


def address(service: Service, slug: str) -> str:
    return reverse(f"partner-{slug}", args=[service.pk])


def keep(client: Client, service: Service, slug: str = "what", **answers: object) -> None:
    data = filled(client, f"partner-{slug}", service, do="keep", **answers)
    assert client.post(address(service, slug), data).status_code == 302


@pytest.mark.parametrize("section", WITH_A_FORM, ids=lambda section: section.slug)
def test_a_section_proposes_only_its_own_fields(service: Service, browser: Client, section: Section) -> None:
    everything = {
        "name": "Other name",
        "who_for": "Everybody",
        "delivery": ["home"],
        "area_districts": "HD9",
        "access_step_free": "yes",
        "cost": "Six pounds",
        "how_to_access": "Just turn up.",
        "url": "https://example.org/",
        "phone": "01484 111222",
        "spaces": "3",
        "status": "closed",
        "internal_note": "x",
    }
    response = browser.post(address(service, section.slug), filled(browser, section.url_name, service, **everything))
    assert response.status_code == 302
    names = set(ChangeField.objects.values_list("name", flat=True))
    assert names
    assert names <= set(section.fields)


def test_the_seal_of_one_section_opens_no_other(service: Service, browser: Client) -> None:
    data = filled(browser, "partner-who", service, who_for="Everybody", seen=seal(service, WHAT.fields))
    response = browser.post(address(service, "who"), data)
    assert response.status_code == 200
    assert "once more" in response.content.decode()
    assert not Change.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_a_conflict_and_the_rest_stays(service: Service, browser: Client, editor: User) -> None:
    data = filled(browser, "partner-what", service, name="Lunch on Tuesdays", summary="Dinner for all.")
    listings.set_fields(service, {"summary": "A hot dinner.", "other_names": "Golcar lunch"}, by=editor)
    assert browser.post(address(service, "what"), data).status_code == 302
    states = dict(ChangeField.objects.values_list("name", "state"))
    assert states == {"name": "waiting", "summary": "conflict"}


def test_the_list_says_what_is_told_and_what_a_caller_asks_next(service: Service, browser: Client) -> None:
    text = page(browser, "partner-service", service.pk)
    assert "5 of 8 told" in text
    assert "A caller asks next: Can I just turn up?" in text
    assert f'{address(service, "start")}#id_how_to_access"' in text
    for section in SECTIONS:
        assert f'href="{address(service, section.slug)}' in text
    browser.post(address(service, "start"), filled(browser, "partner-start", service, how_to_access="Just turn up."))
    text = page(browser, "partner-service", service.pk)
    assert "6 of 8 told" in text
    assert "Waits for us" in text
    assert "Can I get in without a step?" in text


def test_every_question_that_a_caller_asks_is_on_its_page(service: Service, browser: Client) -> None:
    for fact in ASKED:
        assert f'id="{fact.at}"' in page(browser, fact.section.url_name, service.pk), fact.question


def test_what_waits_stands_above_the_questions(service: Service, browser: Client) -> None:
    browser.post(address(service, "start"), filled(browser, "partner-start", service, how_to_access="Just turn up on Tuesdays."))
    text = page(browser, "partner-start", service.pk)
    assert "What waits for us already" in text
    assert "Just turn up on Tuesdays." in text


def test_without_a_place_nobody_is_asked_how_to_get_in(service: Service, browser: Client, editor: User) -> None:
    listings.set_fields(service, {"places": [], "access": {}}, by=editor)
    assert "Say first where it is" in page(browser, "partner-getting-in", service.pk)
    moderation.propose(service, {"places": [{"address": "The hall, Golcar"}]}, by=editor)
    assert "Say first where it is" not in page(browser, "partner-getting-in", service.pk)


def test_the_fault_of_ticks_in_groups_leads_to_the_first_of_them(service: Service, browser: Client) -> None:
    data = filled(browser, "partner-what", service, needs=["no-such-need"])
    text = browser.post(address(service, "what"), data).content.decode()
    (target,) = re.findall(r'<li><a href="#(id_needs[^"]*)"', text)
    assert f'id="{target}"' in text


def test_a_hard_text_gets_a_hint_and_is_sent_all_the_same(service: Service, browser: Client) -> None:
    hard = "Individuals experiencing significant isolation may subsequently access supplementary opportunities following comprehensive assessment."
    response = browser.post(address(service, "what"), filled(browser, "partner-what", service, description=hard, name=""))
    assert response.status_code == 400
    assert "Easier to read?" in response.content.decode()
    assert browser.post(address(service, "what"), filled(browser, "partner-what", service, description=hard)).status_code == 302
    assert ChangeField.objects.get().new_value == hard


def test_keep_for_later_without_a_script(service: Service, browser: Client) -> None:
    with clock.held_at(TUESDAY):
        keep(browser, service, summary="A hot dinner with", needs=["shopping"])
    assert not Change.objects.exists()
    with clock.held_at(TUESDAY + timedelta(days=2)):
        assert "You wrote something on Tuesday" in page(browser, "partner-service", service.pk)
        offer = page(browser, "partner-what", service.pk)
        assert "You began this on Tuesday" in offer
        assert "<li>In one plain sentence</li><li>What it helps with</li>" in offer
        on = browser.get(f"{address(service, 'what')}?go-on").content.decode()
        data = Inputs(on).values
        assert data["summary"] == ["A hot dinner with"]
        assert data["needs"] == ["shopping"]
        assert browser.post(address(service, "what"), {**data, "summary": "A hot dinner with friends."}).status_code == 302
    assert not Draft.objects.exists()
    assert dict(ChangeField.objects.values_list("name", "new_value")) == {"needs": ["shopping"], "summary": "A hot dinner with friends."}


def test_going_on_with_each_section_untouched_changes_nothing(service: Service, browser: Client, editor: User) -> None:
    more = {"access": {"step_free": True, "words": "Ramp"}, "costs": [{"amount": "5"}], "takes_referrals": True, "payment": ["own"]}
    listings.set_fields(service, more, by=editor)
    before = read_values(service)
    for section in WITH_A_FORM:
        keep(browser, service, section.slug)
        on = browser.get(f"{address(service, section.slug)}?go-on").content.decode()
        assert browser.post(address(service, section.slug), Inputs(on).values).status_code == 302
    service.refresh_from_db()
    assert read_values(service) == before
    assert not Change.objects.exists()


def test_thrown_away_is_gone(service: Service, browser: Client) -> None:
    keep(browser, service, summary="Nonsense")
    response = browser.post(address(service, "what"), {"do": "drop"}, follow=True)
    assert "Nonsense" not in response.content.decode()
    assert service.summary in response.content.decode()
    assert not Draft.objects.exists()


def test_a_draft_from_before_a_change_says_so_and_overwrites_nothing(service: Service, browser: Client, editor: User) -> None:
    keep(browser, service, description="With music.")
    listings.set_fields(service, {"summary": "A hot dinner."}, by=editor)
    offer = page(browser, "partner-what", service.pk)
    assert "Changed on your page since then" in offer
    assert "A hot dinner." in offer
    on = browser.get(f"{address(service, 'what')}?go-on").content.decode()
    assert "Changed on your page since you began" in on
    browser.post(address(service, "what"), Inputs(on).values)
    assert dict(ChangeField.objects.values_list("name", "state")) == {"description": "waiting"}


def test_the_script_is_answered_in_few_words(service: Service, browser: Client) -> None:
    with clock.held_at(TUESDAY):
        data = filled(browser, "partner-what", service, do="keep", summary="A hot")
        answer = browser.post(address(service, "what"), data, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()) == (200, {"said": "Kept at 14:02"})
        stale = browser.post(address(service, "what"), {**data, "seen": "broken"}, headers={"Accept": "application/json"})
        assert (stale.status_code, stale.json()) == (409, {"said": ""})
        long = browser.post(address(service, "what"), {**data, "description": "x" * 100_001}, headers={"Accept": "application/json"})
        assert long.status_code == 413
        assert "too long to keep" in long.json()["said"]
    assert Draft.objects.get().answers["summary"] == ["A hot"]


def test_too_much_without_a_script_is_said_and_stays_on_the_page(service: Service, browser: Client) -> None:
    data = filled(browser, "partner-what", service, do="keep", description="y" * 100_001)
    response = browser.post(address(service, "what"), data)
    assert "too long to keep" in response.content.decode()
    assert "y" * 1000 in response.content.decode()


def test_only_the_forms_own_answers_are_kept(service: Service, browser: Client) -> None:
    keep(browser, service, made_up="x", csrfmiddlewaretoken="secret")
    assert not {"made_up", "csrfmiddlewaretoken", "seen", "do"} & set(Draft.objects.get().answers)


def test_another_member_of_the_group_sees_no_draft(service: Service, browser: Client, system: User, client: Client) -> None:
    keep(browser, service, summary="Only for me")
    colleague = somebody(Role.PARTNER, "colleague@test.example")
    listings.add_member(service.organisation, colleague, by=system)
    other = Client()
    other.force_login(colleague)
    assert "Only for me" not in page(other, "partner-what", service.pk)
    assert "You wrote something" not in page(other, "partner-service", service.pk)
    other.post(address(service, "what"), {"do": "drop"})
    assert Draft.objects.exists()


def test_another_group_keeps_and_sees_nothing(service: Service, browser: Client, stranger: User) -> None:
    data = filled(browser, "partner-what", service, do="keep", summary="Mine")
    other = Client()
    other.force_login(stranger)
    for section in WITH_A_FORM:
        assert other.get(address(service, section.slug)).status_code == 404
        assert other.post(address(service, section.slug), data).status_code == 404
    assert not Draft.objects.exists()


def test_who_has_left_the_group_sees_their_own_draft_no_more(service: Service, browser: Client, partner: User) -> None:
    keep(browser, service, summary="Mine")
    service.organisation.memberships.filter(user=partner).delete()
    assert browser.get(address(service, "what")).status_code == 404
    assert browser.get(f"{address(service, 'what')}?go-on").status_code == 404


def test_a_draft_of_a_form_that_asked_other_fields_is_left_alone(service: Service, browser: Client) -> None:
    keep(browser, service, summary="Old")
    draft = Draft.objects.get()
    draft.seen = {name: value for name, value in draft.seen.items() if name != "other_names"}
    draft.save()
    assert "You began this" not in page(browser, "partner-what", service.pk)


def test_the_page_asks_a_constant_number_of_questions(
    service: Service,
    browser: Client,
    editor: User,
    django_assert_max_num_queries: object,
) -> None:
    places = [{"address": f"Hall {number}, Golcar"} for number in range(12)]
    listings.set_fields(service, {"places": places, "area": "HD7;HD9;Kirklees"}, by=editor)
    for name in ("partner-service", "partner-where", "partner-what"):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            page(browser, name, service.pk)


def test_the_fault_of_a_row_of_times_stands_in_the_list_of_faults(service: Service, browser: Client) -> None:
    data = filled(browser, "partner-now", service) | {"times-0-closes": "", "times-1-weekday": "9", "closed-0-first": "2026-13-01"}
    answer = browser.post(address(service, "now"), data)
    assert answer.status_code == 400
    for target, words in (
        ("id_times-0-closes", "Time 1, To: Say from when and to when."),
        ("id_times-1-weekday", "Time 2, Day: Please choose one of these."),
        ("id_closed-0-first", "Another closure, Closed from: "),
    ):
        assert f'<li><a href="#{target}">{words}' in answer.content.decode()


def test_times_are_kept_and_offered_again_too(service: Service, browser: Client) -> None:
    before = read_values(service)
    keep(browser, service, "now", **{"times-1-weekday": "3", "times-1-opens": "10:00", "notice": "No pudding today."})
    assert read_values(service) == before
    offer = page(browser, "partner-now", service.pk)
    assert "You began this today" in offer
    on = browser.get(f"{address(service, 'now')}?go-on").content.decode()
    data = Inputs(on).values
    assert (data["times-1-weekday"], data["times-1-opens"], data["times-1-closes"]) == (["3"], ["10:00"], [""])
    assert data["notice"] == ["No pudding today."]
    assert "Not right yet" not in on
    data |= {"times-1-closes": ["11:30"], "notice": [""]}
    assert browser.post(address(service, "now"), data).status_code == 302
    assert len(read_values(Service.objects.get())["times"]) == 2
    assert not Draft.objects.exists()


def test_times_can_be_thrown_away(service: Service, browser: Client) -> None:
    keep(browser, service, "now", notice="Nonsense")
    response = browser.post(address(service, "now"), {"do": "drop"}, follow=True)
    assert "Nonsense" not in response.content.decode()
    assert not Draft.objects.exists()


def test_going_on_with_untouched_times_changes_nothing(service: Service, browser: Client, editor: User) -> None:
    listings.set_fields(
        service, {"times": "Tu 12:00-14:00; We[1] 09:00-10:00 term time", "notice": {"text": "Hi.", "until": "2030-01-01"}}, by=editor
    )
    before = read_values(service)
    keep(browser, service, "now")
    on = browser.get(f"{address(service, 'now')}?go-on").content.decode()
    assert browser.post(address(service, "now"), Inputs(on).values).status_code == 302
    service.refresh_from_db()
    assert read_values(service) == before
    assert not Change.objects.exists()
