import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import bench
from search.bench import Change, Comparison, Draft, Verdict
from search.needs_model import shipped
from search.needs_training import Figures, Phrase, golden
from search.phrase_rules import Voice, also_elsewhere, faults, lines_of, unheard
from search.phrasebook import Phrasebook, nearest
from search.understand import make_words
from search.vocabulary import NeedWords, compile_vocabulary
from tests.finding import ROOT, knowledge

FEW = golden()[::20]


def needs_as_shipped() -> list[NeedWords]:
    with (ROOT / "directory" / "data" / "needs.csv").open(encoding="utf-8", newline="") as file:
        return [
            NeedWords(row["slug"], row["name"], tuple(f"{row['resident_words']};{row['professional_words']}".split(";")))
            for row in csv.DictReader(file)
        ]


NEEDS = needs_as_shipped()
WORDS = knowledge()
SLUGS = [need.slug for need in NEEDS]
SAID = st.sampled_from(
    [phrase.text for phrase in FEW] + ["jibber jabber", "shopin", "chuffin kettle", "garden", "me knee", "", "marsden", "😀", "by myself"]
)


def compared(draft: Draft, asked: list[Phrase]) -> Comparison:
    return bench.compare(WORDS, bench.drafted(WORDS, NEEDS, draft), asked, bench.answers(asked, WORDS))


def test_a_new_phrase_is_understood_and_only_what_it_touches_changes():
    asked = [Phrase("the oojamaflip whatsit", ("holiday-support",)), Phrase("weekly shopping", ("shopping",))]
    found = compared(Draft("holiday-support", add=("oojamaflip whatsit",)), asked)
    assert [(change.asked, change.after[0], change.verdict) for change in found.changes] == [(asked[0], "holiday-support", Verdict.MENDED)]
    assert (found.before.first, found.after.first) == (0.5, 1.0)


def test_a_phrase_is_before_the_model_once_it_is_drafted_and_after_it_is_taken_away_as_it_was():
    text = "the oojamaflip whatsit"
    draft = Draft("bereavement-support", add=("oojamaflip whatsit",))
    after = bench.drafted(WORDS, NEEDS, draft)
    assert bench.read(text, after).needs[0].slug == "bereavement-support"
    with_it = [NeedWords(need.slug, need.name, (*need.phrases, *draft.add)) if need.slug == draft.need else need for need in NEEDS]
    back = bench.drafted(after, with_it, Draft(draft.need, take=("Oojamaflip  whatsit",)))
    assert back.vocabulary == WORDS.vocabulary
    assert bench.told(bench.read(text, back)) == bench.told(bench.read(text, WORDS))


@given(st.sampled_from(SLUGS), st.sampled_from(list(Voice)))
@settings(max_examples=5)
def test_an_empty_draft_changes_nothing(need, voice):
    found = compared(Draft(need, voice), FEW)
    assert found.changes == ()
    assert found.before == found.after
    assert Draft(need, voice).applied(("weekly shop",)) == ("weekly shop",)


@given(st.sampled_from(SLUGS), st.lists(SAID, max_size=3), st.integers(0, 40))
@settings(max_examples=25, deadline=None)
def test_what_a_draft_cannot_touch_reads_as_it_would_read_anew(need, add, taken):
    phrases = next(each.phrases for each in NEEDS if each.slug == need)
    draft = Draft(need, add=tuple(add), take=phrases[taken : taken + 2])
    after = bench.drafted(WORDS, NEEDS, draft)
    before = bench.answers(FEW, WORDS)
    found = bench.compare(WORDS, after, FEW, before)
    anew = bench.answers(FEW, after)
    assert {change.asked.text: change.after for change in found.changes} == {
        asked.text: answer for asked, answer, was in zip(FEW, anew, before, strict=True) if answer != was
    }


def test_a_new_spelling_reaches_a_slip_of_it():
    asked = [Phrase("oojamaflipp please", ("shopping",))]
    found = compared(Draft("shopping", add=("oojamaflip",)), asked)
    assert found.changes
    assert found.changes[0].after[0] == "shopping"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (("b", "a"), ("a",), Verdict.MENDED),
        ((), ("a",), Verdict.MENDED),
        (("a",), ("b", "a"), Verdict.BROKEN),
        (("a",), (), Verdict.BROKEN),
        (("b", "c", "a"), ("b", "a"), Verdict.HIGHER),
        (("b", "a"), ("b", "c"), Verdict.LOWER),
        (("a", "b"), ("a", "c"), Verdict.BESIDE),
    ],
)
def test_what_becomes_of_a_golden_query(before, after, verdict):
    assert Change(Phrase("q", ("a", "b")), before, after).verdict is verdict


def test_verdicts_are_counted():
    changes = (Change(Phrase("q", ("a",)), (), ("a",)), Change(Phrase("r", ("a",)), ("a",), ()))
    found = Comparison(Figures(0, 0, 0, 2), Figures(0, 0, 0, 2), changes)
    assert (found.count(Verdict.MENDED), found.count(Verdict.BROKEN), found.count(Verdict.LOWER)) == (1, 1, 0)
    assert bench.standard_error(0.5, 100) == pytest.approx(0.05)


