"""How somebody is reached: by code, never by voice where they sign, and told on every screen that names them."""

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from directory.journal.models import Event
from matching import matches, people, referrals
from matching.models import FamilyLink, Person
from matching.persons.contacts import WISHES, Way, clean_contact, how_to_reach, is_mobile
from matching.persons.home_facts import home_lines, tells_a_key_code
from matching.persons.needs import Voice, communication_needs
from matching.referring.sharing import shared_person
from matching.states import MatchState
from tests import factories

LANDLINE, MOBILE = "01484 496001", "07700 900201"
SIGNS = sorted(code for code, need in communication_needs().items() if need.voice == Voice.NO)


def somebody(**fields) -> Person:
    values = {"name": "Ada Example", "phone": LANDLINE, "address": "1 Example Row", "postcode": "HD7 5AA", **fields}
    return Person(**values)


def test_every_code_has_words_for_the_desk_and_for_whoever_meets_them():
    assert len(communication_needs()) > 15
    assert all(need.label and need.means for need in communication_needs().values())
    assert {"bsl", "deafblind", "lip-reading"} <= set(SIGNS)


@pytest.mark.parametrize(
    ("fields", "way"),
    [
        ({}, Way.CALL),
        ({"contact": {"by": "letter"}}, Way.LETTER),
        ({"contact": {"by": "text"}, "phone": MOBILE}, Way.TEXT),
        ({"contact": {"by": "text"}}, Way.CALL),
        ({"contact": {"codes": ["text-relay"]}}, Way.RELAY),
        ({"contact": {"codes": ["bsl"]}}, Way.LETTER),
        ({"contact": {"codes": ["bsl"], "by": "call"}, "phone": MOBILE}, Way.TEXT),
        ({"contact": {"codes": ["email"]}, "email": "ada@example.org"}, Way.EMAIL),
        ({"contact": {"codes": ["audio"]}, "phone": ""}, Way.VISIT),
        ({"phone": "", "address": ""}, Way.NONE),
        ({"do_not_contact": True}, Way.NONE),
    ],
)
def test_one_way_is_told_from_what_is_written_down(fields, way):
    assert how_to_reach(somebody(**fields)).way == way


def test_a_wish_that_cannot_be_met_is_told():
    assert "asked for a text message" in " ".join(how_to_reach(somebody(contact={"by": "text"})).warnings)
    assert how_to_reach(somebody(contact={"codes": ["text-relay"], "by": "call"})).warnings[0].startswith("Nobody has asked about messages")


def test_of_who_is_not_to_be_contacted_stands_there_how_to_understand_them_and_no_way_to_reach_them():
    quiet = somebody(contact={"codes": ["bsl"]}, do_not_contact=True, safe_contact="Ring at noon.")
    page = render_to_string("matching/includes/needs_of_contact.html", {"person": quiet})
    assert "British Sign Language" in page
    assert "How to reach" not in page
    assert "Ring at noon" not in page
    assert "card" not in render_to_string("matching/includes/needs_of_contact.html", {"person": somebody(do_not_contact=True)})


def test_letters_are_made_as_they_are_needed_and_never_in_print_for_whoever_listens():
    assert "large print, braille" in how_to_reach(somebody(contact={"codes": ["large-print", "braille"], "by": "letter"})).words
    assert Way.LETTER not in how_to_reach(somebody(contact={"codes": ["audio"]})).ways


@given(
    codes=st.lists(st.sampled_from(sorted(communication_needs())), max_size=6),
    wish=st.sampled_from(["", *WISHES]),
    phone=st.sampled_from(["", LANDLINE, MOBILE]),
    email=st.sampled_from(["", "ada@example.org"]),
)
def test_whoever_signs_lip_reads_or_is_deafblind_is_never_rung(codes, wish, phone, email):
    person = somebody(contact={"codes": codes, "by": wish}, phone=phone, email=email)
    told = how_to_reach(person)
    assert told.way in (*told.ways, Way.NONE)
    if set(codes) & set(SIGNS):
        page = render_to_string("matching/includes/phone.html", {"person": person})
        assert not {Way.CALL, Way.RELAY} & set(told.ways)
        assert not told.words.startswith("Ring")
        assert "tel:" not in page
        assert any(line.startswith("Never by voice") for line in told.warnings)


@pytest.mark.parametrize(
    ("number", "yes"), [("07700 900201", True), ("+44 7911 123456", True), (LANDLINE, False), ("", False), ("x", False)]
)
def test_a_text_message_goes_to_a_mobile_only(number, yes):
    assert is_mobile(number) is yes


