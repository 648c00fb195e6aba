"""Whether a group keeps its own listings: the one rule for everything that would write into them or offer them to somebody."""

from collections.abc import Iterable
from uuid import UUID

from directory.models import Membership


def is_claimed(organisation_id: UUID) -> bool:
    """Does anybody keep this organisation's listings? Then no source overwrites them, and nobody else is offered them."""
    return Membership.objects.filter(organisation_id=organisation_id).exists()


def claimed_of(organisation_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some organisations whose listings somebody keeps."""
    return set(Membership.objects.filter(organisation__in=list(organisation_ids)).values_list("organisation_id", flat=True))