def test_the_golden_set_is_read_by_the_words_given():
    found = bench.compare_golden(WORDS, bench.drafted(WORDS, NEEDS, Draft("shopping")))
    assert found.before.count == len(golden())
    assert found.before.first > 0.6
    none = make_words(WORDS.model, compile_vocabulary([]), WORDS.places, WORDS.lexicon)
    assert bench.compare_golden(none, none).before.first == 0


def test_why_names_the_sites_own_phrases_and_what_weighed_in_the_model():
    words = bench.drafted(WORDS, NEEDS, Draft("friendships", add=("jibber jabber", "jabber")))
    needs = [
        NeedWords(need.slug, need.name, (*need.phrases, "jibber jabber", "jabber")) if need.slug == "friendships" else need
        for need in NEEDS
    ]
    query = bench.read("nobody to jibber jabber with", words)
    first = bench.why(query, words, needs)[0]
    assert first.guess.slug == "friendships"
    assert first.phrases == ("jibber jabber",)
    assert first.reasons == tuple(shipped().reasons("nobody to jibber jabber with", "friendships"))


def test_the_reasons_are_those_of_the_words_that_the_model_read():
    query = bench.read("somebody to do my gardning", WORDS)
    assert query.corrected == "somebody to do my gardening"
    assert bench.why(query, WORDS, NEEDS)[0].reasons == tuple(shipped().reasons(query.q, query.needs[0].slug))


def test_the_model_says_which_words_and_pieces_weighed_most():
    reasons = shipped().reasons("mum cannot do her shopping", "shopping", most=4)
    assert reasons[0][0] == "shopping"
    assert len(reasons) == 4
    assert [weight for _, weight in reasons] == sorted((weight for _, weight in reasons), reverse=True)
    assert all(weight > 0 for _, weight in reasons)
    assert any("…" in plain for plain, _ in shipped().reasons("shopping", "shopping", most=20))
    assert shipped().reasons("", "shopping") == []
    with pytest.raises(ValueError, match="tuple"):
        shipped().reasons("shopping", "no-such-need")


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_anything_typed_has_reasons_or_none(text):
    query = bench.read(text, WORDS)
    assert len(bench.why(query, WORDS, NEEDS)) == len(bench.told(query))
    assert len(nearest(text)) <= 3


def test_the_nearest_phrases_share_the_rarest_words():
    book = Phrasebook([Phrase("weekly shop", ("shopping",)), Phrase("a weekly walk", ("mobility",)), Phrase("walk the dog", ("mobility",))])
    assert [phrase.text for phrase in book.nearest("walking our dog", most=2)] == ["walk the dog", "a weekly walk"]
    assert book.nearest("by myself") == []
    assert nearest("my fridge is empty")


def test_lines_become_phrases():
    assert lines_of(" Weekly  shop \r\n\nweekly shop\nWeekly shop!\nfood\tbank\n") == ("Weekly shop", "food bank")
    assert lines_of("\x00\n\u200b\n\u200d") == ()
    assert lines_of("می\u200cخواهم") == ("می\u200cخواهم",)
    assert Draft("shopping", add=("Food bank", "milk"), take=("weekly shop",)).applied(("Weekly Shop", "food bank")) == (
        "food bank",
        "milk",
    )


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("something for me", "small words"),
        ("looking after mum", "one word is left"),
        ("x" * 101, "longer than 100"),
        ("ring me on 01484 000 000", "telephone number"),
        ("+44 (0)1484-000000", "telephone number"),
        ("write to ann@example.org", "e-mail address"),
        ("😀", "small words"),
    ],
)
def test_what_may_not_be_kept_is_said_plainly(phrase, said):
    assert [fault for fault in faults([phrase]) if said in fault]
    assert faults([phrase], kept=[phrase]) == []


@pytest.mark.parametrize("phrase", ["weekly shop", "section 21", "24 7 care", "gp", "pip assessment 2026 2027"])
def test_what_people_say_may_be_kept(phrase):
    assert faults([phrase]) == []


def test_a_need_has_at_most_500_phrases_in_a_voice_and_many_faults_are_told_shortly():
    assert "500 is the most" in faults([f"phrase {number}" for number in range(501)])[0]
    assert faults([f"phrase {number}" for number in range(500)]) == []
    assert len(faults([f"a{number}@b.c" for number in range(50)])) == 11


def test_a_phrase_of_another_need_is_told():
    vocabulary = compile_vocabulary([NeedWords("shopping", "Shopping", ("food bank",)), NeedWords("cooking", "Cooking", ("Food banks",))])
    assert also_elsewhere(["food bank", "milk"], "shopping", vocabulary) == [("food bank", ("Cooking",))]
    assert also_elsewhere(["by"], "shopping", vocabulary) == []
    assert unheard(["by myself", "weekly shop"]) == ["by myself"]
