"""Writing to the journal: gapless, chained, in the transaction of the change, and nothing personal in it."""

import uuid
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import TextChoices
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from directory.accounts.models import User
from directory.journal.codes import clean_codes
from directory.journal.heads import START, head
from directory.journal.models import Event
from directory.journal.recording import on_recorded, record, record_past
from directory.journal.verifying import verify

THING = ("journal.thing", uuid.UUID(int=7))


class State(TextChoices):
    DRAFT = "draft"


def test_events_are_numbered_from_one_and_chained(journal, happen):
    assert head() == START
    first, second = happen("referral.made"), happen("referral.moved")
    assert [first.seq, second.seq] == [1, 2]
    assert first.prev_mac == ""
    assert second.prev_mac == first.mac
    assert head() == (2, second.mac)


def test_the_event_says_what_happened_and_survives_storing(journal, user):
    moment = datetime(2026, 7, 1, 8, 30, 0, 123456, tzinfo=UTC)
    with clock.held_at(moment), transaction.atomic():
        codes = {"from": State.DRAFT, "n": 3, "ok": True, "none": None, "needs": ["meals"]}
        record("referral.moved", THING, by=user, role="PROV", codes=codes)
    event = Event.objects.get()
    assert (event.at, event.kind, event.object_type, event.object_id) == (moment, "referral.moved", *THING)
    assert (event.by_id, event.by_role) == (user.pk, "PROV")
    assert event.codes == {"from": "draft", "n": 3, "ok": True, "none": None, "needs": ["meals"]}


def test_an_object_with_a_uuid_names_itself_and_finds_its_history(journal, user):
    other = User(email="other@example.org")
    with transaction.atomic():
        record("user.made", user, by=user)
        record("user.made", other, by=user)
        record("user.changed", user, by=user)
    assert list(Event.objects.about(user).values_list("kind", flat=True)) == ["user.made", "user.changed"]
    assert list(Event.objects.of_kind("user.made").values_list("object_id", flat=True)) == [user.pk, other.pk]


def test_years_of_work_written_at_once_are_one_chain_with_what_comes_before_and_after(journal, happen, user):
    happen("referral.made")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        assert record_past("user.changed", [(user, long_ago)] * 3, by=user, role="editor") == 3
    happen("referral.moved")
    assert list(Event.objects.of_kind("user.changed").values_list("seq", "at", "object_id")) == [(n, long_ago, user.pk) for n in (2, 3, 4)]
    assert verify() == []
    with pytest.raises(TransactionManagementError):
        record_past("user.changed", [(user, long_ago)], by=user, role="editor")


def test_nothing_is_written_outside_of_a_transaction(journal, user):
    with pytest.raises(TransactionManagementError):
        record("thing.done", THING, by=user)
    assert head() == START


@pytest.mark.django_db
def test_the_transaction_of_a_test_case_does_not_count(user):
    with pytest.raises(TransactionManagementError):
        record("thing.done", THING, by=user)
    with transaction.atomic():
        assert record("thing.done", THING, by=user).kind == "thing.done"


def _record_and_roll_back(user):
    with transaction.atomic():
        record("thing.undone", THING, by=user)
        transaction.set_rollback(True)


def test_what_is_rolled_back_leaves_no_gap(journal, happen, user):
    happen()
    _record_and_roll_back(user)
    with transaction.atomic():
        record("thing.done", THING, by=user)
        _record_and_roll_back(user)
        record("thing.kept", THING, by=user)
    assert list(Event.objects.order_by("seq").values_list("seq", "kind")) == [(1, "thing.done"), (2, "thing.done"), (3, "thing.kept")]


def test_only_the_product_and_visitors_act_as_nobody(journal, user):
    with transaction.atomic():
        record("system.woken", THING, by=None)
        record("public.suggested", THING, by=None)
        with pytest.raises(ValueError, match="who did it"):
            record("referral.moved", THING, by=None)
        with pytest.raises(ValueError, match="signed in"):
            record("referral.moved", THING, by=SimpleNamespace(pk=None))
    assert head().seq == 2


@pytest.mark.parametrize("kind", ["moved", "Referral.moved", "referral.", "referral moved.x", "a." + "b" * 64])
def test_a_kind_is_room_and_verb(journal, user, kind):
    with pytest.raises(ValueError, match="kind"), transaction.atomic():
        record(kind, THING, by=user)


