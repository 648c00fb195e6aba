"""verify_journal finds what somebody with the database's password, and without the journal's key, could do."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from directory.journal import triggers
from directory.journal.following import follow, register_follower
from directory.journal.heads import Position, head
from directory.journal.models import Bookmark, Event
from directory.journal.verifying import Fault, NamedHead, register_heads, register_replay, verify


def found(faults):
    return {(fault.code, fault.seq) for fault in faults}


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def five(journal, happen):
    """Five events."""
    return [happen("thing.done", n=n) for n in range(5)]


@pytest.fixture
def hand_in(five, unguarded):
    """Five events and a hand in the table: the triggers are off while it works, and back afterwards."""

    def work(sql, *values):
        unguarded()
        execute(sql, *values)
        triggers.install(connection)

    return work


def test_a_whole_journal_has_no_faults(five):
    register_follower("reader", lambda events: None)
    follow("reader")
    register_heads("releases", lambda: [NamedHead("release 2026-Q3", five[2].seq, five[2].mac)])
    register_replay("things", list)
    assert verify([NamedHead("backup", five[4].seq, five[4].mac), NamedHead("empty backup", 0, "")]) == []


def test_verifying_may_be_the_first_thing_a_connection_does(five):
    connection.close()
    assert verify() == []
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"


def test_an_empty_journal_has_no_faults(journal):
    assert verify() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "thing.undone"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("object_type", "journal.other"),
        ("object_id", "00000000000000000000000000000001"),
        ("by_id", "00000000000000000000000000000001"),
        ("by_role", "PROV"),
        ("codes", '{"n": 99}'),
        ("mac", "0" * 64),
    ],
)
def test_a_changed_row(hand_in, column, value):
    hand_in(f"UPDATE journal_event SET {column} = %s WHERE seq = 3", value)
    faults = found(verify())
    assert ("changed", 3) in faults
    # A new seal also breaks the chain to the next row.
    assert faults - {("changed", 3)} == ({("chain", 4)} if column == "mac" else set())


def test_a_changed_row_with_the_seal_of_another_key(hand_in, five, settings):
    from directory.journal.chain import seal

    forged = five[4]
    forged.kind = "thing.undone"
    settings.JOURNAL_KEY = "a guess" * 8
    mac = seal(forged)
    settings.JOURNAL_KEY = "test-journal-" + "j" * 32
    hand_in("UPDATE journal_event SET kind = 'thing.undone', mac = %s WHERE seq = 5", mac)
    assert found(verify()) == {("changed", 5)}


def test_a_missing_row(hand_in):
    hand_in("DELETE FROM journal_event WHERE seq = 3")
    assert found(verify()) == {("gap", 4)}


def test_a_row_put_in_the_place_of_another(hand_in, five):
    hand_in("DELETE FROM journal_event WHERE seq = 2")
    assert found(verify()) == {("gap", 3)}
    hand_in("UPDATE journal_event SET seq = seq - 1 WHERE seq > 2")
    assert ("chain", 2) in found(verify())


def test_a_cut_tail_is_found_by_a_bookmark(hand_in):
    register_follower("reader", lambda events: None)
    follow("reader")
    hand_in("DELETE FROM journal_event WHERE seq > 3")
    assert found(verify()) == {("cut", 5)}


def test_a_cut_tail_is_found_by_the_head_in_a_release_or_a_backup(hand_in, five):
    hand_in("DELETE FROM journal_event WHERE seq > 3")
    # Nobody had seen the tail: nothing can tell.
    assert verify() == []
    assert found(verify([NamedHead("backup", five[3].seq, five[3].mac)])) == {("cut", 4)}
    register_heads("releases", lambda: [NamedHead("release", five[4].seq, five[4].mac)])
    assert found(verify()) == {("cut", 5)}


def test_a_cut_tail_is_found_by_a_bookmark_outside_the_table(hand_in, five):
    class Store:
        def get(self):
            return Position(five[4].seq, five[4].mac)

        def set(self, place):
            raise AssertionError

    register_follower("index", lambda events: None, store=Store())
    hand_in("DELETE FROM journal_event WHERE seq > 4")
    assert found(verify()) == {("cut", 5)}


def test_a_tail_that_grew_again_is_found_by_its_seal(hand_in, five, happen):
    hand_in("DELETE FROM journal_event WHERE seq > 3")
    happen()
    happen()
    assert verify() == []
    assert found(verify([NamedHead("backup", five[4].seq, five[4].mac)])) == {("head", 5)}


def test_an_emptied_table(hand_in):
    register_follower("reader", lambda events: None)
    follow("reader")
    hand_in("DELETE FROM journal_event" if connection.vendor == "sqlite" else "TRUNCATE journal_event")
    assert found(verify()) == {("cut", 5)}


def test_missing_triggers_are_named_and_made_again(five, unguarded):
    assert triggers.triggers_ok()
    unguarded()
    names = triggers.SQLITE if connection.vendor == "sqlite" else triggers.POSTGRESQL
    assert triggers.missing(connection) == list(names)
    assert not triggers.triggers_ok()
    assert {fault.detail for fault in verify()} == set(names)
    assert [error.id for error in triggers.check_triggers(app_configs=None, databases=["default"])] == ["journal.E001"]
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.triggers_ok()
    assert triggers.check_triggers(app_configs=None, databases=["default"]) == []
    assert verify() == []


def test_a_trigger_that_does_nothing_counts_as_missing(five):
    if connection.vendor == "sqlite":
        execute("DROP TRIGGER journal_no_delete")
        execute("CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal_event BEGIN SELECT 1; END")
        assert triggers.missing(connection) == ["journal_no_delete"]
        execute("PRAGMA recursive_triggers=OFF")
        assert triggers.missing(connection) == ["journal_no_delete", "recursive_triggers"]
    else:
        execute("ALTER TABLE journal_event DISABLE TRIGGER journal_no_delete")
        assert triggers.missing(connection) == ["journal_no_delete"]
        execute("CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
        assert triggers.missing(connection) == ["journal_no_update", "journal_no_delete", "journal_no_truncate"]
    triggers.install(connection)
    assert [name for name in triggers.missing(connection) if name != "recursive_triggers"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_migration_that_remakes_the_table_loses_the_triggers_and_migrate_makes_them_again(five):
    with connection.schema_editor() as editor:
        editor._remake_table(Event)
    assert triggers.missing(connection) == list(triggers.SQLITE)
    triggers.install_after_migrate(using="default")
    assert triggers.triggers_ok()
    assert verify() == []


def test_a_room_replays_its_events(five):
    register_replay("things", lambda: [Fault("thing_state", 2, "cached done, replayed undone")])
    assert verify() == [Fault("thing_state", 2, "cached done, replayed undone")]


def test_a_check_that_fails_is_a_fault_and_stops_no_other(five):
    def broken():
        execute("SELECT nothing FROM nowhere")
        yield NamedHead("never", 1, "")

    register_heads("releases", broken)
    register_replay("things", broken)
    register_replay("others", lambda: [Fault("other", None, "x")])
    assert [fault.code for fault in verify()] == ["check_failed", "check_failed", "other"]


def test_verifying_does_not_keep_writers_waiting(five):
    """What is written while it reads is no fault, and the writer is let through."""
    import threading

    from django.db import connections, transaction

    from directory.accounts.models import User
    from directory.journal.recording import record

    def write():
        somebody = User(email="late@example.org")
        with transaction.atomic():
            record("thing.done", somebody, by=somebody)
        connections.close_all()

    def meanwhile():
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        return [NamedHead("head before", five[4].seq, five[4].mac)]

    register_heads("releases", meanwhile)
    assert verify() == []
    assert head().seq == 6


def test_the_command_says_ok_or_the_faults(five, unguarded, capsys):
    call_command("verify_journal")
    ok, written = capsys.readouterr().out.splitlines()
    assert ok == "ok, 5 events"
    assert written == f"head 5:{five[4].mac}"
    call_command("verify_journal", head=[NamedHead("by hand", 5, five[4].mac)])
    unguarded()
    execute("DELETE FROM journal_event WHERE seq = 5")
    with pytest.raises(CommandError) as error:
        call_command("verify_journal", "--head", written.removeprefix("head "))
    assert error.value.returncode == 1
    out = capsys.readouterr().out
    assert "cut at 5" in out
    assert "trigger: journal_no_delete" in out


def test_bookmarks_may_move_freely(five):
    Bookmark.objects.create(name="reader", seq=5, mac=five[4].mac)
    Bookmark.objects.update(seq=1, mac=five[0].mac)
    Bookmark.objects.all().delete()
    assert verify() == []
