"""What must always hold of a pair, whatever the facts."""

from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import (
    ActivityRule,
    AskFacts,
    ByVolunteers,
    Code,
    Level,
    PersonFacts,
    Regulated,
    Status,
    VolunteerFacts,
    Window,
    nearest_miss,
)
from tests.matching.eligibility.drawn import home, rules, unknown_too, yes_no
from tests.matching.feasible import ON, TIGHTER, changed, codes, pair
from tests.matching.one_by_one import Pair

few_words = st.frozensets(st.sampled_from(["cat", "dog", "bird"]), max_size=2)
few_languages = st.frozensets(st.sampled_from(["en", "pa", "ur", "bfi"]), max_size=2)
window = st.builds(
    lambda day, start, length: Window(day, start, start + length),
    st.integers(0, 1),
    st.sampled_from([540, 600, 660]),
    st.sampled_from([30, 60]),
)
some_windows = st.lists(window, max_size=3).map(tuple)
position = st.one_of(st.none(), st.sampled_from([53.6, 53.61, 53.65]))
level = st.sampled_from(Level)

asks = st.builds(
    AskFacts,
    id=st.just("ask"),
    person=st.just("person"),
    activity=st.just("befriend"),
    minutes=st.sampled_from([30, 60, 90]),
    windows=some_windows,
    regular=yes_no,
    gender_required=st.sampled_from([None, "woman", "man"]),
    two_visitors=yes_no,
    consent=yes_no,
    remote=yes_no,
)
people = st.builds(
    PersonFacts,
    id=st.just("person"),
    lat=position,
    lon=st.just(-1.9),
    household=home,
    door=home,
    languages=few_languages,
    animals=few_words,
    smoker=unknown_too,
    blocked_volunteers=st.frozensets(st.sampled_from(["volunteer", "other"]), max_size=1),
    receives_care=unknown_too,
    needs_help_because=unknown_too,
)
volunteers = st.builds(
    VolunteerFacts,
    id=st.just("volunteer"),
    lat=position,
    lon=st.just(-1.9),
    household=home,
    door=home,
    status=st.sampled_from(Status),
    age=st.sampled_from([None, 16, 17, 18, 70]),
    gender=st.sampled_from([None, "woman", "man"]),
    languages=few_languages,
    allergies=few_words,
    avoids_smoke=yes_no,
    visits_in_pair=yes_no,
    has_car=yes_no,
    car_insurance_ok=yes_no,
    max_km=st.sampled_from([None, 0, 2, 10]),
    windows=some_windows,
    capacity=st.integers(0, 3),
    active_matches=st.integers(0, 3),
    activities=st.frozensets(st.sampled_from(["befriend", "other"]), max_size=2),
    trained_for=st.frozensets(st.sampled_from(["befriend", "other"]), max_size=2),
    dbs=level,
    dbs_review_due=st.one_of(st.none(), st.sampled_from([ON - timedelta(days=1), ON, ON + timedelta(days=1)])),
    related_to=st.frozensets(st.sampled_from(["person", "other"]), max_size=1),
    blocked_people=st.frozensets(st.sampled_from(["person", "other"]), max_size=1),
)
pairs = st.builds(Pair, asks, people, volunteers, rules, st.just(ON))

SETTINGS = settings(max_examples=100, deadline=None)


@SETTINGS
@given(pairs)
def test_the_codes_are_told_once_and_in_their_order(one):
    found = codes(one)

    assert list(found) == [code for code in Code if code in found]
    assert codes(one) == found


@SETTINGS
@given(pairs, st.sampled_from(TIGHTER))
def test_tightening_one_thing_never_makes_a_pair_feasible_and_adds_only_its_own_code(one, tightening):
    code, tighter = tightening
    before = codes(one)
    # Tightened from what this very pair has, where the table's value might loosen it (a smaller limit, fewer windows).
    after = codes(changed(one, **{name: _tighter(getattr(one, name), facts) for name, facts in tighter.items()}))

    assert set(after) >= set(before) - {code}
    assert set(after) - set(before) <= {code}
    assert after or not before


def _tighter(facts, change):
    """The change, where it is at least as tight as what is there already; otherwise what is there."""
    return {name: value if _is_tighter(name, getattr(facts, name), value) else getattr(facts, name) for name, value in change.items()}


