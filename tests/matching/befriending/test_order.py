"""Company: shared interests and times first, distance second, by phone without distance; told in words."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.candidates import candidates_for
from matching.eligibility import SoftColumns, VolunteerColumns, VolunteerFacts, Window
from matching.eligibility.times import WEEK, FreeTimes, runs
from matching.models import Ask, Volunteer
from matching.suggesting.company import company_order, listed, minutes_in_common, part_of_week
from matching.windows import DAY
from tests import factories

TUESDAY_AFTERNOON = [1, 13 * 60, 16 * 60]
NORTH = (factories.HOME[0] + 0.02, factories.HOME[1])


@pytest.fixture
def befriender(settings, tmp_path) -> Callable[..., Volunteer]:
    """Somebody who visits or rings for company."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    factories.confirmed("befriend-at-home")
    factories.confirmed("befriend-by-phone")
    return lambda **fields: factories.volunteer("befriend-at-home", "befriend-by-phone", level="enhanced", **fields)


def company(activity="befriend-at-home", **fields: object) -> Ask:
    person = factories.person(facts={"interests": ["chess", "gardening"], "smoker": False})
    return factories.ask(person, need_="friendships", activity=activity, often="weekly", windows=[TUESDAY_AFTERNOON], **fields)


def far() -> str:
    return factories.postcode("HD7 6ZZ", NORTH)


@pytest.mark.django_db
def test_shared_interests_come_before_distance_and_time_in_common_before_points(befriender):
    ask = company()
    near = befriender()
    both = befriender(postcode=far(), interests=["footie", "Chess", "the garden"])
    one = befriender(interests=["chess"])
    short = befriender(interests=["chess"], windows=[[1, 13 * 60, 14 * 60]])
    found = candidates_for(ask, by=factories.coordinator()).volunteers
    assert [each.volunteer for each in found] == [both, one, short, near]
    assert found[0].company == "Both like chess and gardening; both free Tuesday afternoon"
    assert found[3].company == "Both free Tuesday afternoon"
    assert all(each.points == sum(part.points for part in each.parts) for each in found)


@pytest.mark.django_db
def test_by_phone_the_way_does_not_count_and_the_first_written_down_stands_first(befriender):
    ask = company("befriend-by-phone", by_phone_or_online=True)
    away = befriender(postcode=factories.postcode("HD9 9ZZ", (factories.HOME[0] + 1, factories.HOME[1])), interests=["chess"], max_km=1)
    near = befriender()
    assert [each.volunteer for each in candidates_for(ask, by=factories.coordinator()).volunteers] == [away, near]


@pytest.mark.django_db
def test_an_errand_keeps_the_order_of_the_points(befriender):
    ask = factories.ask(factories.person(facts={"interests": ["chess"]}), activity="shop-together")
    near = factories.volunteer("shop-together", level="basic")
    factories.volunteer("shop-together", level="basic", postcode=far(), interests=["chess"], capacity=1)
    found = candidates_for(ask, by=factories.coordinator()).volunteers
    assert sorted((each.points for each in found), reverse=True) == [each.points for each in found]
    assert [each.company for each in found] == ["", ""]
    assert near in [each.volunteer for each in found]


windows_of = st.lists(
    st.builds(
        lambda day, start, long: Window(day, start, min(DAY, start + long)), st.integers(0, 6), st.integers(0, DAY - 1), st.integers(1, DAY)
    ),
    max_size=5,
)


@given(windows_of, windows_of, st.integers(1, 300))
def test_minutes_in_common_are_those_of_the_week_in_pieces_long_enough(one, other, minutes):
    asked, theirs = runs(one), runs(other)
    week = np.zeros(WEEK, dtype=bool)
    for begin, finish in asked:
        for start, end in theirs:
            if min(finish, end) - max(begin, start) >= minutes:
                week[max(begin, start) : min(finish, end)] = True
    assert minutes_in_common(asked, minutes, FreeTimes.of([theirs]))[0] == week.sum()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 900)), min_size=1, max_size=8))
def test_the_order_is_lexicographic(rows):
    words = ["chess", "gardening", "reading"]
    asked = runs([Window(1, 0, DAY)])
    volunteers = VolunteerColumns.of(
        [VolunteerFacts(id=str(number), windows=(Window(1, 0, 60 * hours),) if hours else ()) for number, (_, hours, _) in enumerate(rows)]
    )
    theirs = SoftColumns.of([frozenset(words[:shared]) for shared, _, _ in rows], [""] * len(rows))
    ranks = company_order(words, asked, 30, volunteers, theirs, np.array([points for _, _, points in rows], dtype=np.int64)).tolist()
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            assert (ranks[i] < ranks[j]) == (one < other)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (DAY + 13 * 60, DAY + 16 * 60, "Tuesday afternoon"),
        (9 * 60, 11 * 60, "Monday morning"),
        (6 * DAY + 18 * 60, 6 * DAY + 20 * 60, "Sunday evening"),
        (2 * DAY + 9 * 60, 2 * DAY + 17 * 60, "Wednesday"),
        (2 * DAY, 3 * DAY, "all of Wednesday"),
        (0, 7 * DAY, "on most days"),
    ],
)
def test_times_are_told_as_people_tell_them(start, end, words):
    assert part_of_week(start, end) == words


def test_lists_read_well():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
