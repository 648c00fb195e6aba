"""Which services fit a query, in columns: the floor of words and needs, reach, the filters, and the counts of what else may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from search.engines.arrays import UNKNOWN, YES, Bools, Floats, Ints
from search.engines.base import FACETS, FEW, WHO_MOST
from search.engines.columns import EPOCH, Columns, Labels
from search.engines.filters import fact_bit, opens, place_filters, service_filters, speaks
from search.engines.hours import open_at
from search.engines.rows import Rows
from search.query import ACCESS_FACTS, DAYS, MODES, Query
from search.reach import OUT_OF_REACH, classes, covered, distances, limit, limited, offered
from search.textscore import half, weights

# The bytes that have each bit.
_HAVING = [np.flatnonzero(np.arange(256) & (1 << at)) for at in range(8)]


@dataclass(frozen=True, slots=True)
class Held:
    """Which services hold each word of Query.words: in the name, and anywhere. `weights` are those of search.textscore."""

    in_name: Bools
    anywhere: Bools
    weights: Floats

    @classmethod
    def of(cls, words: Sequence[tuple[Ints, Ints]], services: int) -> "Held":
        """From the places of the services that hold each word, in the name and anywhere."""
        marked = np.zeros((2, len(words), services), bool)
        for at, (in_name, anywhere) in enumerate(words):
            marked[0, at, in_name] = True
            marked[1, at, anywhere] = True
        return cls(marked[0], marked[1], weights([len(anywhere) for _, anywhere in words], services))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the query's place lies for every document: miles, whether by road, its class of reach, and whether only perhaps."""

    miles: Floats
    by_road: Bools
    reach: Ints
    maybe: Bools


