"""The desk's pages of people: what they show, what they keep, and what they answer where two are at work, or a form comes twice."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching import asks, people
from matching.casework.family import add_family
from matching.models import Ask, Look, Person
from matching.persons.ages import TooYoung
from matching.persons.homes import household_of
from matching.persons.looks import PLACES
from matching.persons.versions import ChangedMeanwhile
from matching.refer_in import refer_in
from tests import factories
from tests.matching.persons.pages import LANDLINE, MOBILE, as_shown, hidden

pytestmark = pytest.mark.django_db


# Under 18


def kept_of_anybody() -> tuple[int, ...]:
    return Person.objects.count(), Look.objects.count(), Event.objects.of_kind("person.registered").count(), Ask.objects.count()


@pytest.mark.parametrize("told", [{"adult": "no"}, {"date_of_birth": "2012-02-03"}, {"adult": "no", "name": "", "email": "no address"}])
@pytest.mark.parametrize("part", ["carer", "cared_for"])
def test_somebody_under_18_is_not_written_down_and_the_page_says_who_helps(desk, settings, caplog, told, part):
    settings.YOUNG_CARERS = "the young carers' team, 01484 496999"
    before, events = kept_of_anybody(), Event.objects.count()
    page = desk.post("/desk/people/new/", {"name": "Yasmin Canarychild", "part": part, "phone": "01484 496777", **told})
    assert page.status_code == 200
    assert "01484 496999" in page.content.decode()
    assert "Canarychild" not in page.content.decode() + caplog.text
    assert kept_of_anybody() == before
    assert Event.objects.count() == events


def test_the_day_of_the_eighteenth_birthday_decides():
    by, today = factories.coordinator(), clock.today()
    turned = today.replace(year=today.year - 18)
    assert people.register_person(by=by, name="A B", date_of_birth=turned)
    with pytest.raises(TooYoung):
        people.register_person(by=by, name="A B", date_of_birth=turned + timedelta(days=1))
    with pytest.raises(ValidationError):
        people.register_person(by=by, name="A B", date_of_birth=today + timedelta(days=1))
    with pytest.raises(TooYoung):
        people.correct_person(Person.objects.get(), by=by, date_of_birth=turned + timedelta(days=1))
    assert Person.objects.get().date_of_birth == turned


def test_a_referral_for_somebody_under_18_leaves_nothing_behind():
    council = factories.council_referrer()
    body = {"person": {"name": "A B", "date_of_birth": clock.today()}, "need": factories.need().pk, "volunteers": True, "consent": None}
    with pytest.raises(TooYoung, match="young carers"):
        refer_in(body, by=council, key="once")
    assert not Person.objects.exists()
    assert not Ask.objects.exists()


# Written down


def test_everything_that_the_form_asks_is_kept_and_shown(desk):
    factories.postcode()
    posted = {
        "name": "Ada Example",
        "part": "both",
        "adult": "yes",
        "phone": MOBILE,
        "voicemail": "no",
        "may_answer": "person",
        "times": ["morning"],
        "address": "1 Example Row",
        "postcode": "HD7 5AA",
        "by": "text",
        "codes": ["large-print", "bsl"],
        "language": "",
        "steps": "yes",
        "key_safe": "yes",
        "animals": "dog, cat",
        "home_words": "Use the back door.",
        "interests": "Chess, singing",
        "can_give": "Mends clocks",
        "once": "mark",
    }
    answers = [desk.post("/desk/people/new/", posted) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    person = Person.objects.get()
    assert person.contact == {
        "codes": ["large-print", "bsl"],
        "times": ["morning"],
        "by": "text",
        "may_answer": "person",
        "voicemail": False,
    }
    page = desk.get(answers[0]["Location"]).content.decode()
    for words in (
        "British Sign Language",
        "Large print",
        f"Send a text message to {MOBILE}",
        "steps to the door",
        "Animals there: cat, dog",
    ):
        assert words in strip_tags(page)
    assert "tel:07700900201" not in page
    form = desk.get(f"/desk/people/{person.pk}/edit/").content.decode()
    again = {**posted, "version": hidden(form, "version"), "lawful_basis": "social_care"}
    desk.post(f"/desk/people/{person.pk}/edit/", again)
    assert not Event.objects.of_kind("person.corrected").exists()


def test_the_same_form_with_another_name_is_told_and_not_swallowed(desk):
    desk.post("/desk/people/new/", {"name": "Ada Example", "part": "carer", "once": "mark"})
    again = desk.post("/desk/people/new/", {"name": "Bea Example", "part": "carer", "once": "mark"})
    assert again.status_code == 400
    assert "sent already" in again.content.decode()
    assert Person.objects.count() == 1


def test_somebody_of_whom_only_a_name_is_known_is_written_down_and_the_page_says_what_does_not_work(desk):
    person = factories.person(postcode="", phone="")
    page = desk.get(f"/desk/people/{person.pk}/").content.decode()
    assert "no way to reach them" in page
    assert "Without a postcode" in page
    whole = factories.person(phone=LANDLINE, address="1 Example Row")
    assert "What does not work yet" not in desk.get(f"/desk/people/{whole.pk}/").content.decode()


def test_who_to_ring_and_how_comes_first_then_the_requests_then_the_rest(desk):
    person = factories.person(phone=LANDLINE, email="ada@example.org", address="1 Mill Lane", facts={"household": "Mill House"})
    factories.ask(person)
    add_family(person, by=factories.coordinator(), name="Olive Example", phone="01632 960881", is_main=True)
    page = BeautifulSoup(desk.get(f"/desk/people/{person.pk}/").content, "html.parser").select_one("main")
    headings = [heading.get_text() for heading in page.select("h2")]
    assert headings == [
        "Phone, e-mail, home",
        "Requests for help",
        "Agreement to be referred",
        "Family and main contact",
        "More about them",
    ]
    text = " ".join(page.get_text(" ").split()).replace(" ,", ",")
    assert text.index("How to reach them:") < text.index("Phone, e-mail, home")
    assert "Lives at 1 Mill Lane" in text
    assert "Mill House" in text[text.index("More about them") :]
    assert page.select_one("a[href='mailto:ada@example.org']")
    assert len(page.select("a[href='tel:01632960881']")) == 1


# Two at one record


def fields_of(client, person, **changed):
    page = client.get(f"/desk/people/{person.pk}/edit/").content.decode()
    posted = {"name": person.name, "part": person.part, "postcode": person.postcode, "phone": person.phone, "notes": person.notes}
    return {**posted, "version": hidden(page, "version"), **changed}


def test_what_a_colleague_wrote_meanwhile_in_another_field_stays(desk):
    person = factories.person(phone=LANDLINE)
    mine = fields_of(desk, person, notes="Likes tea")
    people.correct_person(person, by=factories.coordinator(), phone=MOBILE, facts={"smoker": True})
    assert desk.post(f"/desk/people/{person.pk}/edit/", mine).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.notes, person.facts) == (MOBILE, "Likes tea", {"smoker": True})


def test_a_conflict_is_told_with_both_and_saving_again_decides(desk):
    person = factories.person(notes="Old")
    mine = fields_of(desk, person, notes="Likes tea")
    people.correct_person(person, by=factories.coordinator(), notes="Likes coffee")
    answer = desk.post(f"/desk/people/{person.pk}/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Likes coffee" in page
    assert "Likes tea" in page
    person.refresh_from_db()
    assert person.notes == "Likes coffee"
    desk.post(f"/desk/people/{person.pk}/edit/", {**mine, "version": hidden(page, "version")})
    person.refresh_from_db()
    assert person.notes == "Likes tea"


@pytest.mark.parametrize("version", ["x", "." * 30, "a.b.c"])
def test_a_mark_that_is_none_of_ours_saves_nothing(version):
    person = factories.person(notes="Old")
    with pytest.raises(ChangedMeanwhile):
        people.correct_person(person, by=factories.coordinator(), version=version, notes="New")


def test_both_saving_the_same_words_is_no_conflict():
    by, person = factories.coordinator(), factories.person(notes="Old")
    version = people.version_of_person(person)
    for _ in range(2):
        person = people.correct_person(person, by=by, version=version, notes="New")
    assert person.notes == "New"
    assert Event.objects.of_kind("person.corrected").count() == 1


def test_opening_and_saving_a_whole_record_changes_nothing(desk):
    person = factories.person(
        phone=MOBILE,
        email="ada@example.org",
        address="1 Example Row",
        date_of_birth=date(1941, 5, 12),
        contact={"codes": ["bsl", "interpreter"], "by": "text", "times": ["evening"], "voicemail": False, "language": "Polish"},
        facts={
            "gender": "woman",
            "household": "ada",
            "animals": ["cat", "dog"],
            "oxygen": False,
            "home_words": "Ring twice.",
            "languages": ["bsl"],
        },
        can_give="Mends clocks",
        notes="Two\nlines",
    )
    desk.post(f"/desk/people/{person.pk}/edit/", as_shown(desk.get(f"/desk/people/{person.pk}/edit/").content))
    assert not Event.objects.of_kind("person.corrected").exists()
    person.refresh_from_db()
    assert person.date_of_birth == date(1941, 5, 12)


def test_the_line_ends_of_a_browser_are_no_change():
    person = factories.person(notes="Two\nlines", facts={"home_words": "Two\nlines"})
    person = people.correct_person(person, by=factories.coordinator(), notes="Two\r\nlines", facts={"home_words": "Two\r\nlines"})
    assert (person.notes, person.facts["home_words"]) == ("Two\nlines", "Two\nlines")
    assert not Event.objects.of_kind("person.corrected").exists()


def test_opening_and_saving_an_attorney_changes_nothing(desk):
    link = add_family(factories.person(), by=desk.user, name="Bea Example", authority="attorney", authority_seen_on=date(2026, 3, 2))
    address = f"/desk/family/{link.pk}/"
    assert desk.post(address, as_shown(desk.get(address).content)).status_code == 302
    link.refresh_from_db()
    assert (link.name, link.authority, link.authority_seen_on) == ("Bea Example", "attorney", date(2026, 3, 2))


# Looks


def test_every_page_that_names_somebody_keeps_the_look_and_shows_their_needs(desk):
    person = factories.person(contact={"codes": ["easy-read"]}, phone=LANDLINE, name="Ada Example")
    link = add_family(person, by=desk.user, name="Bea Example")
    other = factories.person(phone=LANDLINE, name="Abe Example")
    pages = {
        f"/desk/people/{person.pk}/": "desk-person",
        f"/desk/people/{person.pk}/edit/": "desk-person-edit",
        f"/desk/people/{person.pk}/looks/": "desk-person-looks",
        f"/desk/people/{person.pk}/ask/": "desk-ask-new",
        f"/desk/people/{person.pk}/family/": "desk-person-family",
        f"/desk/family/{link.pk}/": "desk-person-family",
        f"/desk/people/{person.pk}/merge/?other={other.pk}": "desk-merge",
        f"/desk/people/{other.pk}/merge/": "desk-doubles",
        "/desk/people/doubles/": "desk-doubles",
    }
    for address, where in pages.items():
        Look.objects.all().delete()
        page = desk.get(address).content.decode()
        assert ("Ada Example" in page, "Easy read" in page) == (True, True), address
        assert Look.objects.filter(person_id=person.pk, where=where, by_role="coordinator").exists(), address
    Look.objects.all().delete()
    assert "Easy read" in desk.post("/desk/search/", {"words": "Ada"}).content.decode()
    assert Look.objects.get().where == "found"


def test_the_looks_of_a_person_are_read_in_plain_words(desk):
    person = factories.person(phone=LANDLINE)
    volunteer = factories.user(Role.VOLUNTEER, name="Vera Testhelper")
    people.keep_look(person, by=volunteer, where="introduction")
    page = desk.get(f"/desk/people/{person.pk}/looks/").content.decode()
    assert "Vera Testhelper" in page
    assert "the page of the volunteer who was introduced" in page
    assert f"{clock.local(clock.now()):%-d %B %Y}" in page


@pytest.mark.parametrize(
    ("role", "code"), [(Role.PARTNER, "partner"), (Role.COUNCIL_REFERRER, "council_referrer"), (Role.CARE_WORKER, "care_worker")]
)
def test_a_look_tells_the_role_of_whoever_looked(role, code):
    people.keep_look(factories.person(), by=factories.user(role), where="desk-person")
    assert Look.objects.get().by_role == code


# Found by a number


def test_a_number_leads_to_its_page(desk):
    ask = factories.ask()
    assert desk.post("/desk/search/", {"words": f"a-{ask.number}"})["Location"] == f"/desk/requests/{ask.pk}/"
    for words in ("V-999999", "Q-999999", "Z-101"):
        assert desk.post("/desk/search/", {"words": words}).status_code == 200


# A request


def test_the_form_for_a_request_asks_what_the_person_gives_and_makes_one(desk):
    person = factories.person(facts={"interests": ["chess"]}, can_give="Mends clocks")
    need = factories.need("shopping")
    page = desk.get(f"/desk/people/{person.pk}/ask/").content.decode()
    assert "Mends clocks" in page
    posted = {
        "need": need.pk,
        "activity": "shop-together",
        "often": "weekly",
        "minutes": "90",
        "when": ["0-am"],
        "urgency": "2",
        "wishes": "No hurry",
        "source": "family",
        "interests": "chess, trains",
        "can_give": "Mends clocks and radios",
        "once": hidden(page, "once"),
    }
    answers = [desk.post(f"/desk/people/{person.pk}/ask/", posted) for _ in range(2)]
    ask = Ask.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/desk/requests/{ask.pk}/"}
    person.refresh_from_db()
    assert (person.can_give, person.facts["interests"]) == ("Mends clocks and radios", ["chess", "trains"])
    assert (ask.activity, ask.often, ask.minutes, ask.windows, ask.source) == ("shop-together", "weekly", 90, [[0, 540, 720]], "family")


def test_a_request_is_withdrawn_on_its_page_once(desk):
    ask = factories.ask()
    assert "do not want" in desk.get(f"/desk/requests/{ask.pk}/withdraw/").content.decode()
    seen = asks.seen(ask)
    for _ in range(2):
        assert desk.post(f"/desk/requests/{ask.pk}/withdraw/", {"seen": seen})["Location"] == f"/desk/requests/{ask.pk}/"
    ask.refresh_from_db()
    assert ask.state == "withdrawn"
    assert Event.objects.of_kind("ask.withdrawn").count() == 1


def test_the_other_record_is_found_by_name_phone_or_number(desk):
    person, other = factories.person(name="Ada Example"), factories.person(name="Adelaide Sample", phone=LANDLINE, external_id="P-7")
    ask = factories.ask(other)
    address = f"/desk/people/{person.pk}/merge/"
    assert "Adelaide" not in desk.get(address).content.decode()
    for words in ("Sample", LANDLINE, "P-7", str(ask)):
        assert f"?other={other.pk}" in desk.post(address, {"do": "find", "words": words}).content.decode()
    assert "Nobody else" in desk.post(address, {"do": "find", "words": "Ada Example"}).content.decode()
    assert Look.objects.filter(person_id=other.pk, where="found").count() == 4


def test_two_who_share_a_home_are_said_so_on_the_form(desk):
    one, other = factories.person(address="1 Mill Lane"), factories.person(address="Mill House, 1 Mill Lane")
    for person in (one, other):
        form = as_shown(desk.get(f"/desk/people/{person.pk}/edit/").content)
        desk.post(f"/desk/people/{person.pk}/edit/", {**form, "household": " Mill House "})
        person.refresh_from_db()
    homes = {household_of(person.facts["household"]) for person in (one, other)}
    assert len(homes) == 1
    assert "Mill House" in desk.get(f"/desk/people/{one.pk}/").content.decode()


def test_every_place_at_which_a_look_is_kept_has_plain_words():
    named = set()
    for path in Path("matching").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "where" and isinstance(node.value, ast.Constant):
                named.add(node.value.value)
            if isinstance(node, ast.Assign) and "WHERE" in [getattr(each, "id", "") for each in node.targets]:
                named |= {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
    named = {each for each in named if " " not in each}
    assert {"desk-person", "account-requests", "care-visit"} <= named
    assert named - PLACES.keys() == set()
