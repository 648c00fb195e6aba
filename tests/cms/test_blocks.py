"""The block of editors that shows services: always what the finder answers today, as a list or with a map."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from cms.blocks import ServicesBlock
from tests.cms.conftest import HALL

ONLY_EDITORS = "Only editors see this"


@pytest.fixture
def drawn(rf: RequestFactory):
    """The block with these values as somebody sees it."""

    def draw(user=None, *, preview=False, **values):
        request = rf.get("/")
        request.user = user or AnonymousUser()
        request.is_preview = preview
        block = ServicesBlock()
        return block.render(block.to_python({"title": "Lunch clubs in the valley", "count": 5, **values}), context={"request": request})

    return draw


@pytest.fixture
def clubs(listing, indexed):
    listing("Tuesday club", needs=["cooking"], delivery=["place"], places=[HALL], times="Tu 12:00-14:00", is_free=True)
    listing("Friday club", needs=["cooking"], delivery=["place"], places=[{**HALL, "name": "Other hall"}], times="Fr 12:00-14:00")
    listing("Meals brought", needs=["cooking"], delivery=["home"], area="HD7")
    indexed()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"need": "cooking"}, {"Tuesday club", "Friday club", "Meals brought"}),
        ({"need": "cooking", "open": "TU"}, {"Tuesday club"}),
        ({"need": "cooking", "mode": "home"}, {"Meals brought"}),
        ({"need": "cooking", "free": True}, {"Tuesday club"}),
        ({"words": "friday club", "count": 1}, {"Friday club"}),
    ],
)
def test_it_lists_what_fits_its_filters(clubs, drawn, values, names):
    html = drawn(**values)
    assert {name for name in ("Tuesday club", "Friday club", "Meals brought") if f">{name}</a>" in html} == names
    assert "data-finder-map" not in html


def test_with_a_map_the_numbers_are_those_of_the_list(clubs, drawn):
    html = drawn(need="cooking", on_a_map=True)
    assert "data-finder-map" in html
    assert html.count("pin-number") >= 3
    assert "finder-map.js" in html


def test_an_editor_sees_at_once_that_nothing_is_found_and_a_visitor_does_not(clubs, drawn, editor):
    nothing = {"words": "zebra xylophone"}
    assert ONLY_EDITORS in drawn(editor, **nothing)
    assert ONLY_EDITORS in drawn(preview=True, **nothing)
    assert ONLY_EDITORS not in drawn(**nothing)
    assert "ask the co-op" in drawn(**nothing)
    assert ONLY_EDITORS not in drawn(editor, need="cooking")


def test_a_place_that_is_gone_breaks_no_page(clubs, drawn):
    assert "Nothing is on our list for this" in drawn(need="cooking", place="Nowhereatall")
