import io
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from directory.geodata.models import Area, AreaSet, PostcodeArea
from tests.geodata.conftest import EAST, WEST, feature

SQUARE = ("--set", "wards-2013", "--kind", "ward", "--year", "2013")


def run(*args, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("load_areas", *map(str, args), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def members():
    return set(PostcodeArea.objects.filter(main=True).values_list("postcode_id", "area__code"))


def test_areas_come_in_as_a_set_with_the_postcodes_in_them(postcodes, geojson):
    said, _ = run(geojson(feature("W1", "West Ward", WEST), feature("W2", "East Ward", EAST)), *SQUARE, "--install", "--source", "Our own")
    assert "Wards (2013): 2 new areas" in said
    area_set = AreaSet.objects.get()
    assert (area_set.slug, area_set.kind, area_set.year, area_set.source, area_set.installed) == (
        "wards-2013",
        "ward",
        2013,
        "Our own",
        True,
    )
    assert members() == {("HD75AA", "W1"), ("HD75AB", "W1"), ("HD75ZZ", "W1"), ("HD76DQ", "W2")}
    assert set(PostcodeArea.objects.filter(main=False).values_list("postcode_id", "area__code")) == {("HD75AB", "W2")}
    assert (area_set.areas.get(code="W1").west, area_set.areas.get(code="W1").north) == (-1.92, 53.66)


def test_loading_again_keeps_the_ids_and_follows_the_file(wards, geojson):
    ids = dict(wards.areas.values_list("code", "id"))
    moved = [[lon - 0.05, lat] for lon, lat in EAST]
    said, _ = run(geojson(feature("W1", "Western Ward", WEST), feature("W2", "East Ward", moved), feature("W3", "New Ward", EAST)), *SQUARE)
    assert "1 new areas, 2 loaded again" in said
    assert {code: pk for code, pk in wards.areas.values_list("code", "id") if code != "W3"} == ids
    assert wards.areas.get(code="W1").name == "Western Ward"
    assert wards.areas.get(code="W2").west == pytest.approx(-1.87)
    wards.refresh_from_db()
    assert wards.installed


def test_an_area_that_left_the_file_stays_and_is_named(wards, geojson):
    said, _ = run(geojson(feature("W1", "West Ward", WEST)), *SQUARE)
    assert "Not in the file, and kept: W2." in said
    assert wards.areas.count() == 2


def test_sets_of_other_years_stand_side_by_side(wards, geojson):
    run(geojson(feature("W1", "All", WEST)), "--set", "wards-2026", "--kind", "ward", "--year", "2026")
    assert set(AreaSet.objects.values_list("slug", "installed")) == {("wards-2013", True), ("wards-2026", False)}
    assert Area.objects.filter(code="W1").count() == 2
    run(geojson(feature("W1", "All", WEST)), "--set", "wards-2026", "--kind", "ward", "--year", "2026", "--install")
    assert set(AreaSet.objects.values_list("slug", "installed")) == {("wards-2013", False), ("wards-2026", True)}


def test_a_set_keeps_its_year_and_kind(wards, geojson):
    for other in (("--kind", "ward", "--year", "2026"), ("--kind", "msoa", "--year", "2013")):
        with pytest.raises(CommandError, match="as wards of 2013"):
            run(geojson(feature("W1", "All", WEST)), "--set", "wards-2013", *other)


@pytest.mark.django_db
def test_two_installed_sets_are_refused_by_the_database():
    AreaSet.objects.create(slug="a", name="A", kind="ward", year=2013, installed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaSet.objects.create(slug="b", name="B", kind="ward", year=2026, installed=True)
    AreaSet.objects.create(slug="c", name="C", kind="ward", year=2026)


def test_a_code_stands_once_in_a_set(wards):
    west = wards.areas.get(code="W1")
    west.pk = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        west.save(force_insert=True)


BAD = [
    (feature("", "Nameless code", WEST), "Feature 2 (Nameless code): it has no code."),
    (feature("B", None, WEST), "Feature 2 (B): it has no name."),
    (feature("W1", "Twin", WEST), "Feature 2 (Twin): the code W1 is there twice."),
    (feature("B", "Dot", kind="Point", coordinates=[-1.8, 53.6]), "Feature 2 (Dot): it is a point, not an outline."),
    ({"type": "Feature", "properties": {"code": "B", "name": "None"}, "geometry": None}, "Feature 2 (None): it has no outline."),
    (feature("B", "Sea", [[0, 0], [1, 0], [1, 1], [0, 0]]), "Feature 2 (Sea): it lies outside the United Kingdom"),
    (feature("B", "Swapped", [[lat, lon] for lon, lat in WEST]), "Feature 2 (Swapped): it lies outside the United Kingdom"),
    (feature("B", "Flat", [[-1.9, 53.6], [-1.8, 53.6], [-1.9, 53.6], [-1.9, 53.6]]), "Feature 2 (Flat): its outline encloses nothing."),
    (feature("B" * 21, "Long", WEST), "Feature 2 (Long): its code is longer than 20 letters."),
]


@pytest.mark.parametrize(("bad", "line"), BAD)
@pytest.mark.django_db
def test_a_bad_feature_gets_its_line_and_stops_the_load(geojson, bad, line):
    path = geojson(feature("W1", "West Ward", WEST), bad)
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 bad features, so nothing was loaded"):
        call_command("load_areas", str(path), *SQUARE, stderr=err)
    assert line in err.getvalue()
    assert not AreaSet.objects.exists()
    _, lines = run(path, *SQUARE, "--skip-bad")
    assert line in lines
    assert list(Area.objects.values_list("code", flat=True)) == ["W1"]


@pytest.mark.django_db
def test_an_outline_that_crosses_itself_is_mended_and_said(geojson):
    bow_tie = [[-1.9, 53.6], [-1.8, 53.7], [-1.8, 53.6], [-1.9, 53.7], [-1.9, 53.6]]
    _, lines = run(geojson(feature("B", "Bow tie", bow_tie)), *SQUARE)
    assert lines == "Feature 1 (Bow tie): its outline crossed itself and was mended.\n"
    outline = Area.objects.get().outline
    assert outline.is_valid
    assert outline.area == pytest.approx(0.005)


@pytest.mark.django_db
def test_the_national_grid_becomes_degrees(geojson):
    metres = [[405_000, 412_000], [410_000, 412_000], [410_000, 417_000], [405_000, 417_000], [405_000, 412_000]]
    path = geojson(feature("M", "In metres", metres))
    with pytest.raises(CommandError, match="nothing was loaded"):
        run(path, *SQUARE)
    run(path, *SQUARE, "--crs", "EPSG:27700")
    west, south = Area.objects.values_list("west", "south").get()
    assert (west, south) == pytest.approx((-1.9260, 53.6043), abs=0.001)


@pytest.mark.django_db
def test_other_columns_hold_code_and_name(geojson):
    one = feature("x", "y", WEST)
    one["properties"] = {"WD13CD": 12, "WD13NM": "Colne Valley"}
    path = geojson(one)
    with pytest.raises(CommandError, match="has no column code and no column name. It has: WD13CD, WD13NM"):
        run(path, *SQUARE)
    run(path, *SQUARE, "--code", "WD13CD", "--name", "WD13NM")
    assert list(Area.objects.values_list("code", "name")) == [("12", "Colne Valley")]


@pytest.mark.django_db
def test_what_cannot_be_read_is_said_in_a_sentence(geojson, tmp_path):
    path = geojson(feature("W1", "West Ward", WEST))
    broken = tmp_path / "broken.geojson"
    broken.write_text(path.read_text()[:150])
    for args, says in (
        ((broken, *SQUARE), "no file of areas that can be read"),
        ((tmp_path / "absent.geojson", *SQUARE), "There is no file"),
        ((path, *SQUARE, "--crs", "EPSG:nonsense"), "this coordinate system is not known"),
        ((path, "--kind", "ward", "--year", "2013"), "needs --set, --kind and --year"),
        ((path, "--set", "Wards 2013", "--kind", "ward", "--year", "2013"), "small letters"),
        ((path, "--sectors"), "not both"),
        ((), "not both"),
    ):
        with pytest.raises(CommandError, match=says):
            run(*args)
    assert not AreaSet.objects.exists()
