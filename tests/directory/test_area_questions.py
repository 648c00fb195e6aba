"""The questions about the area: each way of saying it, what is not touched stays, and a fault stands at its question."""

import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from directory import coverage, listings, moderation
from directory.geodata.areas import SetDetails, Shape, store
from directory.geodata.models import AreaKind, Place, Postcode
from directory.listing_fields import read_values
from directory.models import Change, ChangeField
from directory.sections import WHERE
from directory.views import area_questions
from directory.views.listing_form import ListingForm

SQUARE = [[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]
SMALL = [[-1.90, 53.60], [-1.88, 53.60], [-1.88, 53.62], [-1.90, 53.60]]


def polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def ground(db):
    from shapely import box

    Place.objects.create(name="Golcar", kind="village", lat=53.6379, lon=-1.8533, postcode_district="HD7", also="Gowca")
    Postcode.objects.bulk_create(Postcode(code=code, lat=53.62, lon=-1.88) for code in ("HD75AA", "HD91AA", "HD101AA"))
    shapes = [Shape("W1", "West Ward", box(-1.92, 53.58, -1.82, 53.66)), Shape("W2", "East Ward", box(-1.82, 53.58, -1.72, 53.66))]
    return store(SetDetails("wards", "Wards", AreaKind.WARD, 2026), shapes, install_it=True).area_set


def answered(seen, **answers):
    """What the questions give when somebody opens them at `seen` and changes only these answers."""
    data = {**area_questions.initial(seen), **answers}
    fields = area_questions.questions(seen)
    assert set(answers) <= set(fields)
    cleaned = {name: fields[name].clean(data.get(name)) for name in fields}
    return coverage.clean(area_questions.answer(cleaned, seen))


def full(ground):
    west = ground.areas.get(code="W1")
    return coverage.clean(
        [
            {"area": str(west.pk), "label": "West Ward"},
            {"district": "HD7"},
            *coverage.clean("Kirklees; Golcar; within 2 miles of Gowca"),
            {"drawn": polygon(SQUARE), "label": "By the canal"},
            {"drawn": polygon(SMALL), "label": "By the canal"},
            {"around": [53.7, -1.9], "miles": 3, "label": "Odd; name"},
        ]
    )


def test_what_is_not_touched_stays_exactly_as_it_was(ground):
    for seen in ([], full(ground), coverage.clean("everywhere")):
        assert answered(seen) == seen


def test_each_way_of_saying_it(ground):
    east = ground.areas.get(code="W2")
    rows = answered(
        [],
        area_chosen=[str(east.pk)],
        area_districts="hd7, HD9",
        area="Golcar",
        area_miles_0="2.5",
        area_place_0="HD7 5AA",
        area_drawn=json.dumps(polygon(SQUARE)),
        area_drawn_name="By the canal",
    )
    names = coverage.names(rows)
    assert names == ["By the canal", "East Ward", "Golcar", "HD7", "HD9", "within 2.5 miles of HD7 5AA"]
    assert answered(rows) == rows
    assert answered([], area_everywhere=True) == [{"everywhere": True}]


def test_each_can_be_taken_away(ground):
    seen = full(ground)
    assert "West Ward" not in coverage.names(answered(seen, area_chosen=[]))
    assert {"district": "HD7"} not in answered(seen, area_districts="")
    assert "within 2 miles of Golcar" not in coverage.names(answered(seen, area_miles_0="", area_place_0=""))
    assert sum("drawn" in row for row in answered(seen, area_keep_0=False)) == 1
    assert answered(seen, area="Golcar") != seen


@pytest.mark.parametrize(
    ("answers", "at", "words"),
    [
        ({"area_districts": "HD7, Golcar"}, "area_districts", "“Golcar” is not a half postcode"),
        ({"area_districts": "HD1"}, "area_districts", "There is no half postcode HD1."),
        ({"area": "Atlantis"}, "area", "do not know the area “Atlantis”"),
        ({"area_miles_0": "3"}, "area_miles_0", "both how many miles, and from where"),
        ({"area_place_0": "Golcar"}, "area_miles_0", "both how many miles, and from where"),
        ({"area_miles_0": "3", "area_place_0": "Atlantis"}, "area_miles_0", "do not know where “Atlantis” is"),
        ({"area_miles_0": "many", "area_place_0": "Golcar"}, "area_miles_0", "Enter a number"),
        ({"area_drawn": json.dumps(polygon(SQUARE))}, "area_drawn", "Give the drawn area a name"),
        ({"area_drawn": "{", "area_drawn_name": "x"}, "area_drawn", "not GeoJSON"),
        ({"area_drawn": json.dumps(polygon([p[::-1] for p in SQUARE])), "area_drawn_name": "x"}, "area_drawn", "look swapped"),
        (
            {"area_drawn": json.dumps(polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]])), "area_drawn_name": "x"},
            "area_drawn",
            "crosses itself",
        ),
    ],
)
def test_a_fault_stands_at_its_question(service, ground, answers, at, words):
    values = read_values(service)
    seen = {name: values[name] for name in WHERE.fields}
    shown = ListingForm(WHERE, seen=seen).initial
    data = {name: value for name, value in {**shown, **answers}.items() if value not in (None, False)}
    form = ListingForm(WHERE, data, seen=seen)
    assert not form.is_valid()
    assert list(form.errors) == [at]
    assert words in " ".join(form.errors[at])


