"""Feeds that are due, fetched by the worker piece by piece, so that nothing else waits for long."""

from datetime import timedelta

from directory import clock
from directory.accounts.system import system_user
from directory.harvest.fetching import Limits
from directory.harvest.locking import Busy
from directory.harvest.models import Feed
from directory.harvest.run_states import RunState
from directory.harvest.running import fetcher_for, harvest

PIECE_SECONDS = 15.0
# The other side may be down for a night.
AGAIN_AFTER = timedelta(hours=20)
PATIENCE = Limits(wait=10, whole=30)


def fetch_some() -> bool:
    """One piece of the first feed that is due or was broken off. Returns whether none is left for today."""
    feed = next((feed for feed in Feed.objects.filter(active=True).order_by("last_good_at", "slug") if _wants(feed)), None)
    if feed is None:
        return True
    fetcher = fetcher_for(feed, limits=PATIENCE, tries=2)
    try:
        harvest(feed, by=system_user(), resume=feed.unfinished, fetcher=fetcher, seconds=PIECE_SECONDS, in_pieces=True)
    except Busy:
        return True
    return False


def _wants(feed: Feed) -> bool:
    last = feed.runs.order_by("-started_at").first()
    if last is None or last.state == RunState.RUNNING:
        return True
    if last.state == RunState.FAILED and last.ended_at:
        return last.ended_at <= clock.now() - AGAIN_AFTER
    return feed.due
