"""Organisations that may be the same, found by register numbers, names, web hosts, telephone numbers and addresses, put before a person as pairs.

A number in a register is one body's alone. A name, a web host, a telephone number or an address may be shared: of those it takes two, or one
with names that are much the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from rapidfuzz import fuzz

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.geodata.locating import fold
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.merging.models import OrganisationPair
from directory.models import Organisation
from directory.states import WrongState

State = OrganisationPair.State
SAME_NAME, LIKE_NAME, SHARED_NAME = 95, 85, 60
MOST_OF_ONE = 5
# What more than so many share (a council's switchboard, a site for building pages) tells none of them apart.
MOST_SHARING = 20
CHUNK = 500
REGISTERS = ("charity_number", "company_number", "coop_number", "cqc_provider")
_NUMBER = re.compile(r"\d+")
_BODY = re.compile(r"\b(the|ltd|limited|cic|cio|plc|llp|community interest company)\b")


@dataclass
class Sketch:
    """What of an organisation is compared."""

    pk: UUID
    name: str
    numbers: frozenset[tuple[str, str]] = frozenset()
    shared: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def propose(organisations: Iterable[UUID] | None = None) -> int:
    """Pairs of these organisations (of all, where left out) with any other that nobody has seen before. Returns how many are new."""
    sketches = {sketch.pk: sketch for sketch in _sketches()}
    wanted = sketches.keys() if organisations is None else set(organisations) & sketches.keys()
    index = _index(sketches.values())
    known = set(OrganisationPair.objects.values_list("first_id", "second_id"))
    made: list[OrganisationPair] = []
    for pk in sorted(wanted):
        for score, other, reasons in _likely(sketches[pk], sketches, index):
            pair = (min(pk, other), max(pk, other))
            if pair not in known:
                known.add(pair)
                made.append(OrganisationPair(first_id=pair[0], second_id=pair[1], score=score, reasons=reasons))
    OrganisationPair.objects.bulk_create(made, batch_size=CHUNK, ignore_conflicts=True)
    return len(made)


def propose_today() -> bool:
    """The daily job: all organisations are looked through. True, as it is through at once."""
    propose()
    return True


def standing(state: State) -> "QuerySet[OrganisationPair]":
    """Pairs in a state of which neither was merged into anything."""
    return OrganisationPair.objects.filter(state=state, first__replaced_by=None, second__replaced_by=None)


@transaction.atomic
def say_different(pair: OrganisationPair, *, by: User) -> OrganisationPair:
    """They are two: the pair is not put up again. Raises PermissionDenied, WrongState (merged, or decided already)."""
    require(by, Permission.MODERATE)
    row = OrganisationPair.objects.select_for_update().get(pk=pair.pk)
    if row.state == State.DIFFERENT:
        raise WrongState("Somebody has decided this already.")
    both = [row.first_id, row.second_id]
    if Organisation.objects.filter(pk__in=both, replaced_by__in=both).exists():
        raise WrongState("The two were merged. Take that back first.")
    _decide(row, State.DIFFERENT, by)
    return row


def found_same(one: UUID, other: UUID, *, by: User) -> None:
    """Note on their pair, where there is one, that they became one."""
    _note(one, other, State.SAME, by)


def found_different(one: UUID, other: UUID, *, by: User) -> None:
    """Note on their pair, where there is one, that they are two after all."""
    _note(one, other, State.DIFFERENT, by)


def alike(one: Sketch, other: Sketch) -> tuple[int, list[str]] | None:
    """How likely two are the same, of 100, and why; None where they are not."""
    if one.name == other.name and one.name:
        name = 100.0
    elif _NUMBER.findall(one.name) != _NUMBER.findall(other.name):
        name = 0.0  # The first and the second Scouts of a village.
    else:
        name = fuzz.token_sort_ratio(one.name, other.name)
    register = bool(one.numbers & other.numbers)
    against = bool({which for which, _ in one.numbers} & {which for which, _ in other.numbers}) and not register
    shared = sorted(which for which, _ in one.shared & other.shared)
    likely = register or (
        not against and (name >= SAME_NAME or (name >= LIKE_NAME and shared) or (name >= SHARED_NAME and len(set(shared)) > 1))
    )
    if not likely:
        return None
    reasons = [f"name {name:.0f}%"] if name >= SHARED_NAME else []
    reasons += ["same number in a register"] if register else []
    reasons += [f"same {which}" for which in dict.fromkeys(shared)]
    return min(100, round(0.6 * name + 40 * register + 12 * len(set(shared)))), reasons


def _decide(row: OrganisationPair, state: State, by: User) -> None:
    row.state, row.decided_by, row.decided_at = state, by, clock.now()
    row.save()
    codes: Codes = {"first": row.first_id, "second": row.second_id, "state": row.state}
    record("organisation_pair.decided", row, by=by, role=role_used(by, Permission.MODERATE), codes=codes)


def _note(one: UUID, other: UUID, state: State, by: User) -> None:
    row = OrganisationPair.objects.select_for_update().filter(first=min(one, other), second=max(one, other)).first()
    if row is not None and row.state != state:
        _decide(row, state, by)


def _likely(sketch: Sketch, sketches: dict[UUID, Sketch], index: dict[object, list[UUID]]) -> list[tuple[int, UUID, list[str]]]:
    candidates = dict.fromkeys(pk for key in _keys(sketch) for pk in (index[key] if len(index[key]) <= MOST_SHARING else ()))
    scored = [(alike(sketch, sketches[pk]), pk) for pk in candidates if pk != sketch.pk]
    rows = [(found[0], pk, found[1]) for found, pk in scored if found]
    return sorted(rows, key=lambda row: (-row[0], row[1]))[:MOST_OF_ONE]


def _index(sketches: Iterable[Sketch]) -> dict[object, list[UUID]]:
    index: dict[object, list[UUID]] = defaultdict(list)
    for sketch in sketches:
        for key in set(_keys(sketch)):
            index[key].append(sketch.pk)
    return index


def _keys(sketch: Sketch) -> Iterator[object]:
    """By what it is found; names by their words in order, so that turned round they are still found."""
    if sketch.name:
        yield ("name", " ".join(sorted(sketch.name.split())))
    yield from sketch.numbers
    yield from sketch.shared


def _sketches() -> Iterator[Sketch]:
    """All that were not merged into another one."""
    columns = ("pk", "name", "url", "phone", "email", *REGISTERS)
    for row in Organisation.objects.filter(replaced_by=None).values(*columns).iterator(CHUNK):
        numbers = {(which, "".join(filter(str.isalnum, row[which])).upper().lstrip("0")) for which in REGISTERS}
        shared = {
            ("web host", (urlsplit(row["url"]).hostname or "").removeprefix("www.")),
            ("telephone number", "".join(filter(str.isdigit, row["phone"])).removeprefix("44").lstrip("0")),
            ("e-mail", row["email"].strip().lower()),
        }
        yield Sketch(
            row["pk"],
            _BODY.sub(" ", fold(row["name"])).strip(),
            frozenset(each for each in numbers if each[1]),
            frozenset(each for each in shared if each[1]),
        )
