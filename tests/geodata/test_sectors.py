from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from directory import clock
from directory.geodata import sectors
from directory.geodata.locating import area_for_postcode, area_of, installed_set
from directory.geodata.models import Area, AreaSet, Place, Postcode, PostcodeArea


def grid(sector, lat, lon, many=6):
    """Postcodes of one sector, "HD7 5", in a row from west to east, 300 metres apart."""
    code = sector.replace(" ", "")
    return [Postcode(code=f"{code}A{letter}", lat=lat, lon=lon + step * 0.0045) for step, letter in enumerate("ABDEFGHJLN"[:many])]


@pytest.fixture
def valley(db):
    """Three sectors, north, middle and south, and one sorting office in the middle of the middle one."""
    Postcode.objects.bulk_create(
        [
            *grid("HD7 4", 53.64, -1.88),
            *grid("HD7 5", 53.62, -1.88),
            *grid("HD7 6", 53.60, -1.88),
            Postcode(code="HD79AA", lat=53.62, lon=-1.8755),
            Postcode(code="HD79AB", lat=53.62, lon=-1.8755, live=False),
        ]
    )
    Place.objects.create(name="Slaithwaite", kind="village", lat=53.6205, lon=-1.875, postcode_district="HD7")
    Place.objects.create(name="Hill Top", kind="hamlet", lat=53.6195, lon=-1.872, postcode_district="HD7")


def test_sectors_are_drawn_around_their_postcodes_and_installed(valley):
    with clock.held_at(datetime(2026, 11, 23, tzinfo=UTC)):
        call_command("load_areas", sectors=True, verbosity=0)
    here = installed_set()
    assert (here.slug, here.kind, here.year) == ("postcode-sectors-2026", "sector", 2026)
    assert set(here.areas.values_list("code", "name")) == {("HD7 4", "HD7 4"), ("HD7 5", "Slaithwaite (HD7 5)"), ("HD7 6", "HD7 6")}
    for postcode in Postcode.objects.exclude(code__startswith="HD79"):
        assert area_for_postcode(postcode.code).code == postcode.sector


def test_a_sorting_office_belongs_to_the_land_around_it(valley):
    call_command("load_areas", sectors=True, verbosity=0)
    assert area_for_postcode("HD7 9AA").code == "HD7 5"


def test_sectors_share_lines_and_cover_the_land_without_overlap(valley):
    import shapely

    shapes = [shape.geometry for shape in sectors.draw_sectors()]
    assert sum(shape.area for shape in shapes) == pytest.approx(shapely.union_all(shapes).area, rel=1e-6)
    assert all(shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon") for shape in shapes)
    assert shapely.union_all(shapes).geom_type == "Polygon"


def test_land_beyond_the_postcodes_is_no_area(valley):
    call_command("load_areas", sectors=True, verbosity=0)
    assert area_of(53.62, -1.87).code == "HD7 5"
    assert area_of(53.70, -1.87) is None


def test_drawing_again_keeps_the_ids(valley):
    call_command("load_areas", sectors=True, verbosity=0)
    before = set(Area.objects.values_list("code", "id"))
    count = PostcodeArea.objects.count()
    call_command("load_areas", sectors=True, verbosity=0)
    assert set(Area.objects.values_list("code", "id")) == before
    assert (PostcodeArea.objects.count(), AreaSet.objects.count()) == (count, 1)


def test_only_some_postcode_areas_are_drawn(valley):
    Postcode.objects.bulk_create(grid("HX1 1", 53.72, -1.86))
    assert {shape.code for shape in sectors.draw_sectors(["HX"])} == {"HX1 1"}
    assert len(sectors.draw_sectors(["HD"])) == 3


def test_nothing_and_too_much_are_said_plainly(valley, monkeypatch):
    monkeypatch.setattr(sectors, "MOST_POSTCODES", 10)
    with pytest.raises(CommandError, match="say which postcode areas"):
        call_command("load_areas", sectors=True)
    Postcode.objects.all().delete()
    with pytest.raises(CommandError, match="run load_postcodes first"):
        call_command("load_areas", sectors=True)
    assert not AreaSet.objects.exists()
