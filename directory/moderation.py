"""Edits by partners, field by field: safe ones go live at once with undo, every other one waits for a moderator.

A field that changed meanwhile is a conflict: it is shown to the moderator and never overwritten. States move by the table in
change_states.py only. The journal holds names of fields, never what stands in them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from directory import clock, mails
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.accounts.system import is_system
from directory.change_states import FIELD, FIELD_UNDECIDED, ChangeState, FieldState, change_state
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.listing_fields import FIELDS, FOR_PARTNERS, SAFE, clean_values, read_values
from directory.listings import set_fields
from directory.locks import is_locked
from directory.models import Change, ChangeField, Service
from directory.states import NEW, WrongState

SYSTEM = frozenset({Relation.SYSTEM})

_hearers: list[Callable[[Change, User], None]] = []


def when_decided(hearer: Callable[[Change, User], None]) -> None:
    """Register what hears, inside the transaction, that the last field of a change was decided, and by whom. Called in AppConfig.ready()."""
    if hearer not in _hearers:
        _hearers.append(hearer)


@transaction.atomic
def propose(
    service: Service, values: Mapping[str, Any], *, by: User, note: str = "", seen: Mapping[str, Any] | None = None
) -> Change | None:
    """Propose new values for fields of a service. Safe ones go live at once, unless somebody has locked it; None where nothing would really change.

    `seen`: the values that the person had before their eyes, where that was a while ago. What they left as it was is no change; what
    somebody else changed meanwhile becomes a conflict, safe field or not.
    Raises PermissionDenied, ValidationError ({field: [text]}).
    """
    require(by, Permission.EDIT_LISTINGS, service)
    if strange := values.keys() - FOR_PARTNERS:
        raise ValidationError({name: ["This field is not open to changes."] for name in sorted(strange)})
    cleaned = clean_values(values)
    fresh = Service.objects.select_for_update().get(pk=service.pk)
    if fresh.replaced_by_id:
        raise ValidationError({"name": ["This listing was joined with another one, and that one is shown. Change it there."]})
    live = read_values(fresh)
    old = {**live, **(seen or {})}
    changed = {name: value for name, value in cleaned.items() if value != old[name] and value != live[name]}
    changed = {name: value for name, value in changed.items() if not _waits_already(fresh, name, value)}
    if not changed:
        return None
    change = Change.objects.create(service=fresh, made_by=by, note=note)
    codes: Codes = {"service": fresh.pk, "fields": sorted(changed), "version": fresh.version}
    record("change.proposed", change, by=by, role=_role(by), codes=codes)
    sides = _sides(by, fresh)
    for name in changed:
        goes_live = name in SAFE and old[name] == live[name] and not is_locked(fresh, by)
        state = FieldState.LIVE if goes_live else FieldState.WAITING
        FIELD.check(NEW, state, sides)
        row = _row(change, name, old[name], cleaned[name], fresh.version, state)
        if state == FieldState.WAITING and old[name] != live[name]:
            _move(row, FieldState.CONFLICT, sides=SYSTEM, by=by)
    at_once = {row.name: row.new_value for row in change.fields.all() if row.state == FieldState.LIVE}
    if at_once:
        set_fields(fresh, at_once, by=by)
        record("change.field_live", change, by=by, role=_role(by), codes={"service": fresh.pk, "fields": sorted(at_once)})
    service.refresh_from_db()
    if _is_undecided(change):
        mails.send_after_commit(mails.tell_moderators, change)
    return change


@transaction.atomic
def put_up_conflict(service: Service, name: str, *, old: Any, new: Any, by: User, note: str = "") -> ChangeField | None:
    """An import brings a value for a field that somebody edited: put it up, overwrite nothing. None where that was put up before.

    `by` is the installation itself. Raises PermissionDenied.
    """
    FIELD.check(NEW, FieldState.CONFLICT, _sides(by, service))
    if _rows(service, name, new).filter(change__made_by=by).exists():
        return None
    change = Change.objects.create(service=service, made_by=by, note=note)
    row = _row(change, name, old, new, service.version, FieldState.CONFLICT)
    record("change.field_conflict", change, by=by, role=_role(by), codes={"service": service.pk, "fields": [name]})
    return row


@transaction.atomic
def accept_field(field: ChangeField, *, by: User, seen_version: int | None = None) -> ChangeField:
    """Accept one field: its value goes live. Where the live value changed since it was proposed, the field becomes a conflict instead.

    A conflict is accepted by somebody who saw it: `seen_version` is the version of the service on their screen.
    Raises PermissionDenied, WrongState, ValidationError (the value is not possible any more).
    """
    row, service = _lock(field, by=by)
    sides = _sides(by, service)
    FIELD.check(row.state, FieldState.ACCEPTED, sides)
    live = FIELDS[row.name].read(service)
    if row.state == FieldState.WAITING and live not in (row.old_value, row.new_value):
        _move(row, FieldState.CONFLICT, sides=sides, by=by)
    elif row.state == FieldState.CONFLICT and seen_version is not None and seen_version != service.version:
        raise WrongState("The listing has changed again. Look once more before you decide.")
    else:
        set_fields(service, {row.name: row.new_value}, by=by)
        _move(row, FieldState.ACCEPTED, sides=sides, by=by)
        _tell_when_decided(row.change, by)
    field.refresh_from_db()
    return field


@transaction.atomic
def decline_field(field: ChangeField, *, by: User, reason: str) -> ChangeField:
    """Decline one field, with a reason that the partner reads. Raises PermissionDenied, WrongState, ValidationError without a reason."""
    row, service = _lock(field, by=by)
    sides = _sides(by, service)
    FIELD.check(row.state, FieldState.DECLINED, sides).require({"reason": reason}, sides)
    row.reason = reason.strip()
    _move(row, FieldState.DECLINED, sides=sides, by=by)
    _tell_when_decided(row.change, by)
    field.refresh_from_db()
    return field


@transaction.atomic
def accept_plain(change: Change, *, by: User) -> list[str]:
    """Accept at once every waiting field of a change that is not risky; what changed meanwhile becomes a conflict and stays.

    Returns the names of the fields that are live now. Raises PermissionDenied, ValidationError (a value is not possible any more).
    """
    require(by, Permission.MODERATE)
    rows = list(change.fields.select_for_update().select_related("change").filter(state=FieldState.WAITING))
    service = Service.objects.select_for_update().get(pk=change.service_id)
    sides, taken = _sides(by, service), []
    for row in rows:
        if FIELDS[row.name].risky:
            continue
        FIELD.check(row.state, FieldState.ACCEPTED, sides)
        if FIELDS[row.name].read(service) in (row.old_value, row.new_value):
            taken.append(row)
        else:
            _move(row, FieldState.CONFLICT, sides=sides, by=by)
    if taken:
        set_fields(service, {row.name: row.new_value for row in taken}, by=by)
    for row in taken:
        _move(row, FieldState.ACCEPTED, sides=sides, by=by)
    if taken:
        _tell_when_decided(change, by)
    return [row.name for row in taken]


def resolve(field: ChangeField, *, take: bool, by: User, seen_version: int, reason: str = "") -> ChangeField:
    """Decide a conflict with both values in sight: take the proposed one, or keep the live one and say why.

    Raises as accept_field and decline_field do.
    """
    if take:
        return accept_field(field, by=by, seen_version=seen_version)
    return decline_field(field, by=by, reason=reason)


@transaction.atomic
def undo(field: ChangeField, *, by: User) -> ChangeField:
    """Take back a safe edit: the value from before goes live again. Raises PermissionDenied, WrongState when it was changed since."""
    row = ChangeField.objects.select_for_update().select_related("change").get(pk=field.pk)
    service = Service.objects.select_for_update().get(pk=row.change.service_id)
    sides = _sides(by, service)
    FIELD.check(row.state, FieldState.UNDONE, sides)
    if FIELDS[row.name].read(service) != row.new_value:
        raise WrongState("This has been changed again since, so it cannot be undone.")
    set_fields(service, {row.name: row.old_value}, by=by)
    _move(row, FieldState.UNDONE, sides=sides, by=by)
    field.refresh_from_db()
    return field


def state_of(change: Change) -> ChangeState:
    """What a whole change is, from its fields."""
    return change_state(field.state for field in change.fields.all())


def _sides(by: User, service: Service) -> frozenset[Relation]:
    sides = set(relations_of(by, service))
    if allowed(by, Permission.MODERATE):
        sides.add(Relation.MODERATOR)
    if is_system(by):
        sides.add(Relation.SYSTEM)
    return frozenset(sides)


def _role(by: User) -> str:
    return role_used(by, Permission.EDIT_LISTINGS) or role_used(by, Permission.MODERATE)


def _lock(field: ChangeField, *, by: User) -> tuple[ChangeField, Service]:
    if not allowed(by, Permission.MODERATE):
        raise PermissionDenied("This is for moderators.")
    row = ChangeField.objects.select_for_update().select_related("change").get(pk=field.pk)
    return row, Service.objects.select_for_update().get(pk=row.change.service_id)


def _row(change: Change, name: str, old: Any, new: Any, version: int, state: str) -> ChangeField:
    return ChangeField.objects.create(change=change, name=name, old_value=old, new_value=new, written_on_version=version, state=state)


def _move(row: ChangeField, to: FieldState, *, sides: frozenset[Relation], by: User) -> None:
    """The one place where a field changes its state, by the table."""
    move = FIELD.check(row.state, to, sides)
    row.state = to
    if "decided_by" in move.records:
        row.decided_by, row.decided_at = by, clock.now()
    row.save()
    codes: Codes = {"service": row.change.service_id, "fields": [row.name]}
    record(f"change.field_{to.value}", row.change, by=by, role=_role(by), codes=codes)


def _waits_already(service: Service, name: str, value: Any) -> bool:
    return _rows(service, name, value).filter(state__in=FIELD_UNDECIDED).exists()


def _rows(service: Service, name: str, value: Any) -> "QuerySet[ChangeField]":
    """The rows that proposed this value. None is stored as no value at all, which a look-up by equality would not find."""
    same = {"new_value__isnull": True} if value is None else {"new_value": value}
    return ChangeField.objects.filter(change__service=service, name=name, **same)


def _is_undecided(change: Change) -> bool:
    return change_state(change.fields.values_list("state", flat=True)) == ChangeState.UNDECIDED


def _tell_when_decided(change: Change, by: User) -> None:
    if not _is_undecided(change):
        for hearer in _hearers:
            hearer(change, by)
        mails.send_after_commit(mails.tell_proposer, change)
