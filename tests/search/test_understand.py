from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import tokens
from search.offers import offers_help
from search.query import BadQuery, Query
from search.understand import understand
from search.vocabulary import NeedWords, compile_vocabulary
from search.wishes import wishes_in
from tests.finding import HD7, HD7_5AA, LS1, M8, MARSDEN, MARSH, SLAITHWAITE, knowledge

WORDS = knowledge()
# A Monday, three in the afternoon.
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
MINUTE = int(NOW.timestamp()) // 60


def read(text: str, **fields) -> Query:
    return understand(Query(q=text, **fields), WORDS, now=NOW)


def top(text: str) -> str:
    return read(text).needs[0].slug


def test_lonely_in_slawit_is_friendships_near_slaithwaite():
    found = read("lonely in Slawit")
    assert found.needs[0].slug == "friendships"
    assert found.place == SLAITHWAITE
    assert found.typed == ("lonely",)


@pytest.mark.parametrize(
    "text", ["marsden", "Marsden", "near Slawit", "HD7", "in Marsden tonight", "free in marsden", "what's on in Marsden", ""]
)
def test_a_place_alone_asks_for_everything_there(text):
    found = read(text)
    assert (found.needs, found.faint, found.words) == ((), (), ())


def test_small_words_may_say_a_need():
    assert top("going out") == "social-outings-and-events"
    assert read("going out in Marsden").needs


def test_shopping_near_a_postcode():
    found = read("shopping near hd7 5aa")
    assert [guess.slug for guess in found.needs] == ["shopping"]
    assert found.place == HD7_5AA


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a lift to the doctors from Marsden please", MARSDEN),
        ("MARSDEN gardening", MARSDEN),
        ("gardening hd7", HD7),
        ("walks round Marsh", MARSH),
        ("lunch marsden", MARSDEN),
        ("chemist hd7 4", HD7),
        ("I live in Marsden and my mum in Slawit needs a lift", SLAITHWAITE),
        ("a lift to Marsh from Slaithwaite", SLAITHWAITE),
        ("we moved here from Marsh and want a walking group round Marsden", MARSDEN),
        ("somewhere warm to sit, and " * 12 + "that is in Marsden", MARSDEN),
        ("gardening in m8", M8),
        ("M8", M8),
        ("LS1 gardening", LS1),
        ("s42 neglect enquiry, pt in HD7", HD7),
        ("food bank 4 my m8", None),
        ("s42 neglect enquiry", None),
        ("gardening near me", None),
        ("gardening", None),
    ],
)
def test_the_place_stands_anywhere_in_the_sentence(text, place):
    assert read(text).place == place


def test_a_name_that_is_an_everyday_word_needs_a_sign_that_it_is_a_place():
    words = replace(WORDS, vocabulary=compile_vocabulary([NeedWords("a", "Alpha", ("marsh",))]))
    assert understand(Query(q="marsh"), words, now=NOW).place is None
    assert understand(Query(q="lunch in marsh"), words, now=NOW).place == MARSH
    assert understand(Query(q="lunch Marsh"), words, now=NOW).place == MARSH


def test_a_place_given_by_itself_goes_before_one_in_the_sentence():
    found = read("gardening in Slawit", place_text="Marsden")
    assert found.place == MARSDEN
    assert "slawit" in found.words


def test_numbers_go_before_the_name_of_the_place():
    found = read("gardening", place_text="Marsden", lat=53.7, lon=-1.8)
    assert found.place.name == "Marsden"
    assert (found.place.kind, found.place.lat) == ("point", 53.7)


def test_a_place_that_nobody_knows_is_said_plainly():
    with pytest.raises(BadQuery) as caught:
        read("gardening", place_text="Atlantis")
    assert "Atlantis" in caught.value.errors["place"][0]


def test_misspelt_words_are_repaired_and_shown():
    found = read("Befreinding in Slaithwate")
    assert found.corrected == "befriending in slaithwaite"
    assert found.needs[0].slug == "friendships"
    assert found.place == SLAITHWAITE
    assert read("befriending").corrected == ""


def test_a_word_of_the_listings_is_never_repaired():
    assert read("befreinding").corrected == "befriending"
    known = knowledge({"befreinding": 1})
    assert understand(Query(q="befreinding"), known, now=NOW).corrected == ""


def test_a_word_of_the_listings_repairs_a_slip():
    assert understand(Query(q="zumbathn"), knowledge({"zumbathon": 2}), now=NOW).corrected == "zumbathon"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("mum can't manage the shopping any more, Marsden", "shopping"),
        ("since my wife died", "bereavement-support"),
        ("who can cut the grass", "garden-maintenance"),
        ("continence pads", "continence-support"),
        ("digital inclusion", "using-it"),
        ("carer needs a break", "sitting-service"),
    ],
)
def test_everyday_and_professional_words_lead_to_their_need(text, slug):
    assert top(text) == slug


