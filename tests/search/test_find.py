from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock
from directory.models import Location, Service
from search import engines, indexing
from search.engines.base import Box
from search.engines.embedded import EmbeddedEngine
from search.find import find, map_of
from search.query import BadQuery, Query, Sort

MARSDEN = {"name": "Marsden Mechanics", "lat": 53.6006, "lon": -1.9278, "found_by": "map"}
SLAITHWAITE = {"name": "Slaithwaite Hall", "lat": 53.6222, "lon": -1.8822, "found_by": "map"}
DEWSBURY = {"name": "Dewsbury Hall", "lat": 53.69, "lon": -1.63, "found_by": "map"}


@pytest.fixture
def valley(listing):
    """Six listings that reach people in every way."""
    made = {
        "visits": listing("Befriending visits", needs=["friendships"], delivery=["home"], area="HD7", is_free=True),
        "line": listing("Friendship line", needs=["friendships"], delivery=["phone"], kind="helpline"),
        "club": listing("Lonely hearts tea", needs=["friendships"], delivery=["place"], places=[SLAITHWAITE], times="Tu 10:00-12:00"),
        "far": listing("Dewsbury befrienders", needs=["friendships"], delivery=["place"], places=[DEWSBURY]),
        "bus": listing("Shopping bus", needs=["shopping"], delivery=["place"], places=[MARSDEN], access={"step_free": True}, min_age="60"),
        "parcels": listing("Food parcels", needs=["shopping"], delivery=["home"], area="Slaithwaite; Golcar"),
    }
    indexing.rebuild()
    return made


def names(**asked) -> list[str]:
    return [result.name for result in find(Query(**asked)).results]


def test_lonely_in_slawit(valley):
    found = find(Query(q="lonely in Slawit"))
    assert [(result.name, result.reach) for result in found.results][:3] == [
        ("Lonely hearts tea", "near_you"),
        ("Befriending visits", "comes_to_you"),
        ("Friendship line", "anywhere"),
    ]
    assert found.understood["place"]["name"] == "Slaithwaite"
    assert found.understood["needs"][0]["slug"] == "friendships"
    assert "Dewsbury befrienders" not in [result.name for result in found.results]


def test_shopping_near_a_postcode(valley):
    found = find(Query(q="shopping", place_text="HD7 5AA"))
    assert {result.name: result.reach for result in found.results} == {"Food parcels": "comes_to_you", "Shopping bus": "near_you"}
    assert all("shopping" in result.needs for result in found.results)
    assert "For shopping" in found.results[0].why_line


def test_a_need_that_is_chosen_is_called_by_its_name(valley, listing):
    listing("Ticket friends", needs=["plus-one-arrangements"], delivery=["phone"])
    indexing.rebuild()
    [result] = find(Query(need=("plus-one-arrangements",))).results
    assert result.why_line.startswith("For plus-one arrangements")


def test_every_score_is_the_sum_of_its_reasons(valley):
    for result in find(Query(q="lonely", place_text="Marsden")).results:
        assert result.score == sum(part.points for part in result.why)


def test_nothing_asked_shows_everything_once(valley):
    assert sorted(names()) == sorted(service.name for service in valley.values())


def test_the_place_asked_for_must_be_known(valley):
    with pytest.raises(BadQuery) as caught:
        find(Query(q="shopping", place_text="Atlantis"))
    assert "place" in caught.value.errors
    with pytest.raises(BadQuery) as caught:
        find(Query(need=("dragons",)))
    assert "need" in caught.value.errors


def test_a_slip_in_the_postcode_is_pointed_out(valley):
    with pytest.raises(BadQuery) as caught:
        find(Query(place_text="HD7 5AAA"))
    assert "HD7 5AA?" in caught.value.errors["place"][0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"need": ("shopping",)}, {"Shopping bus", "Food parcels"}),
        ({"mode": ("phone",)}, {"Friendship line"}),
        ({"kind": ("helpline",)}, {"Friendship line"}),
        ({"free": True}, {"Befriending visits"}),
        ({"access": ("step_free",)}, {"Shopping bus"}),
        ({"q": "shopping", "who": "50"}, {"Food parcels"}),
        ({"open": "TU"}, {"Lonely hearts tea"}),
        ({"place_text": "Marsden", "need": ("shopping",)}, {"Shopping bus"}),
        ({"lat": 53.6006, "lon": -1.9278, "radius": 1.0, "need": ("shopping",)}, {"Shopping bus"}),
    ],
)
def test_filters(valley, asked, expected):
    assert set(names(**asked)) == expected


