"""The index follows the journal: what changed is indexed again after it was committed, never inside a save."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from django.conf import settings

from directory import clock
from directory.daily import register_daily
from directory.journal.following import follow, register_follower
from directory.journal.heads import Position, head
from directory.journal.models import Event
from directory.models import Service
from directory.models.services import SPACES_HOLD
from search import engines
from search.documents import documents_for, documents_of_all
from search.engines.base import Bookmark, Engine, Progress
from search.engines.document import Document

FOLLOWER = "index"
# The search node follows by itself, so that one of the two never waits for the other.
NODE_FOLLOWER = "index_node"
# Edits of places and organisations are told of every service they touch, so these rows are enough.
SERVICE = "directory.service"
# A need's words are what questions are understood by; its id among the touched tells every process that they changed.
NEED = "directory.need"
# Opening times are worked out anew before they end: long before, so that a worker that stands still for days does no harm.
HOURS_LEAST = timedelta(days=14)
# A worker that stands still for so long finds those counts all the same that grew too old meanwhile.
SPACES_BACK = timedelta(days=7)
AT_ONCE = 200


class IndexBookmark:
    """A follower's bookmark, which stands in its index and moves there with the documents."""

    def __init__(self, engine: Callable[[], Engine] = lambda: engines.kept()[0]) -> None:
        self._engine = engine
        self._local = threading.local()

    def get(self) -> Position | None:
        mark = self._engine().bookmark()
        return Position(mark.seq, mark.mac) if mark.seq else None

    def set(self, position: Position) -> None:
        """Move the bookmark alone; after the handler's own work it has moved already (or somebody else moved it: then it stays)."""
        if getattr(self._local, "handled", None) == position:
            self._local.handled = None
            return
        self._engine().move_bookmark(Bookmark(position.seq, position.mac))

    def handle(self, events: Sequence[Event]) -> None:
        """Index what these events speak of, and move the bookmark in the same transaction."""
        first, last = events[0], events[-1]
        touched = {str(event.object_id) for event in events if event.object_type in (SERVICE, NEED)}
        needs = {event.codes.get("need") for event in events if event.object_type == NEED}
        if needs:
            touched.update(map(str, Service.objects.filter(needs__in=needs - {None}).values_list("pk", flat=True)))
        self._engine().index(documents_for(touched), gone=touched, bookmark=Bookmark(last.seq, last.mac), after=first.seq - 1)
        self._local.handled = Position(last.seq, last.mac)


_bookmark = IndexBookmark()
_node_bookmark = IndexBookmark(lambda: engines.kept()[-1])


def register() -> None:
    """Let the index follow the journal, and look ahead every day; called once when the room is ready."""
    register_follower(FOLLOWER, _bookmark.handle, store=_bookmark)
    if settings.SEARCH_URL:
        register_node()
    register_daily("opening_hours", refresh_hours)
    register_daily("old_spaces", refresh_spaces)


def register_node() -> None:
    """Let the search node follow the journal, too."""
    register_follower(NODE_FOLLOWER, _node_bookmark.handle, store=_node_bookmark)


def catch_up() -> int:
    """Bring the index level with the journal, and then the search node; raises JournalCut where one was made from another journal.

    Returns the events that the index has taken.
    """
    taken = follow(FOLLOWER)
    if settings.SEARCH_URL:
        follow(NODE_FOLLOWER)
    return taken


def rebuild(progress: Progress | None = None) -> int:
    """Write a new index from the listings and swap it in, one engine after the other. Returns the number of documents."""
    return max(_rebuild(engine, progress) for engine in engines.kept())


def _rebuild(engine: Engine, progress: Progress | None) -> int:
    end = head()
    counted = 0

    def counting() -> Iterator[Document]:
        nonlocal counted
        for document in documents_of_all():
            counted += 1
            yield document

    engine.rebuild(counting(), bookmark=Bookmark(end.seq, end.mac), progress=progress)
    return counted


def refresh_hours() -> bool:
    """Index a few of the services anew whose opening times were worked out for less than HOURS_LEAST ahead; the daily job.

    Returns whether none is left. What a follower indexes meanwhile goes first, and the few are tried again.
    """
    through = [_refresh_hours(engine) for engine in engines.kept()]
    return all(through)


def _refresh_hours(engine: Engine) -> bool:
    ending = engine.ending_before(int((clock.now() + HOURS_LEAST).timestamp() // 60))
    return not ending or (_index_anew(engine, ending[:AT_ONCE]) and len(ending) <= AT_ONCE)


def refresh_spaces() -> bool:
    """Index those services anew whose count of free places grew too old within SPACES_BACK: nothing else tells of it; the daily job.

    Returns whether all went in. What a follower indexes meanwhile goes first, and they are tried again.
    """
    oldest = clock.today() - SPACES_HOLD
    rows = Service.objects.filter(spaces__isnull=False, spaces_on__gte=oldest - SPACES_BACK, spaces_on__lt=oldest).order_by("pk")
    old = [str(pk) for pk in rows.values_list("pk", flat=True)]
    parts = [old[at : at + AT_ONCE] for at in range(0, len(old), AT_ONCE)]
    through = [_index_anew(engine, part) for engine in engines.kept() for part in parts]
    return all(through)


def _index_anew(engine: Engine, services: list[str]) -> bool:
    mark = engine.bookmark()
    return engine.index(documents_for(services), gone=services, after=mark.seq)
