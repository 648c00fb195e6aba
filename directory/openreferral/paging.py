"""Pages of a list that stay the same while rows come and go.

The order is that in which things were made, so what is new comes at the end. What was taken away keeps its place for an hour, empty: who
reads page after page neither misses nor sees twice what was there all the time. A page may hold fewer records than were asked for, then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from directory import clock
from directory.models import Organisation, Service
from directory.openreferral.queries import offering, public_now, those_of
from directory.openreferral.values import Record

# As long as somebody may take to read all pages.
KEPT = timedelta(hours=1)
BATCH = 200


@dataclass(frozen=True)
class Listed:
    """A list: the rows that fit, those among them that are shown and those that were until lately, and by which column they stand in order."""

    rows: "QuerySet[Any]"
    shown: Q
    left: Q
    made: str = "created_at"

    @property
    def order(self) -> tuple[str, str]:
        return self.made, "pk"

    def within(self, position: tuple[Any, Any], *, after: bool) -> Q:
        """What stands after a position, or before it."""
        moment, pk = position
        way = "gt" if after else "lt"
        # Said twice, so that an index finds where to begin.
        return Q(**{f"{self.made}__{way}e": moment}) & (Q(**{f"{self.made}__{way}": moment}) | Q(**{f"pk__{way}": pk}))


@dataclass(frozen=True)
class Page:
    """The ids on one page of a list, in order, and what its envelope says."""

    ids: list[UUID]
    number: int
    pages: int
    total: int

    def envelope(self, records: list[Record]) -> Record:
        """All eight keys. `empty` is the whole list, or a page beyond its end; one whose records were just taken away is not."""
        return {
            "total_items": self.total,
            "total_pages": self.pages,
            "page_number": self.number,
            "size": len(records),
            "first_page": self.number == 1,
            "last_page": self.number >= self.pages,
            "empty": not self.total or self.number > self.pages,
            "contents": records,
        }


def services_listed(rows: "QuerySet[Service]") -> Listed:
    """The list of services."""
    return Listed(rows, public_now(), ~public_now() & Q(changed_at__gte=clock.now() - KEPT))


def at_locations_listed(rows: "QuerySet[Any]") -> Listed:
    """The list of services at places, in the order of the services."""
    left = Service.objects.filter(~public_now(), changed_at__gte=clock.now() - KEPT)
    return Listed(rows, public_now("service__"), Q(service__in=left.values("pk")), "service__created_at")


def organisations_listed(rows: "QuerySet[Organisation]") -> Listed:
    """The list of organisations that offer something now."""
    shown = offering(public_now())
    return Listed(rows, shown, those_of(~public_now() & Q(changed_at__gte=clock.now() - KEPT)) & ~shown)


def page_of(listed: Listed, *, number: int, size: int) -> Page:
    """One page. A constant number of queries, whatever is on it."""
    total = listed.rows.filter(listed.shown).count()
    slots = total + (_holes(listed) if total else 0)
    pages = max(1, -(-slots // size))
    begin = (number - 1) * size
    if begin >= slots:
        return Page([], number, pages, total)
    wanted = listed.shown if slots == total else listed.shown | listed.left
    rows = listed.rows.filter(wanted).order_by(*listed.order).values_list("pk", flat=True)
    ids = list(rows[begin : begin + size])
    if slots != total:
        shown = set(listed.rows.filter(listed.shown, pk__in=ids).values_list("pk", flat=True))
        ids = [pk for pk in ids if pk in shown]
    return Page(ids, number, pages, total)


def batches(listed: Listed, size: int = BATCH) -> Iterator[list[UUID]]:
    """The ids of everything shown, batch by batch; each is asked for anew after the one before, so that nothing is held for long."""
    rows = listed.rows.filter(listed.shown).order_by(*listed.order).values_list("pk", listed.made)
    position: tuple[Any, Any] | None = None
    while True:
        found = list((rows.filter(listed.within(position, after=True)) if position else rows)[:size])
        if not found:
            return
        yield [pk for pk, _ in found]
        pk, made = found[-1]
        position = (made, pk)


def _holes(listed: Listed) -> int:
    """How many that left stand before the last that is there."""
    left = listed.rows.filter(listed.left)
    if not left.exists():
        return 0
    last = listed.rows.filter(listed.shown).order_by(F(listed.made).desc(), "-pk").values_list(listed.made, "pk").first()
    return left.filter(listed.within(last, after=False)).count() if last else 0
