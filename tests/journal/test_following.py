"""Following the journal: by a bookmark that moves with the work, at least once, one failure stopping nobody else."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from directory.journal.following import JournalCut, catch_up, follow, lag, position, register_follower, rewind, skip_to_head
from directory.journal.heads import Position, head
from directory.journal.models import Bookmark, Event
from directory.journal.recording import record


class FileStore:
    """A bookmark in a file, as the search index keeps it."""

    def __init__(self, path):
        self.path = path

    def get(self):
        return Position(*json.loads(self.path.read_text())) if self.path.exists() else None

    def set(self, place):
        self.path.write_text(json.dumps(place))


def test_a_follower_reads_everything_once_in_order_and_in_batches(journal, happen):
    batches = []
    register_follower("list", lambda events: batches.append([event.seq for event in events]), batch=2)
    for _ in range(5):
        happen()
    assert follow("list") == 5
    assert batches == [[1, 2], [3, 4], [5]]
    assert follow("list") == 0
    happen()
    assert follow("list") == 1
    assert batches[3:] == [[6]]
    assert position("list") == head()


def test_a_failing_handler_leaves_the_work_undone_and_the_bookmark_where_it_was(journal, happen):
    attempts = []

    def work(events):
        attempts.append([event.seq for event in events])
        Bookmark.objects.create(name=f"work-{len(attempts)}")
        if len(attempts) == 1:
            raise OSError

    register_follower("work", work)
    happen()
    with pytest.raises(OSError):
        follow("work")
    assert position("work").seq == 0
    assert not Bookmark.objects.filter(name="work-1").exists()
    assert follow("work") == 1
    assert Bookmark.objects.filter(name="work-2").exists()
    assert attempts == [[1], [1]]


def test_one_that_fails_stops_nobody_and_tells_no_data(journal, happen, logged):
    done = []

    def broken(events):
        raise ValueError("Margaret, 01484 123456")

    register_follower("broken", broken)
    register_follower("sound", lambda events: done.extend(events))
    happen()
    happen()
    assert lag() == {"broken": 2, "sound": 2}
    assert catch_up() == {"broken": "ValueError", "sound": 2}
    assert lag() == {"broken": 2, "sound": 0}
    assert [event.seq for event in done] == [1, 2]
    assert "broken" in " ".join(logged)
    assert "ValueError" in " ".join(logged)
    assert "Margaret" not in " ".join(logged)


def test_a_follower_may_keep_its_bookmark_beside_its_own_work(journal, happen, tmp_path):
    seen = []

    def index(events):
        assert not connection.in_atomic_block
        seen.extend(event.seq for event in events)

    store = FileStore(tmp_path / "bookmark")
    register_follower("index", index, batch=2, store=store)
    for _ in range(3):
        happen()
    assert lag() == {"index": 3}
    assert catch_up() == {"index": 3}
    assert seen == [1, 2, 3]
    assert store.get() == head()
    assert not Bookmark.objects.exists()
    store.path.write_text("broken")
    assert lag() == {"index": -1}
    assert catch_up() == {"index": "JSONDecodeError"}


def test_a_follower_that_saw_more_than_there_is_stops(journal, happen, tmp_path):
    """The index of a newer database, after an older backup was restored."""
    store = FileStore(tmp_path / "bookmark")
    register_follower("index", lambda events: None, store=store)
    happen()
    store.set(Position(2, "another seal"))
    with pytest.raises(JournalCut):
        follow("index")
    happen()
    happen()
    with pytest.raises(JournalCut):
        follow("index")
    rewind("index")
    assert follow("index") == 3


def test_beginning_again_and_leaving_out(journal, happen):
    seen = []
    register_follower("list", lambda events: seen.extend(event.seq for event in events))
    happen()
    happen()
    skip_to_head("list")
    assert follow("list") == 0
    happen()
    assert follow("list") == 1
    assert seen == [3]
    rewind("list")
    assert follow("list") == 3
    assert seen == [3, 1, 2, 3]


def test_what_a_handler_records_is_followed_too(journal, happen, user):
    def answer(events):
        for event in events:
            if event.kind == "thing.asked":
                record("thing.answered", (event.object_type, event.object_id), by=user)

    register_follower("answer", answer)
    happen("thing.asked")
    assert follow("answer") == 2
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True)) == ["thing.asked", "thing.answered"]


def test_a_name_belongs_to_one_follower():
    def first(events):
        raise AssertionError

    register_follower("name", first)
    register_follower("name", first)
    with pytest.raises(ValueError, match="name"):
        register_follower("name", lambda events: None)


def test_the_command_tells_who_is_behind(journal, happen, capsys):
    register_follower("sound", lambda events: None)
    happen()
    call_command("catch_up")
    assert capsys.readouterr().out == "sound: 1 events\n"

    def broken(events):
        raise OSError

    register_follower("broken", broken)
    with pytest.raises(CommandError):
        call_command("catch_up")
    assert capsys.readouterr().out == "sound: 0 events\nbroken: stopped by OSError\n"
