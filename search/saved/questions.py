"""A saved question: the finder's parameters as they are kept, what fits them today, and how they are called in a mail."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse

from directory.models import Need
from search import engines
from search.find import find, understood
from search.query import BadQuery, Query, parse_query
from search.results import Found, Result

FITS_MOST = 500
_PAGE = 100

Params = dict[str, list[str]]


class TooWide(ValueError):
    """More than FITS_MOST services fit: something would be new all the time."""


def kept_params(query: Query) -> Params:
    """The parameters of a question as parse_query reads them again; without the way of looking, and without "open now"."""
    shown = {name: value for name, value in query.filters().items() if name != "sort"}
    if shown.get("open") == "now":
        del shown["open"]
    whole = {"q": query.q, "place": query.place_text, "lat": query.lat, "lon": query.lon, **shown, "off": list(query.off)}
    params = {name: _texts(name, value) for name, value in whole.items() if value not in ("", None, [], False)}
    return dict(sorted(params.items()))


def _texts(name: str, value: object) -> list[str]:
    if value is True:
        return ["1"]
    if isinstance(value, list):
        return [",".join(map(str, value))] if name == "bbox" else [str(each) for each in value]
    return [f"{value:g}" if name == "radius" else str(value)]


def fitting(params: Mapping[str, list[str]]) -> tuple[Found, list[Result]]:
    """The answer to a kept question, and everything that fits today, at most FITS_MOST.

    Raises BadQuery where it cannot be asked (any more), under "need" or "place" where these are not known.
    """
    query = replace(parse_query(params), page_size=_PAGE)
    first = find(query)
    fits = list(first.results)
    for page in range(2, min(first.pages, FITS_MOST // _PAGE) + 1):
        fits += find(replace(query, page=page)).results
    return first, fits


def glance(params: Mapping[str, list[str]]) -> tuple[Query, int]:
    """A kept question as it is understood today, and how many services fit: no more work than one page of the finder. Raises BadQuery as `fitting`."""
    query = understood(replace(parse_query(params), page_size=1))
    return query, engines.current().search(query, facets=False).total


def asks_something(params: Mapping[str, list[str]]) -> bool:
    """Is there a question at all, and not only a place?"""
    return bool(params.keys() - {"place", "lat", "lon", "radius", "bbox", "off"})


def called(query: Query) -> str:
    """What an understood question is about, in our words and never in the typed ones: "shopping, near Slaithwaite"."""
    names = [
        *Need.objects.filter(pk__in=query.need).values_list("name", flat=True),
        *(guess.name for guess in query.needs[:2] if guess.name),
    ]
    parts = [name[:1].lower() + name[1:] if name[1:2].islower() else name for name in dict.fromkeys(names)]
    if query.place is not None:
        parts.append("near you" if query.place.kind == "point" else f"near {query.place.name}")
    return ", ".join(parts) or "your search"


def address(params: Mapping[str, list[str]]) -> str:
    """The finder's address for it, without the host."""
    return f"{reverse('find')}?{urlencode([(name, value) for name, values in params.items() for value in values])}"


def is_retired(error: BadQuery) -> bool:
    """Does it fail because a need or a place is not known any more?"""
    return bool(error.errors.keys() & {"need", "place"})
