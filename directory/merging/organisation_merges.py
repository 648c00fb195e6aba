"""Organisations become one: made by a person who saw both, and taken back when they are two after all.

The dropped one keeps its row, its history and the memory of what its sources said. Its listings, and who keeps them, go to the other.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.harvest import duplicates
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.locks import require_open
from directory.merging import belongings, hands, joining, organisation_doubles, organisation_mails
from directory.merging.models import OrganisationMerge, OrganisationPair
from directory.merging.organisation_fields import chosen, clean_choices, columns_of, read_values
from directory.models import Organisation, Service
from directory.organisations import set_organisation
from directory.states import WrongState
from directory.venues import touch_services

SERVICES = "directory.Service.organisation"


@transaction.atomic
def merge(
    keep: Organisation,
    drop: Organisation,
    choices: Mapping[str, str],
    *,
    by: User,
    seen: tuple[str, str] | None = None,
    groups_agreed: bool = False,
) -> OrganisationMerge:
    """One organisation takes in another, with its listings and whoever keeps them. `choices`: field → "keep", "drop" or "both".

    `seen`: the marks (`mark_of`) of both that were looked at. `groups_agreed`: whoever keeps either was asked, and they are one body.
    Raises PermissionDenied, WrongState (merged before, locked, or changed meanwhile), ValidationError ({field: [text]}).
    """
    require(by, Permission.MODERATE)
    kept, dropped = _both(keep, drop)
    _refuse(kept, dropped, by=by, groups_agreed=groups_agreed)
    if seen is not None and seen != (mark_of(kept), mark_of(dropped)):
        raise WrongState("One of the two has changed meanwhile. Look once more before you decide.")
    made = OrganisationMerge(kept=kept, dropped=dropped, choices=dict(choices), merged_by=by)
    before = read_values(kept)
    made.moved = belongings.move(dropped, kept)
    values = chosen(before, read_values(dropped), clean_choices(choices))
    if str(dropped.pk) in values.get("parent", before["parent"]):
        values["parent"] = [None]
    kept = set_organisation(kept, columns_of(values), by=by)
    _refuse_circle(kept)
    made.after = {name: value for name, value in read_values(kept).items() if value != before[name]}
    made.before = {name: before[name] for name in made.after}
    made.joined = joining.join(dropped, kept, by=by)
    joining.end_what_cannot_stand(dropped)
    made.carried = duplicates.carry(dropped.pk, to=kept.pk, among=OrganisationPair)
    organisation_doubles.found_same(kept.pk, dropped.pk, by=by)
    Organisation.objects.filter(pk=dropped.pk).update(replaced_by=kept, changed_at=clock.now())
    made.save()
    _record("took_in", kept, by, {"merge": made.pk, "other": dropped.pk, "fields": sorted(made.after)})
    _record("merged", dropped, by, {"merge": made.pk, "replaced_by": kept.pk})
    if not values:
        touch_services(Service.objects.filter(pk__in=made.moved.get(SERVICES, [])), because="organisation", by=by)
    organisation_mails.tell_after_commit(made)
    keep.refresh_from_db()
    drop.refresh_from_db()
    return made


@transaction.atomic
def part(merge: OrganisationMerge, *, by: User) -> OrganisationMerge:
    """They are two after all: listings and people go back, and words that the kept one got where nobody has changed them since.

    Raises PermissionDenied, WrongState (taken back already, or the kept one was merged itself), ValidationError.
    """
    require(by, Permission.MODERATE)
    row = OrganisationMerge.objects.select_for_update().get(pk=merge.pk)
    if row.parted_at is not None:
        raise WrongState("Somebody has taken this back already.")
    kept, dropped = _both(row.kept, row.dropped)
    if kept.replaced_by_id:
        raise WrongState("The one that stayed was itself merged into another one. Take that back first.")
    row.parted_by, row.parted_at = by, clock.now()
    row.save(update_fields=["parted_by", "parted_at"])
    now = clock.now()
    Organisation.objects.filter(pk=dropped.pk).update(replaced_by=None, changed_at=now)
    belongings.move_back(row.moved, dropped, kept)
    as_they_are = read_values(kept)
    back = {name: value for name, value in row.before.items() if name in as_they_are and as_they_are[name] == row.after[name]}
    set_organisation(kept, columns_of(back), by=by)
    joining.part(row.joined, dropped, kept, by=by)
    duplicates.drop_carried(row.carried, among=OrganisationPair)
    organisation_doubles.found_different(kept.pk, dropped.pk, by=by)
    _record("parted", kept, by, {"merge": row.pk, "other": dropped.pk})
    _record("parted", dropped, by, {"merge": row.pk, "other": kept.pk})
    touch_services(Service.objects.filter(pk__in=row.moved.get(SERVICES, [])), because="organisation", by=by)
    merge.refresh_from_db()
    return row


def mark_of(organisation: Organisation) -> str:
    """Another one whenever it changed: what somebody saw goes with what they decide."""
    return organisation.changed_at.isoformat()


def asks_groups(kept: Organisation, dropped: Organisation, would_read: list[str]) -> bool:
    """Must both be asked first? Where each is kept by somebody, and where somebody would read about people what they do not read today."""
    return bool(would_read) or (kept.memberships.exists() and dropped.memberships.exists())


def never(kept: Organisation, dropped: Organisation) -> str:
    """Why these two cannot become one; empty where they can."""
    if kept.ours != dropped.ours:
        return "One of the two is the co-op’s own, and the other is not. Nobody’s vetting is passed over by that: make it right first."
    if kept.demo != dropped.demo:
        return "One of the two is invented for the demonstration."
    return ""


def _both(one: Organisation, other: Organisation) -> tuple[Organisation, Organisation]:
    if one.pk == other.pk:
        raise ValidationError({"drop": ["An organisation is merged with another one."]})
    rows = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return rows[one.pk], rows[other.pk]


def _refuse(kept: Organisation, dropped: Organisation, *, by: User, groups_agreed: bool) -> None:
    if kept.replaced_by_id or dropped.replaced_by_id:
        raise WrongState("One of the two was merged already.")
    require_open(kept, by)
    require_open(dropped, by)
    if why := never(kept, dropped):
        raise ValidationError({"drop": [why]})
    if not groups_agreed and asks_groups(kept, dropped, hands.would_read(kept, dropped)):
        raise ValidationError({"groups_agreed": ["Ask those who keep them whether they are one body, then say that you did."]})


def _refuse_circle(organisation: Organisation) -> None:
    """Raises ValidationError where it would be part of itself."""
    above: set[Any] = {organisation.pk}
    at = organisation.parent
    while at is not None:
        if at.pk in above:
            raise ValidationError(
                {"parent": ["It would be part of itself, by way of another one. Choose the other, or put that right first."]}
            )
        above.add(at.pk)
        at = at.parent


def _record(what: str, organisation: Organisation, by: User, codes: Codes) -> None:
    record(f"organisation.{what}", organisation, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