def test_an_object_without_a_uuid_is_refused(journal, user):
    with pytest.raises(ValueError, match="UUID"), transaction.atomic():
        record("thing.done", ("journal.thing", 3), by=user)


def test_followers_are_woken_once_after_the_commit(journal, user):
    seen = []
    on_recorded(lambda: seen.append(head().seq))
    with transaction.atomic():
        record("thing.done", THING, by=user)
        record("thing.done", THING, by=user)
        assert seen == []
    assert seen == [2]
    _record_and_roll_back(user)
    assert seen == [2]


def test_a_waker_that_fails_stops_neither_the_commit_nor_the_others(journal, happen, logged):
    seen = []

    def broken():
        raise OSError("Margaret")

    on_recorded(broken)
    on_recorded(lambda: seen.append(1))
    happen()
    assert head().seq == 1
    assert seen == [1]
    assert "OSError" in " ".join(logged)
    assert "Margaret" not in " ".join(logged)


COPY = "INSERT INTO journal_event SELECT seq + %s, at, kind, object_type, object_id, by_id, by_role, codes, mac, mac FROM journal_event"
REFUSED = [
    "UPDATE journal_event SET kind = 'thing.undone'",
    "DELETE FROM journal_event",
    # A number left out, and one given twice.
    COPY % 5,
    COPY % 0,
]


def test_the_database_refuses_to_change_the_journal(journal, happen):
    event = happen()
    own = "INSERT OR REPLACE INTO journal_event SELECT * FROM journal_event" if connection.vendor == "sqlite" else "TRUNCATE journal_event"
    for sql in [*REFUSED, own]:
        with pytest.raises(IntegrityError, match="journal:"), connection.cursor() as cursor:
            cursor.execute(sql)
    assert list(Event.objects.values_list("seq", "mac")) == [(1, event.mac)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_replacing_is_refused_where_a_connection_forgot_the_setting(journal, happen):
    event = happen()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        with pytest.raises(IntegrityError, match="journal:"):
            cursor.execute("INSERT OR REPLACE INTO journal_event SELECT * FROM journal_event")
    assert list(Event.objects.values_list("seq", "mac")) == [(1, event.mac)]


@pytest.mark.parametrize(
    "codes",
    [
        {"note": "needs help with shopping"},
        {"note": ""},
        {"mail": "margaret@example.org"},
        {"name": "Margaret"},
        {"name": "Smith-Jones"},
        {"phone": "01484123456"},
        {"phone": "+441484123456"},
        {"phone": 1484123456},
        {"postcode": "HD75AA"},
        {"postcode": "hd7-5aa"},
        {"long": "x" * 81},
        {"float": 1.5},
        {"nested": {"a": "b"}},
        {"nested": [["a"]]},
        {"many": ["a"] * 501},
        {"bytes": b"a"},
        {"when": datetime(2026, 7, 1)},  # noqa: DTZ001
        {"Key": "a"},
        {"a key": "a"},
        {f"k{n}": n for n in range(41)},
        {"turn": "a\nb"},
        {"letter": "é"},
    ],
)
def test_free_text_and_what_looks_personal_is_refused_unnamed(codes):
    with pytest.raises(ValueError) as error:
        clean_codes(codes)
    assert "argaret" not in str(error.value)
    assert "1484" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("shopping", "shopping"),
        ("E05001389", "E05001389"),
        ("2026-Q3", "2026-Q3"),
        ("HD7", "HD7"),
        (State.DRAFT, "draft"),
        (date(2026, 9, 30), "2026-09-30"),
        (datetime(2026, 9, 30, 12, tzinfo=UTC), "2026-09-30T12:00:00+00:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("a" * 64, "a" * 64),
        (None, None),
        (False, False),
        (-3, -3),
        (("a", 1), ["a", 1]),
        ([], []),
    ],
)
def test_codes_are_kept(value, stored):
    assert clean_codes({"key": value}) == {"key": stored}


@given(st.text())
def test_whatever_text_gets_in_is_one_short_word_of_a_code(text):
    try:
        stored = clean_codes({"key": text})["key"]
    except ValueError:
        return
    assert stored == text
    assert 0 < len(stored) <= 80
    assert stored.isascii()
    assert not set(stored) & set(" \t\n@,;'\"")
