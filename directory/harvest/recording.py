"""A few records of a page at once: which of them are new, changed or doubled, and the books about each of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from directory.harvest.belonging import Known
from directory.harvest.fetching import CannotFetch
from directory.harvest.models import Feed, Record, Run
from directory.harvest.reading import moment
from directory.harvest.taking import Taken, digest, read, take
from directory.harvest.understanding import Rejected, id_of
from directory.models import Service

Outcome = Record.Outcome
# A record with one of these has more in it than a line of a list.
RICH = frozenset(
    {
        *("service_at_locations", "locations", "contacts", "phones", "schedules", "regular_schedules", "regular_schedule", "cost_options"),
        *("service_areas", "attributes", "taxonomies", "eligibilitys", "languages", "service_taxonomys"),
    }
)
KEPT = (Outcome.TAKEN, Outcome.UNCLEAR)
MOST_EXAMPLES = 5
MOST_WARNINGS = 60


def note(run: Run, text: str, source_id: str = "") -> None:
    """One more of a kind of warning, with the first few records it is about. The caller saves."""
    if text not in run.warnings and len(run.warnings) >= MOST_WARNINGS:
        text = "and more of other kinds"
    held = run.warnings.setdefault(text[:200], {"count": 0, "ids": []})
    held["count"] += 1
    if source_id and source_id not in held["ids"] and len(held["ids"]) < MOST_EXAMPLES:
        held["ids"].append(source_id[:100])


def item_id(item: Any) -> str:
    """The id of a record; "" where it has none that can be used."""
    try:
        return id_of(item)
    except Rejected:
        return ""


class Batch:
    """Some records that lie beside each other on one page. `take` is called inside of a transaction, which saves the run as well.

    `page` is None for services that were asked for by their own addresses.
    """

    def __init__(self, known: Known, run: Run, page: int | None, items: list[Any], seen: Mapping[str, datetime | None]) -> None:
        self.known, self.run, self.page, self.items, self.seen = known, run, page, items, seen
        self.ids = [item_id(item) for item in items]
        self.seen_now: dict[str, datetime | None] = {}
        rows = Record.objects.filter(feed=known.feed, source_id__in=[key for key in self.ids if key])
        self._rows = {row.source_id: row for row in rows}
        # Whole records by id, where they were asked for: None where the source has none, the fault where it gave none.
        self.details: dict[str, Any] = {}

    def thin(self) -> Iterator[str]:
        """The ids of those to ask for one by one: their record in the list is thin, and they are not known to be as they were."""
        if self.known.feed.details == Feed.Details.NEVER:
            return
        for source_id, item in zip(self.ids, self.items, strict=True):
            row = self._rows.get(source_id)
            as_it_was = row is not None and row.with_details and _as_it_was(row, item) and moment(item.get("last_modified")) is not None
            if source_id and not RICH & item.keys() and not as_it_was:
                yield source_id

    def take(self) -> None:
        """Take them all. One that cannot be taken is filed as such, and stops nobody else."""
        wanted = [key for key, item in zip(self.ids, self.items, strict=True) if key and not self._may_be_left(key, item)]
        found = Service.objects.with_everything().filter(source=self.known.feed.url, source_id__in=wanted)
        services = {service.source_id: service for service in found}
        for source_id, item in zip(self.ids, self.items, strict=True):
            self.run.read += 1
            if self._came_already(source_id, item):
                self.run.repeated += 1
                note(self.run, "the same id came more than once", source_id)
                continue
            if source_id:
                self.seen_now[source_id] = moment(item.get("last_modified"))
            self._take_one(source_id, item, services)

    def _take_one(self, source_id: str, item: Any, services: dict[str, Service]) -> None:
        row = self._rows.get(source_id)
        if row is not None and self._may_be_left(source_id, item):
            self.run.unchanged += 1
            if isinstance(self.details.get(source_id), CannotFetch):
                note(self.run, "a service could not be asked for: it stays as it was", source_id)
            self._file(row)
            return
        try:
            whole = self._whole(source_id, item)
            taken = take(read(whole), services.get(source_id), self.known)
        except Rejected as why:
            self._reject(source_id, row, str(why))
            return
        services[source_id] = taken.service
        self._count(taken)
        row = row or Record(feed=self.known.feed, source_id=source_id)
        row.outcome = Outcome.UNCLEAR if taken.understood.hidden else Outcome.TAKEN
        row.service, row.why, row.with_details = taken.service, "", whole is not item or self.page is None
        row.list_digest, row.digest = digest(item), digest(whole)
        self._file(row)

    def _whole(self, source_id: str, item: Any) -> Any:
        """The record with all that is known of it. Raises Rejected where the source answers with another one."""
        detail = self.details.get(source_id)
        if detail is None or isinstance(detail, CannotFetch):
            return item
        if item_id(detail) != source_id:
            raise Rejected("asked for by its id, the source answers with another record")
        return {**item, **detail}

    def _may_be_left(self, source_id: str, item: Any) -> bool:
        """Nothing is new. Also where only the list answers of a record of which more was known: what it does not tell would be lost."""
        row, detail = self._rows.get(source_id), self.details.get(source_id)
        if row is None or row.outcome not in KEPT:
            return False
        if detail is None or isinstance(detail, CannotFetch):
            return _as_it_was(row, item) or (row.with_details and self.known.feed.details != Feed.Details.NEVER)
        return item_id(detail) == source_id and row.digest == digest({**item, **detail})

    def _came_already(self, source_id: str, item: Any) -> bool:
        """Did a record with this id come in this run, one that was not changed before this one?"""
        held = self.seen_now if source_id in self.seen_now else self.seen
        if not source_id or source_id not in held:
            return False
        before, now = held[source_id], moment(item.get("last_modified"))
        return now is None or (before is not None and now <= before)

    def _reject(self, source_id: str, row: Record | None, why: str) -> None:
        """What is a listing already stays as it is: a record that went bad is no reason to lose it."""
        self.run.rejected += 1
        note(self.run, f"left out: {why}", source_id)
        if source_id:
            row = row or Record(feed=self.known.feed, source_id=source_id, outcome=Outcome.REJECTED)
            # Without digests it is looked at again next time, whatever it says then.
            row.why, row.list_digest, row.digest = why[:200], "", ""
            self._file(row)

    def _file(self, row: Record) -> None:
        row.last_run, row.modified_at = self.run, self.seen_now.get(row.source_id)
        row.page = row.page if self.page is None else self.page
        row.save()
        self._rows[row.source_id] = row

    def _count(self, taken: Taken) -> None:
        setattr(self.run, taken.what, getattr(self.run, taken.what) + 1)
        self.run.conflicts += taken.conflicts
        for text in taken.understood.notes.counts:
            note(self.run, text, taken.understood.source_id)


def _as_it_was(row: Record, item: Any) -> bool:
    return row.outcome in KEPT and row.list_digest == digest(item)
