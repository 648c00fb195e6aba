"""Merges: made by a person who saw both listings, and taken back when they are two after all.

The dropped listing is closed and leads on. It keeps its own rows, its history, and the memory of what its source said, so that the source
does not bring it back.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.accounts.system import system_user
from directory.change_states import FIELD_UNDECIDED
from directory.harvest import duplicates
from directory.harvest.models import DuplicatePair
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.listing_fields import read_values
from directory.merging import belongings, mails, places
from directory.merging.choosing import chosen, clean_choices
from directory.merging.models import Merge
from directory.models import Change, Membership, Service
from directory.states import WrongState


@transaction.atomic
def merge(
    keep: Service,
    drop: Service,
    choices: Mapping[str, str],
    *,
    by: User,
    seen: tuple[int, int] | None = None,
    groups_agreed: bool = False,
) -> Merge:
    """One listing takes in another. `choices`: field → "keep", "drop" or "both"; a field that is not named stays as the kept one has it.

    `seen`: the versions of both that were looked at. `groups_agreed`: two groups keep them, and were asked. Raises PermissionDenied,
    WrongState (merged before, or changed meanwhile), ValidationError ({field: [text]}).
    """
    require(by, Permission.MODERATE)
    if keep.pk == drop.pk:
        raise ValidationError({"drop": ["A listing is merged with another one."]})
    rows = {row.pk: row for row in Service.objects.select_for_update().filter(pk__in=[keep.pk, drop.pk]).order_by("pk")}
    kept, dropped = rows[keep.pk], rows[drop.pk]
    if kept.replaced_by_id or dropped.replaced_by_id:
        raise WrongState("One of the two was merged already.")
    if seen is not None and seen != (kept.version, dropped.version):
        raise WrongState("One of the two has changed meanwhile. Look once more before you decide.")
    _refuse_over_heads(kept, dropped, groups_agreed=groups_agreed)
    before = read_values(kept)
    after = _take_over(kept, dropped, before, clean_choices(choices), by=by)
    made = Merge(kept=kept, dropped=dropped, pair=_pair(kept, dropped), choices=dict(choices), merged_by=by)
    made.before, made.after = {name: before[name] for name in after}, after
    made.dropped_status = dropped.status
    made.moved = belongings.move(dropped, kept)
    made.carried = duplicates.carry(dropped.pk, to=kept.pk)
    listings.withdraw(dropped, by=by)
    Service.objects.filter(pk=dropped.pk).update(replaced_by=kept)
    made.save()
    role = role_used(by, Permission.MODERATE)
    took_in: Codes = {"merge": made.pk, "other": dropped.pk, "fields": sorted(after)}
    merged: Codes = {"merge": made.pk, "replaced_by": kept.pk}
    record("service.took_in", kept, by=by, role=role, codes=took_in)
    record("service.merged", dropped, by=by, role=role, codes=merged)
    mails.tell_after_commit(made)
    keep.refresh_from_db()
    drop.refresh_from_db()
    return made


@transaction.atomic
def part(merge: Merge, *, by: User) -> Merge:
    """They are two after all: the dropped listing stands as it did, what was pointed at the other points at it again.

    Words that the kept listing got by the merge go back where nobody has changed them since. Raises PermissionDenied, WrongState,
    ValidationError (words of before are not possible any more).
    """
    require(by, Permission.MODERATE)
    row = Merge.objects.select_for_update().get(pk=merge.pk)
    if row.parted_at is not None:
        raise WrongState("Somebody has taken this back already.")
    both = Service.objects.select_for_update().filter(pk__in=[row.kept_id, row.dropped_id]).order_by("pk").in_bulk()
    kept, dropped = both[row.kept_id], both[row.dropped_id]
    row.parted_by, row.parted_at = by, clock.now()
    row.save(update_fields=["parted_by", "parted_at"])
    Service.objects.filter(pk=dropped.pk).update(replaced_by=None)
    belongings.move_back(row.moved, dropped, kept)
    _give_back(kept, row, by=by)
    listings.set_fields(dropped, {"status": row.dropped_status}, by=by)
    duplicates.drop_carried(row.carried)
    if row.pair is not None and row.pair.state == DuplicatePair.State.SAME:
        duplicates.decide(row.pair, same=False, by=by)
    role = role_used(by, Permission.MODERATE)
    record("service.parted", kept, by=by, role=role, codes={"merge": row.pk, "other": dropped.pk})
    record("service.parted", dropped, by=by, role=role, codes={"merge": row.pk, "other": kept.pk})
    merge.refresh_from_db()
    return row


def waiting_of_others(kept: Service, dropped: Service) -> list[Change]:
    """Edits of the dropped listing that people proposed and nobody has decided, where another group keeps the other listing.

    That group would read them on its own pages.
    """
    if kept.organisation_id == dropped.organisation_id:
        return []
    rows = Change.objects.filter(service=dropped, fields__state__in=FIELD_UNDECIDED).exclude(made_by=system_user())
    return list(rows.distinct())


def two_groups(kept: Service, dropped: Service) -> bool:
    """Does each of two different organisations keep its listing itself?"""
    ids = {kept.organisation_id, dropped.organisation_id}
    return len(ids) == 2 and set(Membership.objects.filter(organisation__in=ids).values_list("organisation_id", flat=True)) == ids


def _refuse_over_heads(kept: Service, dropped: Service, *, groups_agreed: bool) -> None:
    if waiting_of_others(kept, dropped):
        raise ValidationError({"changes": ["Edits of the listing that goes wait for a moderator. Decide on them first."]})
    if two_groups(kept, dropped) and not groups_agreed:
        raise ValidationError({"groups_agreed": ["Two groups keep these listings. Ask both, then say that you did."]})


def _take_over(kept: Service, dropped: Service, before: dict[str, Any], choices: dict[str, str], *, by: User) -> dict[str, Any]:
    """Write what was chosen, places first, since times and areas may hold at one of them. Returns what stands there now, by field."""
    there = set(kept.at_locations.values_list("location_id", flat=True))
    if "places" in choices:
        taken = chosen(before, read_values(dropped), {"places": choices["places"]})
        if taken:
            listings.set_fields(kept, taken, by=by)
            kept = Service.objects.get(pk=kept.pk)
        if choices["places"] != "keep":
            places.take_as_they_are(kept, dropped, there)
    theirs = places.led_over(kept, dropped, read_values(dropped))
    values = chosen(read_values(kept), theirs, {name: choice for name, choice in choices.items() if name != "places"})
    places.refuse_elsewhere(kept, values)
    if values:
        listings.set_fields(kept, values, by=by)
    now = read_values(Service.objects.get(pk=kept.pk))
    return {name: value for name, value in now.items() if value != before[name]}


def _give_back(kept: Service, row: Merge, *, by: User) -> None:
    """Field by field, as long as it reads as the merge left it. Times of a place go back after the place itself."""
    now = read_values(kept)
    back = {name: value for name, value in row.before.items() if name in now and now[name] == row.after[name]}
    if "places" in back:
        listings.set_fields(kept, {"places": back.pop("places")}, by=by)
    if back:
        listings.set_fields(Service.objects.get(pk=kept.pk), back, by=by)


def _pair(one: Service, other: Service) -> DuplicatePair | None:
    first, second = sorted((one.pk, other.pk))
    return DuplicatePair.objects.filter(first_id=first, second_id=second).first()