def test_open_now_is_asked_of_the_clock(valley):
    with clock.held_at(datetime.combine(next_weekday(1), time(11), clock.LONDON)):
        found = find(Query(open="now"))
        assert [(result.name, result.open) for result in found.results] == [("Lonely hearts tea", True)]
        assert "Open now" in found.results[0].why_line
        unknown = next(result for result in find(Query(q="shopping bus")).results if result.name == "Shopping bus")
        assert unknown.open is None
    with clock.held_at(datetime.combine(next_weekday(1), time(12), clock.LONDON)):
        assert names(open="now") == []
        assert find(Query(q="lonely hearts tea")).results[0].open is False


def test_a_listing_appears_and_goes_on_its_days_without_indexing(valley):
    today = clock.today()
    Service.objects.filter(pk=valley["bus"].pk).update(visible_from=today + timedelta(days=2), visible_to=today + timedelta(days=3))
    indexing.rebuild()
    assert "Shopping bus" not in names()
    with clock.held_at(clock.now() + timedelta(days=2)):
        assert "Shopping bus" in names()
    with clock.held_at(clock.now() + timedelta(days=5)):
        assert "Shopping bus" not in names()


def test_sorting_on_request(valley):
    assert names(sort=Sort.NAME) == sorted((service.name for service in valley.values()), key=str.casefold)
    miles = [result.miles for result in find(Query(place_text="Marsden", radius=30, sort=Sort.DISTANCE)).results]
    known = [each for each in miles if each is not None]
    assert known == sorted(known)
    assert miles == known + [None] * (len(miles) - len(known))
    assert find(Query(sort=Sort.DISTANCE)).sort is Sort.FIT


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 7),
    sort=st.sampled_from(Sort),
    q=st.sampled_from(["", "lonely", "shopping bus"]),
    place=st.sampled_from(["", "Marsden"]),
)
def test_pages_never_repeat_or_drop(valley, size, sort, q, place):
    check_pages({"q": q, "place_text": place, "sort": sort}, size)


def check_pages(asked: dict, size: int) -> None:
    whole = find(Query(**asked, page_size=100))
    paged = []
    for page in range(1, find(Query(**asked, page_size=size)).pages + 1):
        paged += [result.id for result in find(Query(**asked, page=page, page_size=size)).results]
    assert paged == [result.id for result in whole.results]
    assert len(set(paged)) == whole.total


def test_a_page_far_beyond_the_end_is_empty(valley):
    found = find(Query(page=1_000_000))
    assert (found.results, found.total, found.pages) == ((), 6, 1)


def test_a_nearest_miss_says_why_not(valley):
    found = find(Query(q="befriending", place_text="Dewsbury", mode=("place",)))
    assert [result.name for result in found.results] == ["Dewsbury befrienders"]
    misses = {result.name: result.why_not for result in found.near_misses}
    assert misses["Lonely hearts tea"] == "11 miles away, further than 5 miles"
    assert misses["Friendship line"] == "Not offered at a place"
    assert "Serves HD7: phone to ask" in misses["Befriending visits"]


@pytest.mark.parametrize("said", ["today", "tonight", "tomorrow"])
def test_a_group_that_is_shut_then_is_a_near_miss_and_not_silence(listing, said):
    with clock.held_at(datetime(2027, 3, 3, 11, 0, tzinfo=UTC)):
        listing("Lunch club", needs=["social-outings-and-events"], times="Tu 10:00-12:00")
        listing("Lunch van", needs=["social-outings-and-events"])
        indexing.rebuild()
        found = find(Query(q=f"lunch {said}"))
        assert [(result.name, result.why_not) for result in found.near_misses] == [("Lunch club", f"Not open {said}")]
        assert [result.name for result in found.results] == ["Lunch van"]


