"""Releases: prepared once per closed period, frozen, seen inside; public only after an audit of their own."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.accounts.system import is_system
from directory.geodata.locating import installed_set
from directory.journal.heads import head
from directory.journal.recording import record
from directory.journal.verifying import Fault, NamedHead
from matching.models import Release
from matching.states import RELEASE, ReleaseState
from matching.statistics.counting import parse_period
from matching.statistics.menu import MEASURES, STEPS
from matching.statistics.tables import tables_of

# What happened on the last days reaches the records with some delay.
SETTLING_DAYS = 5


@transaction.atomic
def publish(code: str, *, by: User) -> Release:
    """Count a closed period, freeze it, and show it to analyst, coordinator and administrator.

    Raises PermissionDenied; ValidationError where the period is not closed or was released before (a correction waits for the yearly release).
    """
    if not is_system(by):
        require(by, Permission.PUBLISH_FIGURES)
    try:
        period = parse_period(code)
    except ValueError as error:
        raise ValidationError({"period": [str(error)]}) from error
    open_until = period.last + timedelta(days=SETTLING_DAYS)
    if clock.today() <= open_until:
        raise ValidationError({"period": [f"{period.name} is not closed yet: its figures can be made after {open_until:%-d %B %Y}."]})
    if Release.objects.filter(period=code).exclude(state=ReleaseState.REFUSED).exists():
        raise ValidationError({"period": [f"{period.name} is released already, and a release is frozen."]})
    area_set, tables, now, at = installed_set(), tables_of(period), clock.now(), head()
    release = Release.objects.create(
        period=code,
        revision=Release.objects.filter(period=code).count() + 1,
        tables=tables,
        digest=digest_of(tables),
        area_set=area_set.slug if area_set else "",
        head_seq=at.seq,
        head_mac=at.mac,
        prepared_at=now,
        prepared_by=by,
    )
    _record(release, "release.prepared", by, "", ReleaseState.PREPARED)
    return _move(release, ReleaseState.PUBLISHED, by=by)


@transaction.atomic
def make_public(release: Release, *, by: User) -> Release:
    """Show a release to everybody.

    Raises PermissionDenied, WrongState; ValidationError while no audit has proved that no count of 1 to 4 can be worked out.
    """
    require(by, Permission.PUBLISH_FIGURES)
    if not release.audit:
        raise ValidationError(
            {"audit": ["This release has not been audited, so it stays inside. It can be made public once the audit has passed."]}
        )
    return _move(release, ReleaseState.PUBLIC, by=by)


def _move(release: Release, to: ReleaseState, *, by: User) -> Release:
    locked = Release.objects.select_for_update().get(pk=release.pk)
    RELEASE.check(locked.state, to, {Relation.SYSTEM if is_system(by) else Relation.ADMIN})
    came_from, locked.state = locked.state, to
    if to == ReleaseState.PUBLISHED:
        locked.published_at = clock.now()
    if to == ReleaseState.PUBLIC:
        locked.public_at = clock.now()
    locked.save(update_fields=["state", "published_at", "public_at"])
    _record(locked, "release.moved", by, came_from, to)
    return locked


def _record(release: Release, kind: str, by: User, came_from: str, to: str) -> None:
    codes: dict[str, Any] = {"from": came_from or None, "to": to, "period": release.period, "digest": release.digest}
    role = Relation.SYSTEM if is_system(by) else role_used(by, Permission.PUBLISH_FIGURES)
    record(kind, release, by=by, role=role, codes=codes)


def digest_of(tables: list[dict[str, Any]]) -> str:
    """SHA-256 of the tables in one fixed spelling."""
    return hashlib.sha256(json.dumps(tables, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def visible_to(user: Any) -> list[Release]:
    """The newest revision of each period that this user may see, the newest period first."""
    states = [ReleaseState.PUBLIC]
    if allowed(user, Permission.SEE_FIGURES):
        states += [ReleaseState.PUBLISHED]
    newest: dict[str, Release] = {}
    for release in Release.objects.filter(state__in=states).order_by("period", "revision"):
        newest[release.period] = release
    return sorted(newest.values(), key=lambda release: parse_period(release.period).last, reverse=True)


def table_of(release: Release, measure: str, dims: tuple[str, ...]) -> dict[str, Any] | None:
    """One table of a release; None where the count rule let too few of its numbers show."""
    return next((table for table in release.tables if table["measure"] == measure and tuple(table["dims"]) == dims), None)


def menu_for(releases: Iterable[Release]) -> list[dict[str, Any]]:
    """What can be asked for: [{measure, dims, periods}], only what is really there."""
    held = [(release.period, table["measure"], tuple(table["dims"])) for release in releases for table in release.tables]
    lines = []
    for measure in MEASURES:
        for dims in STEPS:
            periods = [period for period, slug, found in held if slug == measure and found == dims]
            if periods:
                lines.append({"measure": measure, "dims": list(dims), "periods": periods})
    return lines


def heads() -> Iterable[NamedHead]:
    """The journal's heads as they were when releases were made: a journal cut shorter than one of them is found."""
    for release in Release.objects.order_by("prepared_at"):
        yield NamedHead(f"release {release}", release.head_seq, release.head_mac)


def replay() -> Iterable[Fault]:
    """Releases whose tables are not those that were frozen."""
    for release in Release.objects.all():
        if digest_of(release.tables) != release.digest:
            yield Fault("release_changed", None, str(release.pk))
