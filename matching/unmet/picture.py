"""Where help is missing, as a map drawn on the server: the areas of the installed set, darker where more people ask in vain."""

import re
from collections.abc import Mapping
from typing import Any

from directory.geodata.locating import installed_set
from directory.geodata.outlines import Bounds, Frame, bounds_of, svg_outlines

WIDTH, HEIGHT = 400, 320
# What a name of postcode sectors ends with: the letters would not fit.
_CODE = re.compile(r" \([A-Z0-9 ]+\)$")
# From so many people on an area is drawn in this tone.
TONES = ((1, "few"), (3, "some"), (6, "many"))


def tone_of(people: int) -> str:
    """How dark an area is drawn; empty for one without anybody."""
    return next((tone for least, tone in reversed(TONES) if people >= least), "")


def picture(people: Mapping[str, int], label: str) -> dict[str, Any] | None:
    """The context of components/map.html for so many people by area code; None without areas to draw.

    It shows the areas that have anybody, and what lies around them; their names stand there with the number.
    """
    here = installed_set()
    bounds = _bounds(here.areas.filter(code__in=[code for code, count in people.items() if count])) if here else None
    bounds = bounds or (bounds_of(here) if here else None)
    if here is None or bounds is None:
        return None
    frame = Frame.around(bounds, width=WIDTH, height=HEIGHT, margin=14)
    areas = [
        {
            "path": outline.path,
            "tone": tone_of(people.get(outline.code, 0)),
            "name": f"{_CODE.sub('', outline.name)}: {people[outline.code]}" if people.get(outline.code) else "",
            "x": min(max(outline.x, 70), WIDTH - 70),
            "y": outline.y,
        }
        for outline in svg_outlines(here, frame)
    ]
    elsewhere = sum(count for code, count in people.items() if not code)
    rest = f"{elsewhere} more where the area is not known." if elsewhere else ""
    return {"label": label, "width": WIDTH, "height": HEIGHT, "areas": areas, "rest": rest}


def _bounds(areas: Any) -> Bounds | None:
    boxes = list(areas.values_list("west", "south", "east", "north"))
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
