"""From a search that found nothing to asking the co-op: the need and the area come along, and never a typed word."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from directory.geodata.locating import area_of
from search.results import Found

_CARRIED = {"need": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII), "area": re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)}


def ask_url(found: Found) -> str:
    """The page "Ask the co-op" after this search; the area is the one around its place, so that no postcode is passed on."""
    query, need = found.query, ""
    if query.need or query.needs:
        need = query.need[0] if query.need else query.needs[0].slug
    area = area_of(query.place.lat, query.place.lon) if query.place else None
    known = {name: value for name, value in (("need", need), ("area", area.code if area else "")) if value}
    return f"{reverse('ask')}?{urlencode(known)}" if known else reverse("ask")


def carried_need(params: Mapping[str, str]) -> str:
    """The need of such an address; empty for anything odd."""
    need = params.get("need", "")
    return need if len(need) <= 60 and _CARRIED["need"].fullmatch(need) else ""


def carried(params: Mapping[str, str]) -> str:
    """Need and area of such an address for the next link; anything else, and anything odd, is left behind."""
    values = ((name, params.get(name, "")) for name in _CARRIED)
    return urlencode([(name, value) for name, value in values if len(value) <= 60 and _CARRIED[name].fullmatch(value)])
