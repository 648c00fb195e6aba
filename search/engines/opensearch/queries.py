"""Which services fit a query, as the search node is asked: the same rules as search.engines.selection, clause by clause.

A clause about a place is a function of the fields' prefix, since places stand in the service's own entry or in its nested `places`.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from search import tokens
from search.engines.columns import EPOCH
from search.engines.document import EVERYWHERE
from search.engines.opensearch.mapping import ALONE, OVER, SEVERAL
from search.geometry import EARTH_MILES
from search.query import DAYS, Box, Query, Spot
from search.reach import codes, limit
from search.textscore import half
from search.valleys import road_miles

Clause = dict[str, Any]
PlaceClause = Callable[[str], Clause]

# The node's own distance is right to a few centimetres; in this ring around the limit ours decides, to the last bit.
RING_MILES = 0.01
EDGE_DEGREES = 1e-6
_MILES = (
    "double way(double a, double b, double c, double d) { double n = Math.toRadians(c - a) / 2; double e = Math.toRadians(d - b) / 2;"
    " double h = Math.pow(Math.sin(n), 2) + Math.cos(Math.toRadians(a)) * Math.cos(Math.toRadians(c)) * Math.pow(Math.sin(e), 2);"
    f" return {2 * EARTH_MILES!r} * Math.asin(Math.min(1.0, Math.sqrt(h))); }}"
)
_NEAR = f"{_MILES} return way(params.lat, params.lon, doc[params.at + 'lat'].value, doc[params.at + 'lon'].value) <= params.miles;"
_CIRCLE = (
    f"{_MILES} for (String text : doc[params.at + 'circle']) {{ String[] c = text.splitOnToken(',');"
    " if (way(params.lat, params.lon, Double.parseDouble(c[0]), Double.parseDouble(c[1])) <= Double.parseDouble(c[2])) { return true; } }"
    " return false;"
)


def every(clauses: Iterable[Clause]) -> Clause:
    """All of them, without a score."""
    return {"bool": {"filter": list(clauses)}}


def any_of(*clauses: Clause) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def none_of(*clauses: Clause) -> Clause:
    return {"bool": {"must_not": list(clauses)}}


def there(field: str) -> Clause:
    return {"exists": {"field": field}}


def one_of(field: str, values: Iterable[Any]) -> Clause:
    return {"terms": {field: list(values)}}


def within(field: str, **edges: Any) -> Clause:
    return {"range": {field: edges}}


def base(query: Query, *, few: bool) -> list[Clause]:
    """What fits by words, needs and day; where `few` do so otherwise, half of the words are enough."""
    clauses = []
    if query.on is not None:
        day = query.on.toordinal() - EPOCH
        clauses.append(none_of(within("visible_from", gt=day), within("visible_to", lt=day)))
    if query.asks:
        met = [one_of("need", sorted({guess.slug for guess in query.needs}))] if query.needs else []
        words = [{"term": {"words": word}} for word in query.words]
        held = [{"bool": {"should": words, "minimum_should_match": half(len(words)) if few else len(words)}}] if words else []
        clauses.append(any_of(*met, *held))
    return clauses


def service_filters(query: Query) -> dict[str, Clause]:
    """The filters of services that are set, by field; for wishes, what is not known passes."""
    found: dict[str, Clause] = {}
    if query.need:
        found["need"] = one_of("need", query.need)
    if query.mode:
        found["mode"] = _wished(one_of("mode", query.mode), none_of(there("mode")), "mode", query)
    if query.kind:
        found["kind"] = one_of("kind", query.kind)
    if query.free:
        found["free"] = _wished({"term": {"free": True}}, none_of(there("free")), "free", query)
    if query.language:
        found["language"] = _wished({"term": {"language": query.language}}, none_of(there("language")), "language", query)
    if query.who:
        found["who"] = _meant_for(query)
    if query.open or query.days or query.during:
        found["open"] = every(_times(query))
    return found


def _wished(surely: Clause, unknown: Clause, field: str, query: Query) -> Clause:
    return any_of(surely, unknown) if field in query.wished else surely


def _meant_for(query: Query) -> Clause:
    age = query.age
    if age is not None:
        return none_of(within("min_age", gt=age), within("max_age", lt=age))
    words = tokens.tokens(query.who)[: tokens.QUERY_TOKENS_MAX]
    return any_of(one_of("who", words), none_of(there("who"))) if words else {"match_all": {}}


def _times(query: Query) -> Iterator[Clause]:
    """Everything that is asked about times: surely so, or as far as is known for a wish."""
    wished = "open" in query.wished
    if query.open == "now":
        yield open_during(query.minute, query.minute + 1, wished=wished) if query.minute is not None else _unknown(wished)
    for days in ((query.open,) if query.open in DAYS else (), query.days):
        if days:
            surely = one_of("days", days)
            yield any_of(surely, none_of(there("hours_to"))) if wished else surely
    if query.during is not None:
        yield open_during(*query.during, wished=wished)


def _unknown(wished: bool) -> Clause:
    return {"match_all": {}} if wished else {"match_none": {}}


def open_during(start: int, end: int, *, wished: bool = False) -> Clause:
    """Who surely is open at any minute from `start` to before `end`; for a wish also those of whom it is not known."""
    surely = within("hours_sure", gte=start, lt=end, relation="intersects")
    if not wished:
        return surely
    return any_of(surely, within("hours_term", gte=start, lt=end, relation="intersects"), none_of(within("hours_to", gte=end)))


def place_filters(query: Query, *, everywhere: bool = False, boxed: bool = True) -> dict[str, PlaceClause]:
    """What is said of places, by field; a service passes by any one of its documents that passes all."""
    found: dict[str, PlaceClause] = {}
    if query.place is not None and not everywhere:
        found["reach"] = lambda at: reached(query, at)
    if query.access:
        found["access"] = lambda at: _access(query, at)
    if query.bbox is not None and boxed:
        box = query.bbox
        found["bbox"] = lambda at: any_of({"term": {f"{at}placed": False}}, inside(box, at))
    return found


def inside(box: Box, at: str) -> Clause:
    """Whose place lies in the box: the node's points, right to a few centimetres, find it fast; the numbers themselves decide."""
    return every(
        (
            points_in(box, EDGE_DEGREES, f"{at}geo"),
            within(f"{at}lat", gte=box.south, lte=box.north),
            within(f"{at}lon", gte=box.west, lte=box.east),
        )
    )