def test_half_postcodes_elsewhere_are_taken_on_trust(ground):
    assert answered([], area_districts="M1") == [{"district": "M1"}]


def test_too_many_areas_are_written_and_not_ticked(ground, monkeypatch):
    monkeypatch.setattr(area_questions, "MOST_CHOICES", 1)
    assert "area_chosen" not in area_questions.questions([])
    west = ground.areas.get(code="W1")
    seen = coverage.clean("West Ward")
    assert [value for value, _ in area_questions.questions(seen)["area_chosen"].choices] == [str(west.pk)]
    assert answered(seen) == seen


class _Json(HTMLParser):
    """The JSON that the page carries for the map."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.text = False, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.inside = dict(attrs).get("id") == "draw-area-data"

    def handle_data(self, data):
        self.text += data if self.inside else ""

    def handle_endtag(self, tag):
        self.inside = False


def test_the_page_offers_a_map_to_draw_on_and_works_without(service, partner, client, ground):
    client.force_login(partner)
    html = client.get(reverse("partner-where", args=[service.pk])).content.decode()
    data = json.loads(_Json(html).text)
    assert {feature["properties"]["name"] for feature in data["areas"]["features"]} == {"West Ward", "East Ward"}
    assert [place["name"] for place in data["places"]] == ["Golcar"]
    assert 'data-draw-area="draw-area-data"' in html
    assert "West Ward" in html


def test_a_drawn_area_waits_for_a_moderator_who_sees_that_the_shape_changed(service, partner, editor, ground):
    listings.set_fields(service, {"area": [{"drawn": polygon(SQUARE), "label": "By the canal"}]}, by=editor)
    moderation.propose(service, {"area": [{"drawn": polygon(SMALL), "label": "By the canal"}]}, by=partner)
    field = ChangeField.objects.get(change=Change.objects.get())
    old, new = coverage.in_words(field.old_value), coverage.in_words(field.new_value)
    assert old == "By the canal (drawn, 4 corners, about 23 square miles)"
    assert new == "By the canal (drawn, 3 corners, about 0.57 square miles)"
    moderation.accept_field(field, by=editor)
    assert coverage.read(service) == field.new_value


def test_editors_write_an_outline_by_its_name(service, editor, ground):
    before = coverage.clean(f"HD7; By the canal: {json.dumps(polygon(SQUARE), indent=1)}; Golcar")
    assert coverage.names(before) == ["By the canal", "Golcar", "HD7"]
    assert coverage.clean("By the canal; HD9", before=before)[0] == before[0]


HALL, CHAPEL = "0d7c1f0e-5a3e-4f43-9a51-0c4b6d1a0001", "0d7c1f0e-5a3e-4f43-9a51-0c4b6d1a0002"
PLACES = ((CHAPEL, "The chapel"), (HALL, "The hall"))


def answered_at(area, places, **answers):
    """As `answered`, for a listing at these places."""
    data = {**area_questions.initial(area, places), **answers}
    fields = area_questions.questions(area, places)
    assert set(answers) <= set(fields)
    cleaned = {name: fields[name].clean(data.get(name)) for name in fields}
    return coverage.clean(area_questions.answer(cleaned, area, places))


def test_a_listing_at_several_places_says_what_is_covered_from_each(ground):
    area = answered_at([], PLACES, area_districts="HD9", **{f"area_at_{HALL}": "HD7; Golcar"})
    assert coverage.of_place(area, "") == [{"district": "HD9"}]
    assert coverage.names(coverage.of_place(area, HALL)) == ["Golcar", "HD7"]
    assert coverage.of_place(area, CHAPEL) == []
    assert answered_at(area, PLACES) == area
    drawn = coverage.clean([*area, {"drawn": polygon(SMALL), "label": "By the canal", "place": HALL}])
    assert answered_at(drawn, PLACES) == drawn
    assert answered_at(drawn, PLACES, **{f"area_at_{HALL}": ""}) == [{"district": "HD9"}]


def test_one_place_is_not_asked_twice(ground):
    assert not [name for name in area_questions.questions([], PLACES[:1]) if name.startswith("area_at")]
    told = coverage.clean([{"district": "HD7", "place": HALL}])
    assert f"area_at_{HALL}" in area_questions.questions(told, PLACES[1:])


def test_a_fault_in_the_area_of_a_place_stands_at_its_question(ground):
    with pytest.raises(area_questions.ValidationError) as fault:
        answered_at([], PLACES, **{f"area_at_{HALL}": "Narnia"})
    assert list(fault.value.message_dict) == [f"area_at_{HALL}"]
