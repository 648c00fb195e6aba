"""Two needs become one: what pointed to the old one finds the new one, and everything old stays where figures and links look for it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import listings
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Need, Service
from directory.seeding import need_id


def today(slugs: Iterable[str]) -> list[str]:
    """These needs, each that was merged replaced by the one that took it in; once each, in their order. Unknown ones stay as they are."""
    wanted = list(slugs)
    merged = dict(Need.every.filter(pk__in=wanted).exclude(replaced_by=None).values_list("pk", "replaced_by_id"))
    return list(dict.fromkeys(merged.get(slug, slug) for slug in wanted))


@transaction.atomic
def merge_need(old: Need, into: Need, *, by: User) -> int:
    """Let one need take in another. Its listings move, each by its verb, and also what sources said of them; links to it lead on. Asks and
    referrals keep the need under which they were made. Returns how many listings moved.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.MODERATE)
    rows = {need.pk: need for need in Need.every.select_for_update().filter(pk__in=[old.pk, into.pk])}
    if old.pk == into.pk or len(rows) < 2:
        raise ValidationError({"replaced_by": ["A need is merged into another one."]})
    if rows[into.pk].replaced_by_id:
        raise ValidationError({"replaced_by": [f"“{into.name}” was itself merged into another need."]})
    if rows[old.pk].replaced_by_id:
        raise ValidationError({"replaced_by": [f"“{old.name}” was merged before. Take that back first."]})
    moved = list(Service.objects.filter(needs=old.pk).prefetch_related("needs").order_by("pk"))
    for service in moved:
        values = {"needs": sorted({need.pk for need in service.needs.all()} - {old.pk} | {into.pk})}
        listings.set_fields(service, values, by=by, through_lock=True)
    _move_what_sources_said(old.pk, into.pk)
    # What an earlier merge brought here goes on as well, so that no way is ever longer than one step.
    Need.every.filter(replaced_by=old).update(replaced_by=into)
    Need.every.filter(pk=old.pk).update(replaced_by=into)
    codes: Codes = {"need": old.pk, "replaced_by": into.pk, "listings": len(moved)}
    record("need.changed", ("directory.need", need_id(old.pk)), by=by, role=role_used(by, Permission.MODERATE), codes=codes)
    old.refresh_from_db()
    return len(moved)


@transaction.atomic
def part_need(old: Need, *, by: User) -> None:
    """A need that was merged stands alone again. Its listings stay where they are: which of them were its own is for people to say.

    Raises PermissionDenied.
    """
    require(by, Permission.MODERATE)
    Need.every.filter(pk=old.pk).update(replaced_by=None)
    codes: Codes = {"need": old.pk, "replaced_by": None}
    record("need.changed", ("directory.need", need_id(old.pk)), by=by, role=role_used(by, Permission.MODERATE), codes=codes)
    old.refresh_from_db()


def _move_what_sources_said(old: str, new: str) -> None:
    """Otherwise a source that says what it always said would count as one that says something new."""
    for service in Service.objects.filter(imported__needs__icontains=f'"{old}"').only("pk", "imported"):
        said = sorted({new if slug == old else slug for slug in service.imported["needs"]})
        Service.objects.filter(pk=service.pk).update(imported={**service.imported, "needs": said})
