"""From a GeoJSON file to rows of text: the properties of each feature, and where its point lies."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from directory.imports.faults import BadFile

DEGREES = "EPSG:4326"
MOST_FEATURES = 100_000


def read_features(path: Path) -> Iterator[tuple[int, list[str], str]]:
    """The headings as row 0, then each feature with its number, its cells as text, and what is wrong with it. Raises BadFile."""
    frame = _frame(path)
    names = [name for name in frame.columns if name != "geometry"]
    if taken := [name for name in names if name in ("lat", "lon")]:
        raise BadFile(f"{path.name}: the features have points, and the property “{taken[0]}” as well. Take the property out.")
    yield 0, [*map(str, names), "lat", "lon"], ""
    points = list(frame.geometry)
    for number, values in enumerate(frame[names].itertuples(index=False, name=None), start=1):
        lat, lon, fault = _position(points[number - 1])
        yield number, [*map(_text, values), lat, lon], fault


def _frame(path: Path) -> Any:
    import geopandas
    from pyogrio.errors import DataSourceError
    from pyproj.exceptions import CRSError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = geopandas.read_file(path, engine="pyogrio", layer=0)
            if "geometry" not in frame.columns or getattr(frame, "crs", None) is None:
                raise BadFile(f"{path.name} holds no features with a geometry.")
            frame = frame.to_crs(DEGREES)
    except BadFile:
        raise
    except (DataSourceError, CRSError, ValueError, UnicodeError, RuntimeError) as error:
        raise BadFile(f"{path.name} begins like GeoJSON, and cannot be read as such. Is all of it there?") from error
    if not len(frame):
        raise BadFile(f"{path.name} is empty.")
    if len(frame) > MOST_FEATURES:
        raise BadFile(f"{path.name} has more than {MOST_FEATURES:,} features. Split it.")
    return frame


def _position(shape: Any) -> tuple[str, str, str]:
    """Latitude, longitude, and what is wrong with the shape. A listing without one may say where it is in words."""
    if shape is None or shape.is_empty:
        return "", "", ""
    if shape.geom_type != "Point":
        return "", "", f"its shape is a {shape.geom_type}: only a point says where people go."
    return f"{shape.y:.7f}".rstrip("0").rstrip("."), f"{shape.x:.7f}".rstrip("0").rstrip("."), ""


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  Not a number is not even itself.
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)
