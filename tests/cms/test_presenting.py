"""The small parts that pages are put together from, held to what must always be true of them."""

from html.parser import HTMLParser
from math import dist
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.presenting.addresses import ASKED, Address
from cms.presenting.chips import wish_words
from cms.presenting.maps import APART, HEIGHT, WIDTH, rest_words, spread
from cms.presenting.rich_words import TAGS, rich_words
from cms.presenting.words import counted, inside, listed, sentence
from search.wishes import Wish

SOMEWHERE = st.tuples(st.floats(-50, WIDTH + 50), st.floats(-50, HEIGHT + 50))


@given(st.lists(SOMEWHERE, max_size=40))
def test_pins_never_hide_each_other(points):
    placed = spread(points)
    assert len(placed) == len(points)
    assert all(dist(one, other) >= APART - 0.2 for place, one in enumerate(placed) for other in placed[:place])


@given(st.lists(SOMEWHERE, max_size=20), SOMEWHERE)
def test_no_pin_hides_where_somebody_is(points, home):
    assert all(dist(home, pin) >= APART - 0.2 for pin in spread(points, [home]))


@given(st.lists(SOMEWHERE, min_size=1, max_size=20))
def test_twenty_pins_stay_inside_the_picture(points):
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in spread([(50.0, 50.0)] * 20))
    first = points[0]
    if 20 <= first[0] <= WIDTH - 20 and 20 <= first[1] <= HEIGHT - 20:
        assert dist(spread(points)[0], first) < 0.2


TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=","), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(st.dictionaries(st.sampled_from(ASKED), TEXT), st.sampled_from(ASKED))
def test_an_address_without_a_part_has_the_others_as_they_were(values, name):
    address = Address().replace(**values)
    left = address.without(name)
    assert left.get(name) == ()
    assert {other: left.get(other) for other in values if other != name} == {other: address.get(other) for other in values if other != name}


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PIECES = [
    "<script>",
    "</script>",
    "[x](javascript:a)",
    "[x](https://a.example)",
    "<img src=x onerror=a>",
    "<a href='data:x'>",
    "# ",
    "- ",
    "\n\n",
    "**",
    "<",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join))
def test_no_markdown_brings_more_than_plain_marks_and_ordinary_links(text):
    tags = Tags()
    tags.feed(rich_words(text))
    for tag, attributes in tags.found:
        assert tag in TAGS
        assert attributes.keys() <= {"href", "rel"}
        assert urlsplit(attributes.get("href") or "").scheme in ("", "http", "https", "mailto", "tel")


@pytest.mark.parametrize(
    "scribble", ["[" * 20_000, "``a`" * 5_000, "<![CDATA[" * 2_000, "1. " * 6_000], ids=["brackets", "ticks", "sections", "lists"]
)
def test_a_scribble_of_marks_is_shown_as_it_stands(scribble):
    """Read as markdown, each of these takes minutes, or ends in an error, on every look at the page."""
    tags = Tags()
    tags.feed(rich_words(scribble))
    assert [tag for tag, _ in tags.found] == ["p"]


def test_a_text_with_many_links_is_still_one():
    text = " ".join(f"[hall {number}](https://hall{number}.example)" for number in range(50))
    assert rich_words(text).count("<a href=") == 50


def test_plain_english():
    assert counted(1, "place") == "1 place"
    assert counted(0, "place") == "0 places"
    assert listed(["one"]) == "one"
    assert listed(["one", "two", "three"]) == "one, two and three"
    assert inside("Using IT") == "using IT"
    assert inside("IT help") == "IT help"
    assert sentence("ring first") == "Ring first."
    assert sentence("") == ""


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((3, 1, 0), "3 on the map. Not on it: 1 that comes to you."),
        ((3, 0, 4), "3 on the map. Not on it: 4."),
        ((1, 2, 1), "1 on the map. Not on it: 2 that come to you and 1 other."),
        ((2, 0, 0), "2 on the map."),
    ],
)
def test_the_line_below_the_map(numbers, words):
    assert rest_words(*numbers) == words


@pytest.mark.parametrize(
    ("said", "shown"), [("tonight", "tonight"), ("weekend", "at the weekend"), ("TU", "on Tuesdays"), ("TU TH", "on Tuesdays or Thursdays")]
)
def test_a_time_that_is_wished_is_shown_in_words(said, shown):
    assert wish_words(Wish("open", said, 0, 1)) == shown
