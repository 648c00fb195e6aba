"""The product against real postcodes and wards. The files are beside the checkout and never part of it."""

import csv
import gzip
import os
import statistics
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from directory.geodata.locating import area_for_postcode, area_of, find_postcode, miles
from directory.geodata.models import Area, AreaSet, Postcode, PostcodeArea
from directory.geodata.outlines import simplified_outlines
from directory.geodata.postcode_loading import load_postcodes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
METRES_IN_A_MILE = 1609.344

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir() and not os.environ.get("CI"), reason="../shared/data is not beside this checkout"),
]


@pytest.fixture
def kirklees():
    """The 11,501 postcodes of Kirklees with positions by OSTN15 and their ward of 2013."""
    with gzip.open(DATA / "postcodes" / "postcodes_kirklees.csv.gz", "rt") as stream:
        return list(csv.DictReader(stream))


def load_wards():
    path = DATA / "boundaries" / "kirklees_wards_2013.geojson"
    call_command("load_areas", str(path), "--set", "kirklees-wards-2013", "--kind", "ward", "--year", "2013", "--install", verbosity=0)


def test_positions_wards_and_postcodes_of_kirklees(kirklees):
    load_postcodes(areas=["HD", "WF", "BD", "HX"])
    loaded = {postcode.code: postcode for postcode in Postcode.objects.all()}
    known = [row for row in kirklees if row["postcode"].replace(" ", "") in loaded]
    assert len(known) == len(kirklees) == 11_501

    off = []
    for row in known:
        mine = loaded[row["postcode"].replace(" ", "")]
        off.append(miles(mine.lat, mine.lon, float(row["lat"]), float(row["lon"])) * METRES_IN_A_MILE)
    assert statistics.median(off) < 1.75
    assert max(off) < 4.85

    load_wards()
    assert Area.objects.count() == 23
    rows = PostcodeArea.objects.filter(main=True, area__area_set__installed=True)
    wards = dict(rows.values_list("postcode_id", "area__code"))
    agree = sum(wards.get(row["postcode"].replace(" ", "")) == row["ward13"] for row in kirklees)
    assert agree / len(kirklees) >= 0.999
    assert max(Counter(rows.values_list("postcode_id", flat=True)).values()) == 1

    for row in kirklees[::500]:
        by_postcode = area_for_postcode(row["postcode"])
        position = find_postcode(row["postcode"])
        assert by_postcode == area_of(position.lat, position.lon)
        assert position.area_codes[0] == by_postcode.code


def test_retired_postcodes_are_not_in_the_files_of_today():
    load_postcodes(areas=["HD"])
    with gzip.open(DATA / "postcodes" / "postcodes_kirklees_retired.csv.gz", "rt") as stream:
        retired = [row["postcode"] for row in csv.DictReader(stream) if row["postcode"].startswith("HD")]
    assert len(retired) > 1_000
    assert [code for code in retired[::50] if find_postcode(code) is not None] == []


@pytest.mark.parametrize(
    ("name", "kind", "count"), [("msoa_2011", "msoa", 59), ("lsoa_2011", "lsoa", 259), ("constituencies_2013", "constituency", 4)]
)
def test_other_real_outlines_come_in_whole_and_draw(name, kind, count):
    path = DATA / "boundaries" / f"kirklees_{name}.geojson"
    call_command("load_areas", str(path), "--set", f"kirklees-{kind}", "--kind", kind, "--year", "2011", verbosity=0)
    assert AreaSet.objects.get().areas.count() == count
    assert len(simplified_outlines(AreaSet.objects.get())["features"]) == count


def test_sectors_are_drawn_from_real_postcodes():
    load_postcodes(areas=["HD"])
    call_command("load_areas", sectors=True, verbosity=0)
    sectors = dict(PostcodeArea.objects.filter(main=True).values_list("postcode_id", "area__code"))
    own = sum(sectors.get(postcode.code) == postcode.sector for postcode in Postcode.objects.all())
    assert len(sectors) == Postcode.objects.count()
    assert own / len(sectors) > 0.98