def test_what_is_open_then_and_does_not_fit_otherwise_is_not_said_to_be_shut(listing):
    with clock.held_at(datetime(2027, 3, 3, 11, 0, tzinfo=UTC)):
        listing("Lunch club", needs=["social-outings-and-events"], times="We 18:00-20:00", is_free=False)
        indexing.rebuild()
        found = find(Query(q="lunch tonight", free=True))
        assert [(result.name, result.why_not) for result in found.near_misses] == [("Lunch club", "Not free")]


def test_a_circle_that_just_misses_says_by_how_much(valley):
    found = find(Query(q="food parcels", place_text="Marsden", radius=0.5, need=("shopping",), mode=("home",)))
    assert found.total == 0
    assert {result.name: result.why_not for result in found.near_misses}["Food parcels"].endswith("miles outside their area: phone to ask")


def test_when_nothing_fits_the_answer_is_honest(valley):
    found = find(Query(q="xylophone"))
    assert (found.total, found.results) == (0, ())


def test_a_masked_place_is_never_shown(valley):
    Location.objects.filter(name="Marsden Mechanics").update(masked=True)
    indexing.rebuild()
    shown = next(result for result in find(Query(q="shopping bus", place_text="Marsden")).results if result.name == "Shopping bus")
    assert (shown.places, shown.miles) == ((), None)
    assert "Shopping bus" not in [point.name for point in map_of(None, 10, Query()).points]


def test_the_map_shows_the_same_services_as_the_list(valley):
    asked = Query(q="lonely", place_text="Slaithwaite")
    drawn = map_of(None, 10, asked)
    listed = find(asked)
    placed = {result.id for result in listed.results if result.places}
    assert {point.service for point in drawn.points} == placed
    assert drawn.without_place == listed.total - len(placed)
    assert map_of(Box(-1.7, 53.6, -1.6, 53.7), 10, Query()).points[0].name == "Dewsbury befrienders"


def test_choosing_a_facet_gives_its_count(valley):
    for field in ("need", "mode", "kind"):
        for row in find(Query(place_text="Slaithwaite")).facets[field]:
            assert find(Query(place_text="Slaithwaite", **{field: (row["slug"],)})).total == row["count"]


@pytest.mark.parametrize(
    "asked", [{"q": "lonely", "place_text": "Slaithwaite"}, {"open": "now"}, {"q": "befriending", "mode": ("online",)}]
)
def test_a_search_asks_the_database_only_where_places_are(valley, django_assert_max_num_queries, asked):
    find(Query(**asked))
    with django_assert_max_num_queries(1):
        find(Query(**asked))


def test_facets_of_opening_and_of_whom_it_is_for(listing):
    listing("Carers' tea", times="Tu 10:00-12:00", who_for="Carers and families", delivery=["place"], places=[SLAITHWAITE])
    listing("Tea", times="We 10:00-12:00", delivery=["place"], places=[MARSDEN])
    indexing.rebuild()
    with clock.held_at(datetime.combine(next_weekday(1), time(11), clock.LONDON)):
        facets = {field: {row["slug"]: row["count"] for row in rows} for field, rows in find(Query(q="tea")).facets.items()}
        assert facets["open"] == {"now": 1, "TU": 1, "WE": 1}
        assert facets["who"] == {"carers": 2, "families": 2}
        for value, count in facets["who"].items():
            assert find(Query(q="tea", who=value)).total == count
        assert find(Query(q="tea", who="men")).total == 1
        (open_result,) = find(Query(q="tea", open="now")).results
        assert (open_result.name, open_result.open) == ("Carers' tea", True)


def next_weekday(weekday: int) -> date:
    """The first such day after today, Monday is 0."""
    today = clock.today()
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def test_an_index_that_changes_meanwhile_is_asked_again(valley, monkeypatch):
    engine = engines.current()
    searched = EmbeddedEngine.search

    def slow(self, *args, **options):
        found = searched(self, *args, **options)
        monkeypatch.undo()
        indexing.rebuild()
        return found

    monkeypatch.setattr(EmbeddedEngine, "search", slow)
    assert find(Query(q="lonely hearts"), engine=engine).results[0].name == "Lonely hearts tea"


def test_a_check_is_told_in_days(valley):
    Service.objects.filter(pk=valley["bus"].pk).update(checked_at=date(2026, 11, 12), checked_how="phone")
    indexing.rebuild()
    with clock.held_at(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        assert "Checked 12 days ago" in next(iter(find(Query(q="shopping bus")).results)).why_line