def test_what_is_not_known_about_messages_counts_as_no():
    assert "leave none" in " ".join(how_to_reach(somebody()).warnings)
    assert "Leave no message." in how_to_reach(somebody(contact={"voicemail": False})).warnings
    facts = how_to_reach(somebody(contact={"voicemail": True, "may_answer": "person", "times": ["morning", "evening"]})).warnings
    assert facts == (
        "A message on voicemail is fine.",
        "Only the person: say nothing to anybody else.",
        "Best in the mornings or evenings.",
    )


@pytest.mark.parametrize(
    "contact", [{"codes": ["telepathy"]}, {"codes": "bsl"}, {"by": "pigeon"}, {"voicemail": "yes"}, {"phone": "1"}, {"language": "x" * 99}]
)
def test_what_is_no_code_of_ours_is_refused(contact):
    with pytest.raises(ValidationError):
        clean_contact(contact)


def test_codes_are_kept_once_and_in_one_order():
    assert clean_contact({"codes": ["easy-read", "large-print", "easy-read"], "by": "", "voicemail": None}) == {
        "codes": ["large-print", "easy-read"]
    }


def test_a_home_tells_a_visitor_what_matters_and_never_the_code_of_a_key_safe():
    facts = {"steps": True, "oxygen": True, "smoker": False, "animals": ["dogs"], "home_words": "Use the back door."}
    assert home_lines(facts) == (
        "There are steps to the door.",
        "Oxygen is used there: no smoking and no flame.",
        "Animals there: dogs.",
        "Use the back door.",
    )
    assert "Oxygen" not in " ".join(home_lines(facts, inside=False))


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("The key safe is 4711", True),
        ("Keysafe by the door, code: 0815", True),
        ("4711 opens the key safe", True),
        ("There is a key safe. Ring 01484 496000 first", False),
        ("Key safe by the door", False),
        ("Lives at number 4711", False),
    ],
)
def test_the_code_of_a_key_safe_is_known_when_it_is_written(text, yes):
    assert tells_a_key_code(text) is yes


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"notes": "Key safe code 4711"}, {"facts": {"home_words": "key safe 4711"}}, {"safe_contact": "door code 99887"}]
)
def test_the_code_of_a_key_safe_is_refused_wherever_it_is_written(fields):
    with pytest.raises(ValidationError):
        factories.person(**fields)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_who_cannot_be_reached_is_asked_for_at_the_main_contact_who_is_told_no_more():
    person = factories.person(contact={"codes": ["bsl"]}, phone=LANDLINE, address="")
    FamilyLink.objects.create(person=person, name="Bea Example", phone=MOBILE, is_main=True)
    told = how_to_reach(person)
    assert told.way == Way.MAIN_CONTACT
    assert MOBILE in told.words
    assert "no more than" in " ".join(told.warnings)


@pytest.mark.django_db
def test_needs_go_with_the_referral_and_with_the_introduction(offer_in):
    contact = {"codes": ["large-print"], "voicemail": False}
    match = offer_in(MatchState.ACCEPTED, person_=factories.person(contact=contact, facts={"steps": True}))
    by = factories.coordinator()
    match = matches.introduce(match, by=by)
    shown = matches.introduction(match, by=match.volunteer.user)
    assert shown.contact == contact
    assert shown.home == ("There are steps to the door.",)

    group = factories.organisation(vetted=True)
    ask = factories.ask(factories.person(contact=contact))
    referral = referrals.send(referrals.prepare(ask, by=by, service=factories.service(organisation_=group)), by=by)
    passed = shared_person(referral, by=factories.partner(group), where="partner-referral")
    assert passed is not None
    assert passed.contact == contact


@pytest.mark.django_db
def test_the_volunteers_page_and_the_groups_page_show_the_needs(client, offer_in):
    contact = {"codes": ["bsl", "interpreter"], "language": "Polish"}
    match = offer_in(MatchState.ACCEPTED, person_=factories.person(contact=contact, phone=LANDLINE))
    matches.introduce(match, by=factories.coordinator())
    client.force_login(match.volunteer.user)
    page = client.get("/volunteer/").content.decode()
    assert "British Sign Language" in page
    assert "Polish" in page
    assert f"tel:{LANDLINE.replace(' ', '')}" not in page


@pytest.mark.django_db
def test_the_journal_tells_that_the_contact_changed_and_not_how():
    person = people.correct_person(factories.person(), by=factories.coordinator(), contact={"codes": ["bsl"]})
    assert Event.objects.about(person).of_kind("person.corrected").get().codes == {"fields": ["contact"]}
