"""Listings that may be the same service, found by name, distance and telephone number, and put before a person as pairs.

Names alone say little: story time is held in twenty libraries. Two with nearly one name count where they are at one place, share a
number, or are one organisation's and neither says where.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from rapidfuzz import fuzz

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.geodata.locating import fold, miles
from directory.harvest.models import DuplicatePair
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Contact, Service, ServiceAtLocation
from directory.states import WrongState

SAME_NAME, LIKE_NAME, SHARED_NAME = 92, 84, 60
NEAR_MILES = 0.15
# A cell of about half a mile; what is near lies in the same or in a neighbouring one.
CELL = 0.008
MOST_OF_ONE = 5
MOST_CANDIDATES = 400
CHUNK = 500
_NUMBER = re.compile(r"\d+")


@dataclass
class Sketch:
    """What of a listing is compared."""

    pk: UUID
    name: str
    organisation: str
    postcodes: frozenset[str] = frozenset()
    positions: tuple[tuple[float, float], ...] = ()
    phones: frozenset[str] = frozenset()


def propose(services: Iterable[UUID]) -> int:
    """Pairs of these services with any that is shown, as far as nobody has seen the pair before. Returns how many are new."""
    wanted = set(services)
    if not wanted:
        return 0
    sketches = _sketches(wanted)
    index = _index(sketches.values())
    known = set(DuplicatePair.objects.values_list("first_id", "second_id"))
    made: list[DuplicatePair] = []
    for pk in sorted(wanted & sketches.keys()):
        for score, other, reasons in _likely(sketches[pk], sketches, index):
            pair = (min(pk, other), max(pk, other))
            if pair not in known:
                known.add(pair)
                made.append(DuplicatePair(first_id=pair[0], second_id=pair[1], score=score, reasons=reasons))
    DuplicatePair.objects.bulk_create(made, batch_size=CHUNK, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def decide(pair: DuplicatePair, *, same: bool, by: User) -> DuplicatePair:
    """Say whether two listings are the same service. Merging them is a step of its own (directory/merging).

    That they are the same may be taken back while they are not merged. Raises PermissionDenied, WrongState.
    """
    require(by, Permission.MODERATE)
    row = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    taken_back = row.state == DuplicatePair.State.SAME and not same
    if row.state != DuplicatePair.State.PROPOSED and not taken_back:
        raise WrongState("Somebody has decided this already.")
    both = [row.first_id, row.second_id]
    if Service.objects.filter(pk__in=both, replaced_by__in=both).exists():
        raise WrongState("The two were merged. Take that back first.")
    row.state = DuplicatePair.State.SAME if same else DuplicatePair.State.DIFFERENT
    row.decided_by, row.decided_at = by, clock.now()
    row.save()
    codes: Codes = {"first": row.first_id, "second": row.second_id, "state": row.state}
    record("duplicate.decided", row, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
    return row


def standing(state: DuplicatePair.State) -> "QuerySet[DuplicatePair]":
    """Pairs in a state of which neither was merged into anything."""
    return DuplicatePair.objects.filter(state=state, first__replaced_by=None, second__replaced_by=None)


def carry(dropped: UUID, *, to: UUID, among: type[Any] = DuplicatePair) -> list[str]:
    """What was found or decided of one that goes holds for the one that took it in. Returns the ids of the pairs made for it.

    `among`: the model of pairs; those of organisations have the same columns and states.
    """
    made = []
    for pair in among.objects.filter(Q(first=dropped) | Q(second=dropped)):
        other = pair.second_id if pair.first_id == dropped else pair.first_id
        first, second = min(to, other), max(to, other)
        if other == to or among.objects.filter(first_id=first, second_id=second).exists():
            continue
        told = {"score": pair.score, "reasons": pair.reasons, "state": pair.state}
        decided = {"decided_by": pair.decided_by, "decided_at": pair.decided_at}
        made.append(str(among.objects.create(first_id=first, second_id=second, **told, **decided).pk))
    return made


def drop_carried(ids: Iterable[str], *, among: type[Any] = DuplicatePair) -> None:
    """Take back what `carry` made, but what somebody has found to be two meanwhile."""
    among.objects.filter(pk__in=list(ids)).exclude(state=among.State.DIFFERENT).delete()


def alike(one: Sketch, other: Sketch) -> tuple[int, list[str]] | None:
    """How likely two are the same, of 100, and why; None where they are not."""
    if _NUMBER.findall(one.name) != _NUMBER.findall(other.name):
        return None  # The first and the second Scouts of a village meet in the same hall.
    name = fuzz.token_sort_ratio(one.name, other.name)
    shared_phone = bool(one.phones & other.phones)
    here = bool(one.postcodes & other.postcodes) or any(miles(*a, *b) <= NEAR_MILES for a in one.positions for b in other.positions)
    nowhere = not (one.positions or one.postcodes) or not (other.positions or other.postcodes)
    one_owner = fuzz.token_sort_ratio(one.organisation, other.organisation) >= SAME_NAME
    reasons = [f"name {name:.0f}%"]
    reasons += ["same place"] if here else []
    reasons += ["same number"] if shared_phone else []
    reasons += ["same organisation"] if one_owner else []
    likely = (
        (name >= LIKE_NAME and (here or shared_phone))
        or (name >= SAME_NAME and one_owner and nowhere)
        or (name >= SHARED_NAME and here and shared_phone)
    )
    score = 0.6 * name + 15 * here + 15 * shared_phone + 10 * one_owner
    return (min(100, round(score)), reasons) if likely else None


def _likely(sketch: Sketch, sketches: dict[UUID, Sketch], index: dict[object, list[UUID]]) -> list[tuple[int, UUID, list[str]]]:
    candidates: dict[UUID, None] = {}
    for key in _keys(sketch, around=True):
        found = index.get(key, [])
        # What hundreds share (a switchboard, a health centre) tells none of them apart.
        if len(found) <= MOST_CANDIDATES:
            candidates |= dict.fromkeys(found)
    scored = [(alike(sketch, sketches[pk]), pk) for pk in candidates if pk != sketch.pk]
    rows = [(found[0], pk, found[1]) for found, pk in scored if found]
    return sorted(rows, key=lambda row: (-row[0], row[1]))[:MOST_OF_ONE]


def _index(sketches: Iterable[Sketch]) -> dict[object, list[UUID]]:
    index: dict[object, list[UUID]] = defaultdict(list)
    for sketch in sketches:
        for key in set(_keys(sketch)):
            index[key].append(sketch.pk)
    return index


def _keys(sketch: Sketch, *, around: bool = False) -> Iterator[object]:
    """Where a listing stands in the index; `around` looks into the neighbouring cells as well."""
    yield ("name", sketch.name)
    yield from (("phone", phone) for phone in sketch.phones)
    yield from (("postcode", code) for code in sketch.postcodes)
    steps = (-1, 0, 1) if around else (0,)
    for lat, lon in sketch.positions:
        row, column = int(lat // CELL), int(lon // (2 * CELL))
        yield from (("cell", row + down, column + across) for down in steps for across in steps)


def _sketches(wanted: set[UUID]) -> dict[UUID, Sketch]:
    """All listings that are shown, and these."""
    shown = Service.objects.public().values_list("pk", "name", "organisation__name")
    rows = list(shown.iterator(CHUNK))
    missing = list(wanted - {row[0] for row in rows})
    for start in range(0, len(missing), CHUNK):
        hidden = Service.objects.filter(pk__in=missing[start : start + CHUNK]).exclude(status=Service.Status.CLOSED)
        rows += hidden.values_list("pk", "name", "organisation__name")
    places: dict[UUID, list[tuple[str, float | None, float | None]]] = defaultdict(list)
    at = ServiceAtLocation.objects.filter(location__masked=False)
    for pk, code, lat, lon in at.values_list("service_id", "location__postcode", "location__lat", "location__lon").iterator(CHUNK):
        places[pk].append((code, lat, lon))
    phones: dict[UUID, set[str]] = defaultdict(set)
    for pk, phone in Contact.objects.filter(is_personal=False).exclude(phone="").values_list("service_id", "phone").iterator(CHUNK):
        phones[pk].add("".join(filter(str.isdigit, phone)))
    return {
        pk: Sketch(
            pk,
            fold(name),
            fold(owner),
            frozenset(code for code, _, _ in places[pk] if code),
            tuple((lat, lon) for _, lat, lon in places[pk] if lat is not None and lon is not None),
            frozenset(phones[pk]),
        )
        for pk, name, owner in rows
    }
