"""The living volunteers as columns in memory: read once, then kept up by the journal, so that a question decrypts only what has changed.

Only facts that decide who may and who fits: no name, phone or address. Whatever changes a volunteer writes to the journal, in this process
or in another, so what is held is right as long as the journal is where it was; where it went on, those whom its events name are read again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.geodata.localities import Localities
from directory.geodata.locating import localities
from directory.journal.heads import START, Position, head, holds
from directory.journal.models import Event
from matching.eligibility import ADULT_AGE, SoftColumns, VolunteerColumns
from matching.models import Volunteer, VolunteerActivity
from matching.suggesting.facts import helpers, people_helped
from matching.suggesting.scoring import soft_columns

GONE = (Volunteer.Status.LEFT, Volunteer.Status.REMOVED)
# Who somebody is is not read at all, but for where they live: who shares a home is told from that.
READ = (
    *("number", "status", "address", "postcode", "date_of_birth", "position", "facts", "village", "languages", "interests", "windows"),
    *("visits_in_pair", "has_car", "car_insurance_ok", "max_km", "capacity", "check_level", "recheck_due"),
)
_BATCH = 1000
# After more than so many events everything is read anew.
_MOST_EVENTS = 5000
Key = TypeVar("Key")
_ROOM, _VOLUNTEER = "matching.", "matching.volunteer"


@dataclass(frozen=True, eq=False)
class Living:
    """All volunteers but those who have left or were removed: row i of each column is one of them.

    `place`: how far the journal was; `day`: the day for which ages and trainings were looked at; `near`: the gazetteer behind the villages.
    """

    place: Position
    day: date
    near: Localities
    columns: VolunteerColumns
    soft: SoftColumns
    numbers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.columns)


_held: Living | None = None


def living() -> Living:
    """The volunteers as they are now. Inside a transaction: as it sees them, and nothing of that is held beyond it."""
    global _held  # noqa: PLW0603
    before = _held
    now = _brought_up(before)
    # What a transaction has written may be undone, so only what is committed is held for the next question.
    if now is not before and not transaction.get_connection().in_atomic_block:
        _held = now
    return now


def forget() -> None:
    """Read everything anew at the next question."""
    global _held  # noqa: PLW0603
    _held = None


def _brought_up(held: Living | None) -> Living:
    # The place first: what is written while the rows are read comes again with the next question, and is never missed.
    place, day, near = head(), clock.today(), localities()
    if held is None or held.near is not near or day < held.day or not _goes_on(held.place, place):
        return _read(place, day, near)
    if (place, day) == (held.place, held.day):
        return held
    events = _events(held.place, place)
    if len(events) > _MOST_EVENTS:
        return _read(place, day, near)
    changed = _named_by(events) | (_older(held) if day > held.day else set())
    if changed:
        held = _without(held, changed)
        for some in _pieces(sorted(changed)):
            held = _joined(held, _read(place, day, near, Volunteer.objects.filter(pk__in=some)))
    if any(kind != _VOLUNTEER for kind, _, _ in events):
        # What is thrown away with the demonstration, row by row, is named by nobody.
        if len(held) != Volunteer.objects.exclude(status__in=GONE).count():
            return _read(place, day, near)
        held = _with_matches(held)
    return replace(held, place=place, day=day)


def _goes_on(before: Position, now: Position) -> bool:
    """Does the journal still hold what was read, and does it tell of the rows at all?"""
    return before != START and (before == now or holds(before))


def _read(place: Position, day: date, near: Localities, among: QuerySet[Volunteer] | None = None) -> Living:
    """These volunteers, or all, as far as they are living."""
    there = Volunteer.objects.exclude(status__in=GONE)
    found = Living(place, day, near, VolunteerColumns.of([]), SoftColumns.of([], []), np.array([], dtype=np.int64))
    parts = []
    # Named by number: an id costs more to read and to ask for, ten thousand times.
    for some in _pieces(list((there if among is None else among).order_by().values_list("number", flat=True))):
        read = helpers(there.filter(number__in=some).only(*READ))
        columns = VolunteerColumns.of([each.facts for each in read])
        numbers = np.array([each.volunteer.number for each in read], dtype=np.int64)
        parts.append(replace(found, columns=columns, soft=soft_columns([each.volunteer for each in read]), numbers=numbers))
    for part in parts:
        found = _joined(found, part)
    return found


def _events(after: Position, until: Position) -> list[tuple[str, UUID, dict[str, object]]]:
    """What happened to people, requests, matches and volunteers: type and id of what it is about, and the codes."""
    found = Event.objects.after(after.seq).filter(seq__lte=until.seq, object_type__startswith=_ROOM)
    return list(found.values_list("object_type", "object_id", "codes")[: _MOST_EVENTS + 1])


def _named_by(events: Iterable[tuple[str, UUID, dict[str, object]]]) -> set[UUID]:
    """The volunteers of whom these events tell: by their own id, by a code, or by the row that the event is about."""
    mentioned: set[UUID] = set()
    by_type: dict[str, set[UUID]] = {}
    for kind, key, codes in events:
        by_type.setdefault(kind, set()).add(key)
        mentioned |= {key, *_uuids(codes)}
    found = _among(Volunteer.objects.all(), mentioned, "pk") | (mentioned & by_type.get(_VOLUNTEER, set()))
    for kind, keys in by_type.items():
        if kind != _VOLUNTEER and _has_volunteer(kind):
            found |= _among(apps.get_model(kind)._default_manager.filter(volunteer__isnull=False), keys, "volunteer_id")
    return found


def _among(rows: QuerySet[Any], keys: set[UUID], column: str) -> set[UUID]:
    """This column of those rows that have these keys; a database takes only so many in one question."""
    return {found for some in _pieces(sorted(keys)) for found in rows.filter(pk__in=some).values_list(column, flat=True)}


def _has_volunteer(kind: str) -> bool:
    try:
        return bool(apps.get_model(kind)._meta.get_field("volunteer").is_relation)
    except (LookupError, FieldDoesNotExist):
        return False


def _uuids(codes: dict[str, object]) -> Iterator[UUID]:
    for value in codes.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, str) and len(each) == 36:
                try:
                    yield UUID(each)
                except ValueError:
                    continue


def _older(held: Living) -> set[UUID]:
    """Whom a new day changes without an event: who may have come of age, and whose training may have run out."""
    minors = held.columns.ids[held.columns.age < ADULT_AGE].tolist()
    trained = VolunteerActivity.objects.filter(trained_until__gte=held.day, trained_until__lt=clock.today())
    return {*map(UUID, minors), *trained.values_list("volunteer_id", flat=True)}


def _with_matches(held: Living) -> Living:
    """How many people each helps now, read at once: a person merged or erased changes it for volunteers whom no event names."""
    helped = people_helped()
    counts = np.zeros(len(held), dtype=np.int64)
    order = np.argsort(held.numbers)
    for at, number in zip(np.searchsorted(held.numbers[order], list(helped)).tolist(), helped, strict=True):
        if at < len(held) and held.numbers[order[at]] == number:
            counts[order[at]] = helped[number]
    return replace(held, columns=replace(held.columns, active_matches=counts))


def _without(held: Living, changed: set[UUID]) -> Living:
    rows = np.flatnonzero(~held.columns.named(map(str, changed)))
    return replace(held, columns=held.columns.take(rows), soft=held.soft.take(rows), numbers=held.numbers[rows])


def _joined(held: Living, more: Living) -> Living:
    if not len(more):
        return held
    numbers = np.concatenate([held.numbers, more.numbers])
    return replace(held, columns=held.columns.joined(more.columns), soft=held.soft.joined(more.soft), numbers=numbers)


def _pieces(keys: list[Key]) -> Iterator[list[Key]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
