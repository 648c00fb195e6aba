"""Going through a feed: page by page, each few records in one transaction together with the mark of how far it got.

Whatever ends it (a kill, a fault on the line, a limit), nothing is lost and nothing doubled when it goes on. What is not in the feed any
more is hidden only after all of it came, and never where more than half went at once.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from wagtail.signal_handlers import disable_reference_index_auto_update

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.accounts.system import is_system
from directory.harvest import ending, paging
from directory.harvest.addresses import Refused
from directory.harvest.belonging import Known
from directory.harvest.envelopes import Page
from directory.harvest.fetching import CannotFetch, ComeBackLater, Fetcher
from directory.harvest.locking import alone
from directory.harvest.models import Feed, PageCopy, Record, Run
from directory.harvest.recording import Batch, item_id, note
from directory.harvest.run_states import OPEN, RUN, RunState
from directory.journal.recording import record
from directory.states import NEW

BATCH = 20
MOST_RECORDS = 200_000
MOST_SECONDS = 3 * 60 * 60
# After so many services that are not found one by one, a feed has no addresses for single ones.
ENOUGH_WITHOUT_DETAILS = 3
# So many that did not come are asked for one by one.
MOST_ASKED_FOR = 100
MOVED = "the list changed while its pages were read"
COUNTS = ("read", "made", "changed", "unchanged", "conflicts", "rejected", "repeated", "hidden", "pairs")

Teller = Callable[[Run], None]


class Limit(Exception):
    """One of the bounds of a run is reached; it may be gone on with."""


class Pause(Exception):
    """The time for this piece is over; the run stays under way."""


@dataclass
class Going:
    """One process going through a feed. `seen`: the records that came in this run, and when each says it was changed."""

    feed: Feed
    run: Run
    fetcher: Fetcher
    known: Known
    tell: Teller
    seen: dict[str, datetime | None] = field(default_factory=dict)
    until: float = 0.0


def fetcher_for(feed: Feed, **more: Any) -> Fetcher:
    """What asks the hosts of a feed, and no others."""
    own = urlsplit(feed.url).port
    return Fetcher(feed.allowed_hosts, frozenset({80, 443, *([own] if own else [])}), **more)


def harvest(
    feed: Feed,
    *,
    by: User,
    resume: bool = False,
    fetcher: Fetcher | None = None,
    tell: Teller = lambda run: None,
    fewer: bool = False,
    seconds: float = MOST_SECONDS,
    in_pieces: bool = False,
) -> Run:
    """Go through a feed, or with `resume` go on where the last time broke off; faults end up in the run that is handed back.

    `tell` is called after each few records. `fewer`: somebody looked, and the feed has really lost more than half of its records.
    `in_pieces`: after so many seconds the run is handed back while it is still under way.
    Raises PermissionDenied, locking.Busy (somebody else goes through this feed).
    """
    require(by, Permission.MODERATE)
    with alone(feed):
        run = _begin(feed, by=by, resume=resume)
        seen = dict(Record.objects.filter(last_run=run).values_list("source_id", "modified_at"))
        going = Going(feed, run, fetcher or fetcher_for(feed), Known(feed, by), tell, seen, time.monotonic() + seconds)
        try:
            # Each save would queue a task that looks for pictures and pages in it: twice for every service, and there are none.
            with disable_reference_index_auto_update():
                told_all = _through(going)
                all_known = not told_all or _look_for_missing(going)
        except Pause:
            if in_pieces:
                return run
            return _end(run, RunState.FAILED, by=by, error="it took too long")
        except (CannotFetch, Refused, Limit) as fault:
            return _end(run, RunState.FAILED, by=by, error=str(fault))
        if not all_known:
            return _end(run, RunState.PART, by=by, error=f"{MOVED[0].upper()}{MOVED[1:]}. Nothing is hidden because of that.")
        return _finish(going, told_all, by=by, fewer=fewer)


def harvest_only(feed: Feed, ids: Iterable[str], *, by: User, fetcher: Fetcher | None = None) -> Run:
    """Fetch these services alone, by their own addresses; nothing is hidden by that. Raises PermissionDenied, locking.Busy."""
    require(by, Permission.MODERATE)
    with alone(feed):
        run = _begin(feed, by=by, resume=False)
        going = Going(feed, run, fetcher or fetcher_for(feed), Known(feed, by), lambda run: None, until=time.monotonic() + MOST_SECONDS)
        wanted = list(dict.fromkeys(ids))
        try:
            for source_id in wanted:
                if not _take_one(going, source_id):
                    note(run, "the source has no such service, or answers with another one", source_id)
        except (CannotFetch, Refused) as fault:
            return _end(run, RunState.FAILED, by=by, error=str(fault))
        run.error = f"Only {len(wanted)} of its services were asked for."
        return _end(run, RunState.PART, by=by, error=run.error)


def _take_one(going: Going, source_id: str) -> bool:
    """Whether the source has it. Raises CannotFetch, Refused."""
    told = paging.fetch_detail(going.feed, going.fetcher, source_id)
    if told is None or item_id(told) != source_id:
        return False
    with transaction.atomic():
        batch = Batch(going.known, going.run, None, [told], going.seen)
        batch.take()
        going.run.save()
    return True


def _look_for_missing(going: Going) -> bool:
    """Records move to pages that were read already while others are: what did not come is asked for by its own address.

    Returns whether the rest is really gone. Raises ComeBackLater, Refused, Pause.
    """
    run, missing = going.run, ending.vanished(going.run)
    moved = MOVED in run.warnings
    if not missing or len(missing) * 2 > ending.known_before(run) or going.feed.details == Feed.Details.NEVER:
        return not (missing and moved)
    found = sum(_is_there(going, row.source_id) for row in missing[:MOST_ASKED_FOR])
    if found and len(missing) > MOST_ASKED_FOR:
        note(run, MOVED)
        return False
    # Who never answers for a single service has not said that these are gone.
    return bool(found) or not moved or _is_there(going, next(iter(going.seen), ""))


def _is_there(going: Going, source_id: str) -> bool:
    _look_at_the_clock(going)
    try:
        return _take_one(going, source_id)
    except ComeBackLater:
        raise
    except CannotFetch:
        return False


@transaction.atomic
def _begin(feed: Feed, *, by: User, resume: bool) -> Run:
    """The run that goes on, or a new one; one that was left lying is closed."""
    last = Run.objects.select_for_update().filter(feed=feed).order_by("-started_at").first()
    if resume and last is not None and last.state in OPEN:
        if last.state != RunState.RUNNING:
            _move(last, RunState.RUNNING, by=by)
        return last
    if last is not None and last.state == RunState.RUNNING:
        _move(last, RunState.FAILED, by=by, error="It was left lying, and begun anew.")
    run = Run(feed=feed, state=NEW)
    _move(run, RunState.RUNNING, by=by)
    record("harvest.started", run, by=by, role=role_used(by, Permission.MODERATE), codes={"feed": feed.pk})
    return run


def _through(going: Going) -> bool:
    """Read page after page to the end. Returns whether all that the feed tells of came."""
    run = going.run
    while run.page:
        number = run.page
        if number > paging.MOST_PAGES or len(going.seen) > MOST_RECORDS:
            raise Limit("the feed has more pages or records than we read")
        fetched = paging.fetch_page(going.feed, going.fetcher, number, may_be_kept=_may_be_kept(going))
        if fetched is None:
            break
        if fetched.page is None and fetched.copy is not None:
            said = fetched.copy.said
            _unchanged_page(going, fetched.copy)
            if paging.is_over(number=number, read=run.read, last=said.get("last"), total=said.get("total"), pages=said.get("pages")):
                break
            continue
        page = fetched.page
        assert page is not None
        if not page.items or _repeats(run, page):
            if page.items:
                note(run, f"page {number} repeats another one")
            _say_of_page(run, page)
            run.save()
            break
        doubled = run.repeated
        _take_page(going, page, number)
        if run.repeated - doubled == len(page.items):
            note(run, f"page {number} repeats others")
            break
        paging.keep_copy(going.feed, number, fetched)
        if paging.is_over(number=number, read=run.read, last=page.last, total=page.total, pages=page.pages):
            break
    return _page_nought(going)


def _page_nought(going: Going) -> bool:
    """Where the numbers say that something is missing, pages may be counted from nought. Returns whether all came at last."""
    run = going.run
    if run.total_told is None or run.read >= run.total_told:
        return True
    fetched = None
    try:
        fetched = paging.fetch_page(going.feed, going.fetcher, 0, may_be_kept=False)
    except CannotFetch:
        note(run, "there is no page 0")
    if fetched is not None and fetched.page is not None and fetched.page.items and not _repeats(run, fetched.page):
        _take_page(going, fetched.page, 0)
    return run.read >= (run.total_told or 0)


def _take_page(going: Going, page: Page, number: int) -> None:
    run = going.run
    skip = run.taken_on_page if run.page_digest == page.digest else 0
    run.page_digest, run.taken_on_page = page.digest, skip
    if not skip:
        _say_of_page(run, page)
    for start in range(skip, len(page.items), BATCH):
        batch = Batch(going.known, run, number, page.items[start : start + BATCH], going.seen)
        _look_at_the_clock(going)
        _ask_for_details(going, batch)
        with transaction.atomic():
            batch.take()
            run.taken_on_page = start + len(batch.items)
            if run.taken_on_page == len(page.items):
                run.first_digest = run.first_digest or page.digest
                run.page, run.last_digest, run.taken_on_page, run.page_digest = max(run.page, number + 1), page.digest, 0, ""
            run.save()
        going.seen.update(batch.seen_now)
        going.tell(run)


def _look_at_the_clock(going: Going) -> None:
    if time.monotonic() > going.until:
        raise Pause


def _ask_for_details(going: Going, batch: Batch) -> None:
    """The whole records of services that are thin in the list; outside of any transaction. Raises ComeBackLater, Refused, Pause."""
    run = going.run
    for source_id in batch.thin():
        if run.without_details >= ENOUGH_WITHOUT_DETAILS:
            return
        _look_at_the_clock(going)
        try:
            batch.details[source_id] = paging.fetch_detail(going.feed, going.fetcher, source_id)
        except ComeBackLater:
            raise
        except CannotFetch as fault:
            batch.details[source_id] = fault
        run.without_details = run.without_details + 1 if batch.details[source_id] is None else 0


def _unchanged_page(going: Going, copy: PageCopy) -> None:
    """All that came with this page last time is still there."""
    run = going.run
    with transaction.atomic():
        rows = Record.objects.filter(feed=going.feed, page=copy.number).exclude(outcome=Record.Outcome.ENDED)
        ids = dict(rows.values_list("source_id", "modified_at"))
        rows.update(last_run=run)
        run.read += copy.items
        run.unchanged += len(ids)
        run.total_told = copy.said.get("total")
        run.first_digest = run.first_digest or copy.digest
        run.page, run.last_digest, run.taken_on_page, run.page_digest = copy.number + 1, copy.digest, 0, ""
        run.save()
    going.seen.update(ids)
    going.tell(run)


def _may_be_kept(going: Going) -> bool:
    """Is it enough to know that a page has not changed? Not where services are asked for one by one, and not in the middle of a page."""
    run = going.run
    if run.taken_on_page:
        return False
    return not Record.objects.filter(feed=going.feed, with_details=True).exists()


def _repeats(run: Run, page: Page) -> bool:
    return page.digest in (run.first_digest, run.last_digest)


def _say_of_page(run: Run, page: Page) -> None:
    for warning in page.warnings:
        note(run, warning)
    if page.total is not None and run.total_told not in (None, page.total):
        note(run, MOVED)
    run.total_told = page.total if page.total is not None else run.total_told
    if page.version and run.feed.version != page.version:
        run.feed.version = page.version
        Feed.objects.filter(pk=run.feed_id).update(version=page.version)


def _finish(going: Going, told_all: bool, *, by: User, fewer: bool) -> Run:
    run = going.run
    if not run.read:
        return _end(run, RunState.PART, by=by, error="The feed is empty. Nothing is hidden because of that.")
    if not told_all:
        return _end(run, RunState.PART, by=by, error=f"{run.read} of {run.total_told} came. Nothing is hidden because of that.")
    vanished = ending.vanished(run)
    if not fewer and len(vanished) * 2 > ending.known_before(run):
        error = f"More than half of the known records vanished ({len(vanished)}). They are kept: have a look at the feed."
        return _end(run, RunState.PART, by=by, error=error)
    ending.hide(run, vanished, by=by)
    ending.propose_duplicates(run)
    Feed.objects.filter(pk=going.feed.pk).update(last_good_at=clock.now())
    return _end(run, RunState.GOOD, by=by)


@transaction.atomic
def _end(run: Run, state: RunState, *, by: User, error: str = "") -> Run:
    news = error[:300] not in ("", run.error)
    _move(run, state, by=by, error=error[:300])
    counts = {name: getattr(run, name) for name in COUNTS}
    record(
        "harvest.ended", run, by=by, role=role_used(by, Permission.MODERATE), codes={"feed": run.feed_id, "state": state.value, **counts}
    )
    if news:
        ending.tell_staff_after_commit(run)
    return run


def _move(run: Run, to: RunState, *, by: User, error: str = "") -> None:
    """The one place where a run changes its state, by the table."""
    RUN.check(run.state, to, {Relation.SYSTEM} if is_system(by) else {Relation.MODERATOR})
    run.state = to
    # What broke it off last stays to be read until it has ended: staff is told the same only once.
    run.error = run.error if to == RunState.RUNNING else error
    run.ended_at = None if to == RunState.RUNNING else clock.now()
    run.save()