def points_in(box: Box, more: float, field: str) -> Clause:
    """Whose point lies in a box that is larger by so many degrees on each side."""
    top, bottom = min(90.0, box.north + more), max(-90.0, box.south - more)
    left, right = max(-180.0, box.west - more), min(180.0, box.east + more)
    return {"geo_bounding_box": {field: {"top": top, "left": left, "bottom": bottom, "right": right}}}


def _access(query: Query, at: str) -> Clause:
    if "access" in query.wished:
        return {"bool": {"filter": [there(f"{at}placed")], "must_not": [one_of(f"{at}no", query.access)]}}
    return every({"term": {f"{at}yes": fact}} for fact in query.access)


def reached(query: Query, at: str) -> Clause:
    """The rule of search.reach.classes: whose stated area holds the place, or who states none and is near, remote or without a place."""
    return any_of(one_of(f"{at}area", [EVERYWHERE]), {"term": {f"{at}anywhere": True}}, reached_here(query, at))


def reached_here(query: Query, at: str) -> Clause:
    """Of those who do not reach every spot, and some of those who do, the ones that reach this one."""
    assert query.place is not None
    spot = query.place
    circle = every((*circled(spot, at), _script(_CIRCLE, at=at, lat=spot.lat, lon=spot.lon)))
    return any_of(stated(spot, at), circle, near(spot, limit(query), at))


def stated(spot: Spot, at: str) -> Clause:
    """Whose stated areas hold the spot by their codes."""
    return one_of(f"{at}area", [code for code in codes(spot) if code != EVERYWHERE])


