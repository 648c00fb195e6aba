"""Locked listings, organisations and places: nobody but whoever locked one changes it, until it is opened again.

A lock holds what people write. It does not hold what is only noted (that a listing was checked, what a source said),
and nobody who does not want to be named any more.
"""

from typing import TypeVar

from django.db import models, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.models import Location, Organisation, Service
from directory.states import WrongState

Lockable = Service | Organisation | Location
Row = TypeVar("Row", Service, Organisation, Location)
HOLDS = "This is locked while somebody of the staff works on it."
# To a group, of what would go live at once otherwise.
WAITS = "Somebody of us works on this page just now. What you say meanwhile waits for us, and nothing of it is lost"


def is_locked(row: Lockable, by: User) -> bool:
    """Is it locked by somebody else?"""
    return row.locked and row.locked_by_id != by.pk


def require_open(row: Lockable, by: User) -> None:
    """Raises WrongState where somebody else has locked it."""
    if is_locked(row, by):
        raise WrongState(HOLDS)


@transaction.atomic
def lock(row: Row, *, by: User) -> Row:
    """Keep everybody else from changing it; nothing happens where it is locked. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    fresh = _for_update(row)
    if not fresh.locked:
        _set(fresh, True, by)
    return fresh


@transaction.atomic
def unlock(row: Row, *, by: User) -> Row:
    """Let everybody change it again: any moderator may, since whoever locked it may be away. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    fresh = _for_update(row)
    if fresh.locked:
        _set(fresh, False, by)
    return fresh


def _for_update(row: Row) -> Row:
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def _set(row: models.Model, locked: bool, by: User) -> None:
    values = {"locked": locked, "locked_by": by if locked else None, "locked_at": clock.now() if locked else None}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    record(f"{row._meta.model_name}.{'locked' if locked else 'unlocked'}", row, by=by, role=role_used(by, Permission.MODERATE))
