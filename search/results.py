"""What the finder answers with: results with their reasons, near misses, facets, and what was understood."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from search.engines.document import Document, Place
from search.query import Query, Sort
from search.reasons import Part, Score

_LINE = ("reach", "open_space", "need", "access", "freshness")


@dataclass(frozen=True, slots=True)
class Result:
    """One service as an answer.

    `reach` is "" where no place was given; `miles` are by road where `by_road`, as the crow flies otherwise; `open` is None where the
    times are not known; `why_not` speaks only of near misses. `not_known` are wishes of the sentence that nobody knows of it, in words.
    """

    id: str
    name: str
    url: str
    organisation: str
    summary: str
    ours: bool
    needs: tuple[str, ...]
    kind: str
    modes: tuple[str, ...]
    reach: str
    miles: float | None
    open: bool | None
    checked_on: date | None
    places: tuple[Place, ...]
    score: int
    why: tuple[Part, ...]
    why_not: str = ""
    by_road: bool = False
    not_known: tuple[str, ...] = ()

    @property
    def why_line(self) -> str:
        """The reasons in one line: 0.8 miles in a straight line · Open now · For friendships · Checked 12 days ago."""
        texts = {part.part: part.text for part in self.why}
        if self.open and "Open now" not in texts.get("open_space", ""):
            texts["open_space"] = " · ".join(filter(None, ("Open now", texts.get("open_space", ""))))
        return " · ".join(texts[part] for part in _LINE if texts.get(part))

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "organisation": self.organisation,
            "summary": self.summary,
            "needs": list(self.needs),
            "reach": self.reach or None,
            "miles": self.miles,
            "by_road": self.by_road,
            "open": self.open,
            "checked_at": self.checked_on.isoformat() if self.checked_on else None,
            "places": [{"name": place.name, "lat": place.lat, "lon": place.lon} for place in self.places],
            "score": self.score,
            "why": [{"part": part.part, "points": part.points, "text": part.text} for part in self.why],
        }
        if self.why_not:
            shown["why_not"] = self.why_not
        return shown


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the answer. `query` is as it was understood; `sort` the order that was really used.

    `perhaps` are services of which it is not known whether they have the access that was asked for, and which fit otherwise: a few,
    on the last page.
    """

    query: Query
    total: int
    results: tuple[Result, ...]
    near_misses: tuple[Result, ...]
    facets: dict[str, list[dict[str, Any]]]
    sort: Sort
    perhaps: tuple[Result, ...] = ()

    @property
    def page(self) -> int:
        return self.query.page

    @property
    def page_size(self) -> int:
        return self.query.page_size

    @property
    def pages(self) -> int:
        """How many pages there are; 1 where there is nothing."""
        return max(1, -(-self.total // self.page_size))

    @property
    def understood(self) -> dict[str, Any]:
        """What was made of the question, each part of it removable."""
        place = self.query.place
        return {
            "words": list(self.query.typed),
            "corrected": self.query.corrected or None,
            "needs": [{"slug": guess.slug, "confidence": guess.confidence} for guess in (*self.query.needs, *self.query.faint)],
            "place": {"name": place.name, "kind": place.kind, "lat": place.lat, "lon": place.lon} if place else None,
            "filters": self.query.filters(),
        }

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        return {
            "understood": self.understood,
            "total": self.total,
            "page": self.page,
            "page_size": self.page_size,
            "results": [result.as_json() for result in self.results],
            "near_misses": [result.as_json() for result in self.near_misses],
            "facets": self.facets,
        }


def result_of(documents: tuple[Document, ...], scored: Score, *, open_now: bool | None = None, why_not: str = "") -> Result:
    """A scored service as it is shown, from all of its documents."""
    document = documents[0]
    places = {place: None for place in (each.place for each in documents) if place is not None}
    way = scored.way
    return Result(
        id=document.service,
        name=document.name,
        url=document.url,
        organisation=document.organisation,
        summary=document.summary,
        ours=document.ours,
        needs=document.needs,
        kind=document.kind,
        modes=document.modes,
        reach=way.reach.value if way else "",
        miles=round(way.miles, 1) if way and way.miles is not None else None,
        open=open_now,
        checked_on=document.checked_on,
        places=tuple(places),
        score=scored.points,
        why=tuple(part for part in scored.parts if part.points or part.text),
        why_not=why_not,
        by_road=bool(way and way.by_road),
        not_known=scored.not_known,
    )
