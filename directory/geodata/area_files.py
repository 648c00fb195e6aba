"""Reads areas from any file of polygons that geopandas knows (GeoJSON, GeoPackage, zipped shapefile), and says what is wrong with each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from directory.geodata.areas import Shape
from directory.geodata.codepoint import UnreadableFile
from directory.geodata.membership import DEGREES

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

# West, south, east, north of the United Kingdom and the waters around it, in degrees.
KINGDOM = (-9.5, 49.0, 3.0, 62.0)


class BadFeature(Exception):
    """Why a feature is no area, as the end of a sentence."""


@dataclass
class Reading:
    """The areas of a file, and a line for each feature that is none (`bad`) or that had to be repaired (`mended`)."""

    shapes: list[Shape] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


def read_areas(file: Path, code: str = "code", name: str = "name", crs: str = "") -> Reading:
    """The areas of a file, by the columns that hold their code and name, in WGS84 degrees.

    crs: the coordinate system where the file does not say it, such as EPSG:27700. Raises UnreadableFile.
    """
    frame = _frame(file, code, name, crs)
    reading = Reading()
    seen: set[str] = set()
    for number, (area_code, area_name, geometry) in enumerate(_rows(frame, code, name), start=1):
        label = f"Feature {number} ({area_name or area_code or 'no name'})"
        try:
            shape, mended = _shape(area_code, area_name, geometry, seen)
        except BadFeature as why:
            reading.bad.append(f"{label}: {why}.")
            continue
        seen.add(shape.code)
        reading.shapes.append(shape)
        if mended:
            reading.mended.append(f"{label}: its outline crossed itself and was mended.")
    return reading


def _frame(file: Path, code: str, name: str, crs: str) -> "GeoDataFrame":
    import geopandas
    from pyogrio.errors import DataSourceError
    from pyproj.exceptions import CRSError

    if not file.is_file():
        raise UnreadableFile(f"There is no file {file}.")
    try:
        frame = geopandas.read_file(file)
    except (DataSourceError, ValueError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{file.name} is no file of areas that can be read: {error}") from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise UnreadableFile(f"{file.name} holds no outlines.")
    absent = [column for column in (code, name) if column not in frame.columns]
    if absent:
        there = ", ".join(str(column) for column in frame.columns if column != "geometry")
        raise UnreadableFile(
            f"{file.name} has no column {' and no column '.join(absent)}. It has: {there or 'none'}. Say which with --code and --name."
        )
    try:
        if crs:
            frame = frame.set_crs(crs, allow_override=True)
        return frame.set_crs(DEGREES) if frame.crs is None else frame.to_crs(DEGREES)
    except CRSError as error:
        raise UnreadableFile(f"{crs or file.name}: this coordinate system is not known.") from error


def _rows(frame: "GeoDataFrame", code: str, name: str) -> Iterator[tuple[str, str, Any]]:
    for area_code, area_name, geometry in zip(frame[code], frame[name], frame.geometry, strict=True):
        yield _text(area_code), _text(area_name), geometry


def _text(value: Any) -> str:
    """A cell as text; a whole number that was read as 12.0 is "12"."""
    import pandas

    if value is None or pandas.isna(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _shape(code: str, name: str, geometry: Any, seen: set[str]) -> tuple[Shape, bool]:
    """The area, and whether its outline had to be mended. Raises BadFeature."""
    if not code or not name:
        raise BadFeature("it has no code" if not code else "it has no name")
    if len(code) > 20 or len(name) > 120:
        raise BadFeature("its code is longer than 20 letters" if len(code) > 20 else "its name is longer than 120 letters")
    if code in seen:
        raise BadFeature(f"the code {code} is there twice")
    if geometry is None or geometry.is_empty:
        raise BadFeature("it has no outline")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadFeature(f"it is a {geometry.geom_type.lower()}, not an outline")
    whole = geometry if geometry.is_valid else _mended(geometry)
    west, south, east, north = whole.bounds
    if not (KINGDOM[0] <= west and KINGDOM[1] <= south and east <= KINGDOM[2] and north <= KINGDOM[3]):
        raise BadFeature("it lies outside the United Kingdom: if the file is not in degrees, say its coordinate system with --crs")
    return Shape(code, name, whole), whole is not geometry


def _mended(geometry: Any) -> "BaseGeometry":
    """The same outline without crossings; of what falls out, only the surfaces. Raises BadFeature where nothing is left."""
    import shapely

    pieces = shapely.get_parts(shapely.get_parts(shapely.make_valid(geometry)))
    surfaces = shapely.union_all([piece for piece in pieces if piece.geom_type == "Polygon" and piece.area > 0])
    if surfaces.is_empty:
        raise BadFeature("its outline encloses nothing")
    return surfaces