def test_words_that_say_nothing_are_not_given_a_need():
    assert read("xylophone quux").needs == ()
    assert read("").needs == ()


@given(st.text(max_size=300))
def test_any_text_is_understood_within_bounds(text):
    found = read(text)
    assert all(0.1 <= guess.confidence <= 1 for guess in found.needs)
    assert [guess.confidence for guess in found.needs] == sorted((guess.confidence for guess in found.needs), reverse=True)
    assert len(found.words) == len(found.typed)
    assert len(found.needs) <= 4
    typed = tokens.split(text)
    assert all(0 <= wish.start < wish.end <= len(typed) for wish in wishes_in(typed))
    assert offers_help(typed) in (True, False)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("someone to cut my hair at home", "mode", ("home",)),
        ("a hairdresser who comes to the house", "mode", ("home",)),
        ("a chat over the phone", "mode", ("phone",)),
        ("an online yoga class", "mode", ("online",)),
        ("mobile hairdresser", "mode", ("home",)),
        ("someone to come and wash my husband", "mode", ("home",)),
        ("who could pop round and mend the gate", "mode", ("home",)),
        ("hot food brought to my mother's house", "mode", ("home",)),
        ("counselling, telephone ok", "mode", ("phone",)),
        ("a class that's free and warm", "free", True),
        ("lunch club free Thursday", "free", True),
        ("she has gone back to Gujarati", "language", "gujarati"),
        ("dementia cafe", "who", "dementia"),
        ("a holiday for somebody living with Parkinson's", "who", "parkinsons"),
        ("gardener for a pensioner", "who", "older people"),
        ("ladies only swimming", "who", "women"),
        ("counsellor for my son, he is 9", "who", "9"),
        ("is there a walk on a Friday that my father could manage, he gets about with a stick and likes hills", "open", "FR"),
        ("dementia cafe Tuesday or Thursday", "days", ("TU", "TH")),
        ("walks Monday, Wednesday and Friday mornings", "days", ("MO", "WE", "FR")),
        ("a free bus to the shops", "free", True),
        ("meet other young carers online", "mode", ("online",)),
        ("meet other young carers", "who", "carers"),
        ("help on weekdays", "days", ("MO", "TU", "WE", "TH", "FR")),
        ("a carer's break", "who", "carers"),
        ("free lunch club", "free", True),
        ("free lunch club in Punjabi", "language", "punjabi"),
        ("Urdu speaking counsellor", "language", "urdu"),
        ("BSL users' coffee morning", "language", "bsl"),
        ("wheelchair friendly cafe", "access", ("wheelchair",)),
        ("a cafe with a hearing loop and parking", "access", ("hearing_loop", "parking")),
        ("swimming on Tuesdays", "open", "TU"),
        ("anything on now", "open", "now"),
        ("mum is 82 and lonely", "who", "82"),
        ("my father is eighty-two", "who", "82"),
        ("a men's group", "who", "men"),
        ("walks within 3 miles of Marsden", "radius", 3.0),
    ],
)
def test_a_sentence_wishes_what_a_filter_would(text, field, value):
    found = read(text)
    assert getattr(found, field) == value
    field = "open" if field == "days" else field
    assert field in {wish.field for wish in found.wishes}


@pytest.mark.parametrize(
    "text",
    [
        "sugar free recipes",
        "a lunch club within 0 miles of Marsden",
        "mum is at home all day on her own",
        "my wheelchair is broken",
        "a free bus pass",
        "my Polish neighbour",
        "we have no money for food",
        "I am free most of the week",
        "nobody came today",
        "they want her to leave, who helps people stop in their own flats",
        "someone to come and take me to bingo",
        "please not a helpline",
        "a parking badge",
        "hospital at home",
        "a Sunday roast",
        "they rang on Thursday to say that they could not come after all and I have heard nothing more of it",
        "nobody has rung since Saturday",
        "I have time free",
        "I am on the phone to the gas people every day",
        "my granddad died on the Friday and I have not slept since and the house is so quiet that I hear the clock",
    ],
)
def test_what_only_sounds_like_a_wish_is_none(text):
    assert read(text).wishes == ()


def test_tonight_is_the_evening_of_this_day():
    found = read("somewhere warm tonight")
    assert found.during == (MINUTE + 2 * 60, MINUTE + 9 * 60)
    assert (found.open, found.days) == ("", ())
    assert read("somewhere warm tomorrow").during == (MINUTE + 9 * 60, MINUTE + 33 * 60)
    assert read("somewhere warm at the weekend").days == ("SA", "SU")


