"""A small land of our own: four postcodes, two square wards side by side, three places."""

import json

import pytest

from directory.geodata.area_files import read_areas
from directory.geodata.areas import SetDetails, store
from directory.geodata.models import AreaKind, Place, Postcode

POSTCODES = {
    "HD75AA": (53.62, -1.88, True),
    "HD75AB": (53.62, -1.8202, True),
    "HD76DQ": (53.60, -1.78, True),
    "HD101ZZ": (53.65, -1.70, True),
    "HD75ZZ": (53.63, -1.87, False),
}
# The wards share the line at -1.82; the second postcode lies 13 metres west of it.
WEST = [[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]
EAST = [[-1.82, 53.58], [-1.72, 53.58], [-1.72, 53.66], [-1.82, 53.66], [-1.82, 53.58]]


def feature(code, name, *rings, kind="Polygon", coordinates=None):
    """One GeoJSON feature; `coordinates` where it is no polygon."""
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": kind, "coordinates": coordinates or list(rings)},
    }


@pytest.fixture
def geojson(tmp_path):
    """Writes features to a file and returns its path."""

    def write(*features, name="areas.geojson"):
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        return path

    return write


@pytest.fixture
def postcodes(db):
    return Postcode.objects.bulk_create(Postcode(code=code, lat=lat, lon=lon, live=live) for code, (lat, lon, live) in POSTCODES.items())


@pytest.fixture
def places(db):
    return Place.objects.bulk_create(
        [
            Place(name="Slaithwaite", kind="village", lat=53.6222, lon=-1.8822, postcode_district="HD7", also="Slawit;Slathwaite"),
            Place(name="St Mary's Mill", kind="hamlet", lat=53.60, lon=-1.75, postcode_district="HD7", also="Bottom o' th' Hill"),
            Place(name="Slathwaite", kind="hamlet", lat=55.0, lon=-3.0, postcode_district="DG1"),
        ]
    )


@pytest.fixture
def wards(postcodes, geojson):
    """The two wards, installed."""
    shapes = read_areas(geojson(feature("W1", "West Ward", WEST), feature("W2", "East Ward", EAST))).shapes
    return store(SetDetails("wards-2013", "Wards", AreaKind.WARD, 2013), shapes, install_it=True).area_set