@dataclass(frozen=True, slots=True)
class Selection:
    """What fits: `base` the services by their words and day, `reached` the documents by reach; and who passes each filter that is set.

    Filters of services and of documents are kept apart, since a service passes the latter by any of its documents, all at once.
    """

    columns: Columns
    labels: Labels
    query: Query
    held: Held
    base: Bools
    reached: Bools
    ground: Ground | None
    service_filters: Mapping[str, Bools]
    place_filters: Mapping[str, Bools]
    open_now: Ints
    _fitting: dict[str, Bools] = field(default_factory=dict, repr=False)

    def documents(self, without: str = "") -> Bools:
        """The documents that pass everything said of places, but for the filter of one field."""
        return _all((self.reached, *(passed for name, passed in self.place_filters.items() if name != without)))

    def services(self, without: str = "") -> Bools:
        """The services that fit, but for the filter of one field."""
        if without not in self._fitting:
            whole = _all((self.base, *(passed for name, passed in self.service_filters.items() if name != without)))
            places = self.documents(without)
            self._fitting[without] = whole if places.all() else whole & self.columns.any_of(places)
        return self._fitting[without]

    def rows(self, order: Ints) -> Rows:
        """The services that fit as what reach and score are worked out from. `order` is the place of all services by name, then id."""
        columns, query = self.columns, self.query
        fitting = self.services()
        at = np.flatnonzero(fitting)
        documents = np.flatnonzero(self.documents() & fitting[columns.owner])
        owner = columns.owner[documents]
        head = columns.head
        coming, remote = offered(columns)
        slugs = tuple(dict.fromkeys([*(guess.slug for guess in query.needs), *query.need]))
        ground = self.ground
        nowhere = np.zeros(len(documents), bool)
        return Rows(
            keys=columns.ids[at],
            order=order[at],
            slugs=slugs,
            needs=_stacked([columns.needs.holding([self.labels.number("need", slug)])[at] for slug in slugs], len(at)),
            weights=self.held.weights,
            in_name=self.held.in_name[:, at],
            in_text=self.held.anywhere[:, at],
            checked=head["checked"][at],
            spaces=head["spaces"][at],
            open=self.open_now[at],
            opens=(opens(columns, query, self.open_now) == YES)[at],
            paused=head["paused"][at],
            free=head["free"][at] == YES,
            told=((head["who"] > 0) | ~np.isnan(head["min_age"]) | ~np.isnan(head["max_age"]))[at],
            language=speaks(columns, self.labels, query)[at],
            coming=coming[at],
            remote=remote[at],
            owner=(np.cumsum(fitting) - 1)[owner],
            number=documents - columns.first[owner],
            miles=ground.miles[documents] if ground else np.full(len(documents), np.nan),
            by_road=ground.by_road[documents] if ground else nowhere,
            reach=ground.reach[documents] if ground else np.zeros(len(documents), np.int8),
            maybe=ground.maybe[documents] if ground else nowhere,
            access=_stacked([(columns.places["yes"][documents] & fact_bit(fact)) > 0 for fact in query.access], len(documents)),
            columns=columns,
            labels=self.labels,
            services=at,
        )

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Per field the values and the number of services that choosing each alone would give."""
        whole = self.services()
        counted: dict[str, Mapping[str, int]] = {}
        for name in FACETS:
            filtered = name in self.service_filters or name in self.place_filters
            services = self.services(name) if filtered else whole
            if name == "access":
                counted["access"], counted["access_unknown"] = self._access(services)
            elif name != "access_unknown":
                counted[name] = self._counted(name, services)
        return counted

    def _counted(self, name: str, services: Bools) -> dict[str, int]:
        columns, head = self.columns, self.columns.head
        if name == "need":
            return self._named(columns.needs.counts(services, len(self.labels)))
        if name == "language":
            return self._named(columns.languages.counts(services, len(self.labels)))
        if name == "who":
            return self._who(services)
        if name == "kind":
            return self._named(np.bincount(head["kind"][services]))
        if name == "mode":
            return _bits(MODES, head["modes"][services])
        if name == "free":
            return _some({"yes": int(np.count_nonzero(head["free"][services] == YES))})
        return _some({"now": int(np.count_nonzero(self.open_now[services] == YES))}) | _bits(DAYS, head["days"][services])

    def _named(self, counts: Ints) -> dict[str, int]:
        return {self.labels.name(number): int(counts[number]) for number in np.flatnonzero(counts).tolist() if number}

    def _who(self, services: Bools) -> dict[str, int]:
        """Choosing a word leaves those who say nothing of whom they are for, too."""
        counts = self._named(self.columns.who.counts(services, len(self.labels)))
        silent = int(np.count_nonzero(self.columns.who.lengths[services] == 0))
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:WHO_MOST]
        return {value: count + silent for value, count in most}

    def _access(self, services: Bools) -> tuple[dict[str, int], dict[str, int]]:
        """Who surely has each fact at a document that fits, and of whom none of these says yes or no."""
        columns = self.columns
        joined = columns.joined(columns.access * (self.documents("access") & services[columns.owner]))
        said = joined[joined > 0]
        yes, no = said & 0xFF, (said >> 8) & 0xFF
        return _bits(ACCESS_FACTS, yes), _bits(ACCESS_FACTS, (yes | no) ^ 0xFF)


def select(
    columns: Columns,
    labels: Labels,
    query: Query,
    held: Held,
    *,
    open_now: Ints | None = None,
    ground: Ground | None = None,
    everywhere: bool = False,
    boxed: bool = True,
) -> Selection:
    """What of the columns fits. `everywhere` leaves reach out, not `boxed` the box.

    `open_now` and `ground` are `open_at` and `ground_of` of the columns, where they are known already.
    """
    if open_now is None:
        open_now = np.full(len(columns), UNKNOWN, np.int8) if query.minute is None else open_at(columns, query.minute)
    ground = ground or ground_of(columns, labels, query)
    reached = ground.reach != OUT_OF_REACH if ground is not None and not everywhere else np.ones(len(columns.owner), bool)
    visible = _visible(columns, query)
    base = visible & _asked(columns, labels, query, held)
    if len(query.words) > 1 and np.count_nonzero(base & columns.any_of(reached)) < FEW:
        base |= visible & (held.anywhere.sum(axis=0) >= half(len(query.words)))
    return Selection(
        columns,
        labels,
        query,
        held,
        base,
        reached,
        ground,
        dict(service_filters(columns, labels, query, open_now)),
        dict(place_filters(columns, query, boxed)),
        open_now,
    )


def _asked(columns: Columns, labels: Labels, query: Query, held: Held) -> Bools:
    """Who meets a need in question or holds all words; without a question, everybody."""
    if not query.asks:
        return np.ones(len(columns), bool)
    met = columns.needs.holding(labels.number("need", guess.slug) for guess in query.needs)
    return met | held.anywhere.all(axis=0) if query.words else met


def _visible(columns: Columns, query: Query) -> Bools:
    if query.on is None:
        return np.ones(len(columns), bool)
    day = _days(query.on)
    return (columns.head["visible_from"] <= day) & (columns.head["visible_to"] >= day)


def ground_of(columns: Columns, labels: Labels, query: Query) -> Ground | None:
    """How every document lies to the query's place; None without one."""
    if query.place is None:
        return None
    miles, by_road = distances(columns, labels, query.place, limit(query))
    inside, maybe = covered(columns, labels, query.place)
    coming, remote = offered(columns)
    reach = classes(
        covered=inside,
        limited=limited(columns),
        miles=miles,
        coming=coming[columns.owner],
        remote=remote[columns.owner],
        near=limit(query),
    )
    return Ground(miles, by_road, reach, maybe)


def _all(passed: Sequence[Bools]) -> Bools:
    return np.logical_and.reduce(passed) if len(passed) > 1 else passed[0]


def _stacked(each: list[Bools], width: int) -> Bools:
    return np.stack(each) if each else np.zeros((0, width), bool)


def _days(day: date) -> int:
    return day.toordinal() - EPOCH


def _bits(names: Sequence[str], bits: Ints) -> dict[str, int]:
    """How many have each bit."""
    each = np.bincount(bits, minlength=256)
    return _some({name: int(each[_HAVING[at]].sum()) for at, name in enumerate(names)})


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {value: count for value, count in counts.items() if count}