def circled(spot: Spot, at: str) -> list[Clause]:
    """Around whose circles a square holds the spot."""
    return [{"term": {f"{at}circle_lat": spot.lat}}, {"term": {f"{at}circle_lon": spot.lon}}]


def near(spot: Spot, miles: float, at: str) -> Clause:
    """Who states no area and is at most so many miles away: by road where the table of roads knows both ends, as the crow flies otherwise."""
    sure, perhaps = (around(spot, miles + ring, f"{at}free_geo") for ring in (-RING_MILES, RING_MILES))
    exactly = every((perhaps, _script(_NEAR, at=at, lat=spot.lat, lon=spot.lon, miles=miles)))
    crow = any_of(sure, exactly) if miles > RING_MILES else exactly
    roads = road_miles(spot.locality)
    if not roads:
        return crow
    known = one_of(f"{at}free_village", sorted(roads))
    by_road = one_of(f"{at}free_village", sorted(locality for locality, road in roads.items() if road <= miles))
    return {"bool": {"filter": [crow, any_of(by_road, none_of(known))]}}


def around(spot: Spot, miles: float, field: str) -> Clause:
    """Whose point lies within so many miles, to a few centimetres."""
    return {"geo_distance": {"distance": f"{miles!r}mi", field: {"lat": spot.lat, "lon": spot.lon}}}


def _script(source: str, **params: Any) -> Clause:
    return {"script": {"script": {"source": source, "lang": "painless", "params": params}}}


class Asked:
    """One query: its clauses, each filter apart, so that a facet is counted under all filters but its own."""

    def __init__(self, query: Query, *, everywhere: bool = False, boxed: bool = True, few: bool = False) -> None:
        self.query = query
        self.base = base(query, few=few)
        self.services = service_filters(query)
        self.places = place_filters(query, everywhere=everywhere, boxed=boxed)

    def clauses(self, without: str = "") -> list[Clause]:
        """What fits, but for the filter of one field."""
        whole = [clause for field, clause in self.services.items() if field != without]
        return [*self.base, *whole, *self.at_places(without={without})]

    def documents(self, without: str = "") -> list[PlaceClause]:
        """What is asked of places, but for the filter of one field."""
        return [clause for field, clause in self.places.items() if field != without]

    @property
    def filtered(self) -> bool:
        """Whether anything but reach is asked for besides words and needs."""
        return bool(self.services or self.places.keys() - {"reach"})

    def floor(self) -> list[Clause]:
        """What fits by words, needs, day and reach: the floor that decides whether half of the words are enough."""
        return [*self.base, *self.at_places(without=self.places.keys() - {"reach"})]

    def at_places(self, *more: PlaceClause, without: AbstractSet[str] = frozenset()) -> list[Clause]:
        """The services of which any one document passes all that is asked of places, and `more`; no clause where nothing is asked.

        Every clause asks for something that is there, so that none is met by the entry of a service whose places are nested.
        """
        asked = {field: clause for field, clause in self.places.items() if field not in without}
        many = [*asked.values(), *more]
        if not many:
            return []
        if not more and asked.keys() == {"access"} and (anywhere := _access_anywhere(self.query)):
            return [anywhere]
        if not more and asked.keys() == {"reach"}:
            return [self._reached()]
        several = [each(SEVERAL) for each in many]
        return [any_of(every(each(ALONE) for each in many), {"nested": {"path": "places", "query": every(several)}})]

    def _reached(self) -> Clause:
        """Who reaches the place: most who do reach every spot, which their entry says, and for documents that reach the same it speaks, too."""
        several = every(({"term": {f"{SEVERAL}mixed": True}}, reached_here(self.query, SEVERAL)))
        return any_of(one_of("over", OVER), reached_here(self.query, ALONE), {"nested": {"path": "places", "query": several}})


def _access_anywhere(query: Query) -> Clause | None:
    """One access fact, which any place of the service may have; None where it is more that one and the same place must have."""
    if "access" in query.wished or len(query.access) != 1:
        return None
    return {"term": {"fact": f"yes:{query.access[0]}"}}