def test_a_wish_leaves_the_words_and_may_be_taken_off():
    found = read("free lunch club tonight")
    assert found.typed == ("lunch", "club")
    assert found.wished == {"free", "open"}
    off = read("free lunch club tonight", off=("free", "open:tonight"))
    assert (off.free, off.during, off.wishes) == (False, None, ())


def test_a_filter_of_its_own_goes_before_one_in_the_sentence():
    found = read("a class on Tuesdays", open="FR")
    assert (found.open, found.wishes) == ("FR", ())


def test_every_part_can_be_taken_off():
    assert read("lonely in Marsden", off=("place",)).place is None
    assert "friendships" not in {guess.slug for guess in read("lonely", off=("need:friendships",)).needs}
    assert read("Befreinding", off=("spelling",)).corrected == ""
    assert read("I could drive someone to hospital", off=("offer",)).offer is False
    without = read("lonely", off=("words",))
    assert (without.words, without.typed, without.needs[0].slug) == ((), (), "friendships")


@pytest.mark.parametrize(
    "text",
    [
        "I could drive someone to hospital",
        "how do I volunteer",
        "happy to sit with anyone who is lonely",
        "I'd like to give something back",
        "my dog is good with old people, would anybody like us to call",
        "got a couple of hours spare on Tuesdays to visit someone",
    ],
)
def test_an_offer_of_help_is_seen(text):
    assert read(text).offer


@pytest.mark.parametrize(
    "text",
    [
        "could do with a lift to hospital",
        "can someone drive me to hospital",
        "is there a volunteer who could take mum shopping",
        "I want someone to visit my dad",
        "lift to the clinic",
        "I shan't be able to drive home",
        "I want to be in a room with people who know",
        "I'd like to talk to somebody",
    ],
)
def test_a_plea_for_help_is_no_offer(text):
    assert not read(text).offer


def test_two_needs_in_one_sentence_are_both_seen():
    found = {guess.slug for guess in read("mum needs her tablets sorting and someone to do the garden").needs}
    assert {"medication", "garden-maintenance"} <= found


def test_where_it_is_not_sure_there_are_readings_to_choose_from():
    assert not read("continence pads").unsure
    unsure = read("someone for my mother")
    assert unsure.unsure
    assert unsure.needs[0].confidence < 0.5
    assert len(unsure.needs) + len(unsure.faint) >= 2


def test_staff_words_lead_to_their_need():
    own = compile_vocabulary([NeedWords("shopping", "Shopping", ("fettle the pantry", "plutterings")), NeedWords("cooking", "Cooking")])
    words = replace(WORDS, vocabulary=own)
    for text in ("please fettle the pantry for her before the snow comes", "plutterings", "any plutterings going"):
        assert understand(Query(q=text), words, now=NOW).needs[0].slug == "shopping"


def test_a_phrase_of_two_needs_is_surer_of_neither():
    alone = compile_vocabulary([NeedWords("a", "Alpha", ("lunch club",)), NeedWords("b", "Beta")])
    shared = compile_vocabulary([NeedWords("a", "Alpha", ("lunch club",)), NeedWords("b", "Beta", ("lunch clubs",))])
    stems = ["lunch", "club"]
    assert shared.read(stems).confidence["a"] < alone.read(stems).confidence["a"]
    assert shared.read(stems).confidence["a"] == shared.read(stems).confidence["b"]


def test_the_longest_phrase_counts():
    vocabulary = compile_vocabulary([NeedWords("a", "Alpha", ("garden",)), NeedWords("b", "Beta", ("garden party",))])
    assert set(vocabulary.read(["garden"]).confidence) == {"a"}
    assert set(vocabulary.read(["garden", "parti"]).confidence) == {"b"}


def test_a_single_word_of_a_longer_sentence_counts_only_where_nobody_else_knows_it():
    vocabulary = compile_vocabulary([NeedWords("a", "Alpha", ("flitting",))])
    stems = tokens.tokens("flitting next week")
    assert vocabulary.read(stems).confidence == {}
    assert set(vocabulary.read(stems, unknown=lambda stem: True).confidence) == {"a"}


def test_a_need_that_is_denied_is_not_the_one_that_is_read():
    assert top("I don't want counselling, I want a gardener") == "garden-maintenance"
    assert top("counselling") == "emotional-wellbeing"


def test_three_readings_are_told_however_sure_the_first_is():
    found = read("my tablets come in a muddle")
    assert found.needs[0].slug == "medication"
    assert len(found.needs) + len(found.faint) >= 3


def test_of_a_long_story_every_word_is_read_but_only_the_first_are_searched_for():
    found = read(" ".join(f"word{number}" for number in range(50)) + " in Marsden, over the phone")
    assert found.place == MARSDEN
    assert found.mode == ("phone",)
    assert len(found.words) == tokens.QUERY_TOKENS_MAX
