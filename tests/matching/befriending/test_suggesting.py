"""Small groups: three to eight who share an interest and a time and are near each other; the same for the same people."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.befriending.company import GROUPABLE
from matching.befriending.suggesting import FEWEST, MOST, NEAR_KM, Wish, suggest_groups, suggestion_of
from matching.eligibility import Window
from matching.eligibility.distance import km_between
from matching.windows import DAY
from tests import factories

TUESDAY = Window(1, 14 * 60, 16 * 60)


def wish(number: int, **fields: object) -> Wish:
    known = {"interests": frozenset({"chess"}), "windows": (TUESDAY,), "lat": factories.HOME[0], "lon": factories.HOME[1]}
    made = {"languages": frozenset({"english"}), "activity": "befriend-at-home", **known, **fields}
    return Wish(id=f"ask-{number}", number=number, person=str(made.pop("person", f"person-{number}")), **made)


def test_three_who_like_the_same_at_the_same_time_nearby_are_a_group():
    [group] = suggest_groups([wish(1), wish(2), wish(3, windows=())])
    assert [each.number for each in group.members] == [1, 2, 3]
    assert (group.interest, group.windows, group.minutes) == ("chess", (TUESDAY,), 60)


def test_what_keeps_people_from_being_a_group():
    for other in (
        wish(3, interests=frozenset({"reading"})),
        wish(3, windows=(Window(2, 14 * 60, 16 * 60),)),
        wish(3, windows=(Window(1, 15 * 60 + 30, 18 * 60),)),
        wish(3, minutes=180),
        wish(3, lat=factories.HOME[0] + 0.1),
        wish(3, lat=None),
        wish(3, languages=frozenset({"urdu"})),
        wish(3, person="person-1"),
        wish(3, activity="befriend-by-phone", remote=True),
    ):
        assert suggest_groups([wish(1), wish(2), other]) == []
    assert suggest_groups([wish(1), wish(2, homes=frozenset({"one"})), wish(3, homes=frozenset({"one", "two"}))]) == []


def test_one_language_for_all_and_not_one_for_each_two():
    spoken = [{"english", "urdu"}, {"urdu", "punjabi"}, {"english", "punjabi"}]
    assert suggest_groups([wish(number, languages=frozenset(each)) for number, each in enumerate(spoken)]) == []


def test_by_phone_nobody_is_too_far():
    far = [wish(number, activity="befriend-by-phone", remote=True, lat=None, lon=None) for number in range(3)]
    assert len(suggest_groups(far)) == 1


def test_at_most_eight_and_the_rest_is_a_group_of_its_own():
    groups = suggest_groups(wish(number) for number in range(12))
    assert [[each.number for each in group.members] for group in groups] == [[*range(8)], [*range(8, 12)]]


def test_an_activity_that_is_enough_by_itself_needs_no_interest():
    walkers = [wish(number, activity="outing-together", interests=frozenset()) for number in range(3)]
    assert [group.interest for group in suggest_groups(walkers)] == [""]
    assert suggest_groups([replace(each, activity="befriend-at-home") for each in walkers]) == []


def test_a_group_that_somebody_proposes_is_looked_at_as_one():
    three = [wish(1), wish(2), wish(3)]
    assert suggestion_of(three, "chess") is not None
    assert suggestion_of(three, "reading") is None
    assert suggestion_of(three[:2], "chess") is None
    assert suggestion_of([*three, wish(4, lat=None)], "chess") is None
    assert suggestion_of([wish(number) for number in range(9)], "chess") is None


wishes = st.lists(
    st.builds(
        lambda person, activity, interests, windows, minutes, remote, north, languages, homes: {
            "person": person,
            "activity": activity,
            "interests": frozenset(interests),
            "windows": tuple(Window(day, start, min(DAY, start + long)) for day, start, long in windows),
            "minutes": minutes,
            "remote": remote,
            "lat": None if north is None else factories.HOME[0] + north / 100,
            "languages": frozenset(languages),
            "homes": homes,
        },
        st.sampled_from("abcdefghijkl"),
        st.sampled_from(sorted(GROUPABLE)[:3]),
        st.sets(st.sampled_from(["chess", "reading"]), max_size=2),
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from([540, 600, 780]), st.sampled_from([60, 120, 240])), max_size=2),
        st.sampled_from([30, 60, 90]),
        st.booleans(),
        st.sampled_from([None, 0, 0, 0, 2, 5]),
        st.sets(st.sampled_from(["english", "urdu"]), min_size=1),
        st.frozensets(st.sampled_from(["one", "two"]), max_size=1),
    ),
    max_size=14,
)


@settings(deadline=None)
@given(wishes, st.randoms())
def test_every_group_holds_what_it_promises_whatever_the_order(rows, random):
    asked = [wish(number, **fields) for number, fields in enumerate(rows)]
    groups = suggest_groups(asked)
    mixed = list(asked)
    random.shuffle(mixed)
    assert suggest_groups(mixed) == groups
    assert [len(group.members) for group in groups] == sorted((len(group.members) for group in groups), reverse=True)
    everybody = [each.person for group in groups for each in group.members]
    assert len(everybody) == len(set(everybody))
    for group in groups:
        assert FEWEST <= len(group.members) <= MOST
        assert group.languages
        assert group.windows
        for each in group.members:
            assert group.interest in each.topics
            assert group.languages <= each.languages
            assert group.minutes >= each.minutes
            for window in group.windows:
                assert window.end - window.start >= group.minutes
                assert any(own.weekday == window.weekday and own.start <= window.start and own.end >= window.end for own in each.times)
        for one, other in combinations(group.members, 2):
            assert (one.activity, one.remote) == (other.activity, other.remote)
            assert not one.homes & other.homes
            assert group.remote or km_between(one.lat, one.lon, other.lat, other.lon) <= NEAR_KM
        assert suggestion_of(group.members, group.interest) is not None