def _is_tighter(name, was, becomes):
    """Only changes that tighten whatever the other facts are; words that may match elsewhere are left out."""
    always = {
        "consent": False,
        "confirmed": False,
        "visits_in_pair": False,
        "has_car": False,
        "car_insurance_ok": False,
        "avoids_smoke": True,
    }
    if name in always:
        return becomes is always[name]
    if name in ("related_to", "blocked_people", "blocked_volunteers", "allergies"):
        return becomes >= was
    if name in ("trained_for", "activities", "languages"):
        return becomes <= was
    if name == "dbs":
        return was.meets(becomes)
    if name in ("max_km", "capacity"):
        return was is not None and (becomes is None or becomes <= was)
    if name in ("active_matches", "minutes"):
        return becomes >= was
    if name == "windows":
        return becomes == ()
    if name == "volunteer":
        return becomes == ByVolunteers.NO and was != ByVolunteers.TRAINED
    if name == "regulated_activity":
        return becomes == Regulated.HEALTH_CARE
    if name == "dbs_review_due":
        return was is None or becomes <= was
    if name == "gender":
        return becomes is None
    return name in ("status", "age", "lat", "lon", "cqc_personal_care")


@SETTINGS
@given(pairs)
def test_the_names_of_ids_change_nothing(one):
    def renamed(word):
        return {"person": "p-0001", "volunteer": "v-0001", "ask": "a-0001"}.get(word, word)

    other = Pair(
        replace(one.ask, id=renamed(one.ask.id), person=renamed(one.ask.person)),
        replace(one.person, id=renamed(one.person.id), blocked_volunteers=frozenset(map(renamed, one.person.blocked_volunteers))),
        replace(
            one.volunteer,
            id=renamed(one.volunteer.id),
            related_to=frozenset(map(renamed, one.volunteer.related_to)),
            blocked_people=frozenset(map(renamed, one.volunteer.blocked_people)),
        ),
        one.rule,
        one.on,
    )

    assert codes(other) == codes(one)


@SETTINGS
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_windows_changes_nothing(one, random):
    asked, free = list(one.ask.windows), list(one.volunteer.windows)
    random.shuffle(asked)
    random.shuffle(free)

    assert codes(changed(one, ask={"windows": tuple(asked)}, volunteer={"windows": tuple(free)})) == codes(one)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(Code), max_size=3, unique=True).map(tuple), max_size=8), st.randoms(use_true_random=False))
def test_no_other_code_dropped_opens_more_than_the_nearest_miss(refused, random):
    def opened(code):
        return sum(1 for some in refused if some and set(some) == {code})

    nearest = nearest_miss(refused)
    shuffled = list(refused)
    random.shuffle(shuffled)

    assert nearest_miss(shuffled) is nearest
    if nearest is None:
        assert not any(opened(code) for code in Code)
    else:
        assert opened(nearest) > 0
        assert opened(nearest) == max(opened(code) for code in Code)
        assert all(opened(code) < opened(nearest) for code in Code if Code.values.index(code) < Code.values.index(nearest))


@SETTINGS
@given(st.frozensets(st.sampled_from(range(len(TIGHTER))), max_size=5))
def test_a_refused_pair_has_a_code_for_everything_against_it_and_an_allowed_one_none(chosen):
    one = pair()
    expected = set()
    touched = set()
    for number in sorted(chosen):
        code, tighter = TIGHTER[number]
        names = {(part, name) for part, facts in tighter.items() for name in facts}
        if names & touched or touched & _LINKED.get(code, set()):
            continue  # the later one would take the earlier one back
        touched |= names
        expected.add(code)
        one = changed(one, **tighter)

    assert set(codes(one)) == expected


# Changes of one code's facts that would undo another change of the same code.
_LINKED = {
    Code.ALLERGY: {("person", "animals"), ("volunteer", "allergies")},
    Code.LANGUAGE: {("person", "languages"), ("volunteer", "languages")},
    Code.GENDER: {("ask", "gender_required"), ("volunteer", "gender")},
    Code.TRAINING_MISSING: {("rule", "volunteer")},
    Code.VOLUNTEER_NOT_ALLOWED: {("volunteer", "trained_for")},
}


def test_the_facts_hold_nothing_that_must_not_count():
    known = {field.name for kind in (AskFacts, PersonFacts, VolunteerFacts, ActivityRule) for field in fields(kind)}

    assert known.isdisjoint({"name", "address", "phone", "email", "ethnicity", "faith", "religion", "disability", "sex", "date_of_birth"})


def test_a_day_later_only_the_recheck_can_change():
    one = pair()
    later = replace(one, on=date(2026, 11, 24))

    assert codes(one) == ()
    assert codes(later) == (Code.DBS_OUT_OF_DATE,)
