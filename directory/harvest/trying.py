"""A dry run: what going through a feed would make and change, field by field, without writing anything."""

from collections.abc import Iterable, Iterator
from typing import Any

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.harvest import paging
from directory.harvest.fetching import CannotFetch, Fetcher
from directory.harvest.models import Feed, Record
from directory.harvest.recording import KEPT, RICH, item_id
from directory.harvest.taking import read
from directory.harvest.understanding import Rejected, Understood
from directory.imports.following import plan
from directory.listing_fields import FIELDS
from directory.models import Service

LETTERS = 80


def would_do(feed: Feed, *, by: User, fetcher: Fetcher, only: Iterable[str] = ()) -> Iterator[str]:
    """Line after line what would happen: each listing that would be made, each field that would change, what would be hidden.

    `only`: the services with these ids alone. Raises PermissionDenied, CannotFetch, Refused.
    """
    require(by, Permission.MODERATE)
    if only:
        for source_id in only:
            told = paging.fetch_detail(feed, fetcher, source_id)
            yield from _lines(feed, fetcher, told, _services(feed, [told]).get(source_id))
        return
    seen: set[str] = set()
    digests: set[str] = set()
    number, read_so_far, made = 1, 0, 0
    while number <= paging.MOST_PAGES:
        fetched = paging.fetch_page(feed, fetcher, number, may_be_kept=False)
        page = fetched.page if fetched else None
        if page is None or not page.items or page.digest in digests:
            break
        digests.add(page.digest)
        read_so_far += len(page.items)
        services = _services(feed, page.items)
        for item in page.items:
            source_id = item_id(item)
            if source_id and source_id in seen:
                continue
            seen.add(source_id)
            service = services.get(source_id)
            made += service is None
            yield from _lines(feed, fetcher, item, service)
        if paging.is_over(number=number, read=read_so_far, last=page.last, total=page.total, pages=page.pages):
            break
        number += 1
    gone = Record.objects.filter(feed=feed, outcome__in=KEPT).exclude(source_id__in=seen).select_related("service")
    yield from (f"{row.service}: would be hidden, for it is not in the feed any more" for row in gone)
    yield f"{feed.name}: {read_so_far} read, {made} new, {len(gone)} not there any more. This was a dry run: nothing was written."


def _services(feed: Feed, items: list[Any]) -> dict[str, Service]:
    ids = [key for item in items if (key := item_id(item))]
    found = Service.objects.with_everything().filter(source=feed.url, source_id__in=ids)
    return {service.source_id: service for service in found}


def _lines(feed: Feed, fetcher: Fetcher, item: Any, service: Service | None) -> Iterator[str]:
    try:
        understood = read(_whole(feed, fetcher, item))
    except Rejected as why:
        yield f"{item_id(item) or 'A record'}: would be left out, because {why}"
        return
    yield from (f"{understood.name}: {text}" for text in understood.notes.counts)
    if service is None:
        yield f"{understood.name}: would be made"
    else:
        yield from _changes(understood, service)


def _whole(feed: Feed, fetcher: Fetcher, item: Any) -> Any:
    source_id = item_id(item)
    if not source_id or RICH & item.keys() or feed.details == Feed.Details.NEVER:
        return item
    try:
        detail = paging.fetch_detail(feed, fetcher, source_id)
    except CannotFetch:
        return item
    if detail is not None and item_id(detail) != source_id:
        raise Rejected("asked for by its id, the source answers with another record")
    return {**item, **(detail or {})}


def _changes(understood: Understood, service: Service) -> Iterator[str]:
    late = {"times": understood.times_at, "area": understood.areas_at}
    made = plan(service, {name: value for name, value in understood.values.items() if not late.get(name)})
    for name, theirs in made.to_set.items():
        yield f"{service.name}: {FIELDS[name].label}: {_said(name, made.before[name])} → {_said(name, theirs)}"
    for name, (ours, theirs) in made.to_put_up.items():
        label = FIELDS[name].label
        yield f"{service.name}: {label}: edited here ({_said(name, ours)}); {_said(name, theirs)} would be put up for a moderator"


def _said(name: str, value: Any) -> str:
    text = " / ".join(FIELDS[name].words(value).split("\n"))
    return f"“{text if len(text) <= LETTERS else text[: LETTERS - 1] + '…'}”"
