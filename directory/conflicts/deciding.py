"""Putting up what a source says otherwise of an organisation, and deciding on it with both in sight."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.accounts.system import is_system
from directory.conflicts.models import Conflict
from directory.conflicts.states import CONFLICT, ConflictState
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Organisation
from directory.organisations import set_organisation
from directory.states import NEW, WrongState


@transaction.atomic
def put_up(organisation: Organisation, column: str, theirs: str, *, source: str, by: User) -> Conflict | None:
    """A source brings another word for a column that somebody edited or keeps: put it up, overwrite nothing.

    None where the same word of that source waits, or was decided on before. `by` is the installation itself. Raises PermissionDenied.
    """
    CONFLICT.check(NEW, ConflictState.WAITING, _sides(by))
    of_source = Conflict.objects.filter(organisation=organisation, column=column, source=source)
    if of_source.filter(theirs=theirs).exclude(state=ConflictState.OVERTAKEN).exists():
        return None
    overtake(organisation, {column: theirs}, source=source, by=by)
    ours = str(getattr(organisation, column))
    row = Conflict(organisation=organisation, column=column, ours=ours, theirs=theirs, source=source)
    _move(row, ConflictState.WAITING, by=by)
    return row


@transaction.atomic
def overtake(organisation: Organisation, told: Mapping[str, str], *, source: str, by: User) -> int:
    """What waits of a source's earlier words is over where it says something else by now, or what stands here. Returns how many.

    A column that is not in `told` is left waiting. Raises PermissionDenied.
    """
    rows = Conflict.objects.select_for_update().filter(
        organisation=organisation, source=source, column__in=list(told), state=ConflictState.WAITING
    )
    old = [row for row in rows if told[row.column] != row.theirs or told[row.column] == str(getattr(organisation, row.column))]
    for row in old:
        _move(row, ConflictState.OVERTAKEN, by=by)
    return len(old)


@transaction.atomic
def take(conflict: Conflict, *, by: User, seen: str) -> Conflict:
    """Take the source's word. `seen` is what stood here on the moderator's screen: a word that changed since is looked at again.

    Raises PermissionDenied, WrongState, ValidationError (the word is not possible here).
    """
    row, group = _lock(conflict, by)
    CONFLICT.check(row.state, ConflictState.TAKEN, _sides(by))
    if _plain(str(getattr(group, row.column))) != _plain(seen):
        raise WrongState("It has been changed again. Look once more before you decide.")
    set_organisation(group, {row.column: row.theirs}, by=by)
    _move(row, ConflictState.TAKEN, by=by)
    conflict.refresh_from_db()
    return row


@transaction.atomic
def keep(conflict: Conflict, *, by: User) -> Conflict:
    """Keep what stands here; the same word of that source is not put up again. Raises PermissionDenied, WrongState."""
    row, _ = _lock(conflict, by)
    CONFLICT.check(row.state, ConflictState.KEPT, _sides(by))
    _move(row, ConflictState.KEPT, by=by)
    conflict.refresh_from_db()
    return row


def _plain(text: str) -> str:
    """Browsers send line ends of their own."""
    return "\n".join(text.split("\r\n")).strip()


def _lock(conflict: Conflict, by: User) -> tuple[Conflict, Organisation]:
    require(by, Permission.MODERATE)
    group = Organisation.objects.select_for_update().get(pk=conflict.organisation_id)
    return Conflict.objects.select_for_update().get(pk=conflict.pk), group


def _sides(by: User) -> frozenset[Relation]:
    sides: set[Relation] = {Relation.MODERATOR} if allowed(by, Permission.MODERATE) else set()
    return frozenset(sides | ({Relation.SYSTEM} if is_system(by) else set()))


def _move(row: Conflict, to: ConflictState, *, by: User) -> None:
    """The one place where a conflict changes its state, by the table."""
    before: Any = row.state or NEW
    move = CONFLICT.check(before, to, _sides(by))
    row.state = to
    if "decided_by" in move.records:
        row.decided_by = by
    if "ended_at" in move.records:
        row.ended_at = clock.now()
    row.save(force_insert=before == NEW)
    codes: Codes = {"from": before or None, "to": to, "fields": [row.column], "organisation": row.organisation_id}
    record("conflict.moved", row, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
