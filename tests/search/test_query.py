import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from search.query import BadQuery, Box, Query, Sort, parse_query, parse_zoom

NAMES = [
    "q",
    "place",
    "lat",
    "lon",
    "need",
    "radius",
    "open",
    "mode",
    "kind",
    "who",
    "free",
    "access",
    "language",
    "bbox",
    "sort",
    "page",
    "page_size",
]


def test_nothing_asked_is_the_empty_query():
    assert parse_query({}) == Query()


def test_every_parameter_is_read():
    read = parse_query(
        QueryDict(
            "q=lunch+club&place=Slawit&need=shopping,cooking&need=nutrition&radius=3.5&open=mo&mode=home,phone&kind=group&who=70&free=on"
            "&access=step_free&language=ur&bbox=-2,53,-1.5,54&sort=name&page=2&page_size=100&view=map"
        )
    )
    assert read == Query(
        q="lunch club",
        place_text="Slawit",
        need=("cooking", "nutrition", "shopping"),
        radius=3.5,
        open="MO",
        mode=("home", "phone"),
        kind=("group",),
        who="70",
        free=True,
        access=("step_free",),
        language="urdu",
        bbox=Box(-2, 53, -1.5, 54),
        sort=Sort.NAME,
        page=2,
        page_size=100,
    )
    assert read.age == 70


@pytest.mark.parametrize("off", ["open", "open:MO", "open:mo"])
def test_what_is_taken_off_is_not_meant_however_it_is_written(off):
    assert not parse_query({"off": off}).means("open", "MO")
    assert parse_query({"off": "open:TU"}).means("open", "MO")


@pytest.mark.parametrize("who", ["nan", "inf", "Infinity", "1e5"])
def test_words_that_python_takes_for_numbers_are_no_age(who):
    assert parse_query({"who": who}).who == who
    assert parse_query({"who": who}).age is None


@given(who=st.text(max_size=12) | st.floats(allow_nan=True).map(str))
def test_an_age_is_a_number_of_years_that_somebody_lives(who):
    try:
        age = parse_query({"who": who}).age
    except BadQuery:
        return
    assert age is None or 0 <= age <= 120


def test_an_empty_field_of_a_form_is_no_filter():
    assert parse_query(QueryDict("&".join(f"{name}=" for name in NAMES))) == Query()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lat", "91"),
        ("lat", "nan"),
        ("lon", "east"),
        ("lat", "53.6"),
        ("radius", "0"),
        ("radius", "1e-320"),
        ("radius", "inf"),
        ("radius", "-1"),
        ("need", "Robert'); DROP"),
        ("open", "someday"),
        ("mode", "carrier-pigeon"),
        ("kind", "castle"),
        ("who", "300"),
        ("free", "perhaps"),
        ("access", "helipad"),
        ("bbox", "1,2,3"),
        ("bbox", "1,2,3,nan"),
        ("bbox", "170,50,-170,60"),
        ("sort", "price"),
        ("page", "0"),
        ("page", "1000000000"),
        ("page", "two"),
        ("page_size", "101"),
        ("q", "x" * 10_000),
        ("place", "x" * 101),
    ],
)
def test_what_cannot_be_read_is_said_at_its_parameter(name, value):
    with pytest.raises(BadQuery) as caught:
        parse_query({name: value})
    assert set(caught.value.errors) <= {name, "lat", "lon"}
    assert all(text.endswith((".", "2.")) for texts in caught.value.errors.values() for text in texts)


def test_swapped_coordinates_are_named_as_such():
    with pytest.raises(BadQuery) as caught:
        parse_query({"lat": "-1.88", "lon": "53.62"})
    assert "swapped" in caught.value.errors["lat"][0]


def test_all_faults_are_told_at_once():
    with pytest.raises(BadQuery) as caught:
        parse_query({"page": "x", "sort": "x", "radius": "x"})
    assert set(caught.value.errors) == {"page", "sort", "radius"}


def test_control_characters_become_blanks():
    assert parse_query({"q": "lunch\x00club\n\ud800"}).q == "lunch club"


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.floats().map(str) | st.integers().map(str)))
def test_any_input_is_a_query_or_plain_sentences(params):
    errors: dict[str, list[str]] = {}
    read = Query()
    try:
        read = parse_query(params)
    except BadQuery as error:
        errors = error.errors
        assert errors  # noqa: PT017 - either outcome is fine, an empty complaint is not
    assert set(errors) <= set(NAMES)
    assert 1 <= read.page_size <= 100


@pytest.mark.parametrize("zoom", ["-1", "23", "x"])
def test_a_zoom_out_of_range_is_refused(zoom):
    with pytest.raises(BadQuery):
        parse_zoom({"zoom": zoom})


def test_filters_shows_only_what_is_set():
    assert Query(q="x", need=("shopping",), free=True, page=3).filters() == {"need": ["shopping"], "free": True}
