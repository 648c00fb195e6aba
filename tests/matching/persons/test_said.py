"""What means the same in other words is one word, from whichever door it came: the wish of one meets what the other is."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from matching.eligibility import Code
from matching.models import Ask
from matching.people import correct_person
from matching.persons.said import GENDERS, gender_of, languages_of
from matching.suggesting.facts import codes_against, person_facts
from matching.suggesting.living import forget, living
from matching.views.requests.forms import AskForm
from matching.views.volunteers.record_form import RecordForm
from matching.volunteers import correct_volunteer
from tests import factories


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Female", "woman"),
        (" F ", "woman"),
        ("Woman", "woman"),
        ("MALE", "man"),
        ("m", "man"),
        ("Non-binary", "another"),
        ("Prefer not to say", ""),
        ("Genderqueer", "genderqueer"),
    ],
)
def test_one_gender_in_other_words(said, meant):
    assert gender_of(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["British Sign Language"], ["bsl"]),
        (["BSL", "British Sign Language (BSL)", "sign language"], ["bsl"]),
        (["English and Panjabi"], ["english", "punjabi"]),
        (["en; ur / Persian"], ["english", "farsi", "urdu"]),
        (["Scottish Gaelic"], ["scottish gaelic"]),
        (["اردو"], ["اردو"]),
        ([" ", ""], []),
    ],
)
def test_one_language_in_other_words(said, meant):
    assert languages_of(said) == meant


@given(st.lists(st.text(max_size=20), max_size=4))
def test_what_is_in_one_word_stays(said):
    assert languages_of(languages_of(said)) == languages_of(said)
    assert all(gender_of(gender_of(word)) == gender_of(word) for word in said)
    assert {gender_of(code) for code in GENDERS} == set(GENDERS)


@pytest.mark.django_db
def test_the_wish_of_one_meets_what_the_other_is(db):
    by = factories.coordinator()
    volunteer = factories.volunteer(languages=["British Sign Language"], facts={"gender": "Female"})
    person = factories.person(facts={"languages": ["BSL"]})
    assert (volunteer.facts["gender"], volunteer.languages) == ("woman", ["bsl"])
    assert person_facts(person).languages == {"bsl"}
    volunteer = correct_volunteer(volunteer, by=by, facts={"gender": "m"}, languages=["English, bfi"])
    person = correct_person(person, by=by, facts={"languages": ["sign language", "English"]})
    assert (volunteer.facts["gender"], volunteer.languages) == ("man", ["bsl", "english"])
    assert person.facts["languages"] == ["bsl", "english"]
    assert factories.ask(person, gender_required="Female").gender_required == "woman"


@pytest.mark.django_db
def test_rows_from_before_in_other_words_mean_the_same():
    by = factories.coordinator()
    volunteer = factories.volunteer("befriend-at-home", level="none", languages=["urdu"])
    person = factories.person(facts={"languages": ["urdu"]})
    ask = factories.ask(person, need_="friendships", activity="befriend-at-home")
    volunteer.facts, volunteer.languages = {**volunteer.facts, "gender": "FEMALE"}, ["British Sign Language"]
    volunteer.save()
    person.facts = {**person.facts, "languages": ["BSL"]}
    person.save()
    ask.gender_required = "Lady"
    ask.save()
    ask = Ask.objects.get(pk=ask.pk)
    forget()
    assert not {Code.GENDER, Code.LANGUAGE} & set(codes_against(ask, volunteer))
    [row] = living().columns.ids.tolist()
    assert row == str(volunteer.pk)
    assert living().columns.gender.equal("woman").all()
    assert living().columns.languages.having(frozenset({"bsl"})).all()
    # What reads another word tells it in ours, and keeps it when a form is saved.
    assert RecordForm(volunteer=volunteer).initial["gender"] == "woman"
    assert AskForm.as_written(ask)["gender_required"] == "woman"
    client = Client()
    client.force_login(by)
    assert "Woman" in client.get(f"/desk/volunteers/{volunteer.pk}/").content.decode()


@pytest.mark.django_db
def test_the_form_offers_a_list_and_keeps_a_word_from_before(client):
    by = factories.coordinator()
    client.force_login(by)
    volunteer = factories.volunteer(facts={"gender": "Genderqueer"})
    page = client.get(f"/desk/volunteers/{volunteer.pk}/edit/").content.decode()
    assert '<option value="woman">Woman</option>' in page
    assert '<option value="genderqueer" selected>Genderqueer</option>' in page
    assert "gender" not in correct_volunteer(volunteer, by=by, facts={"gender": "prefer not to say"}).facts
