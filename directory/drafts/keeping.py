"""Keeping what somebody types, giving it back to them, throwing it away.

None of it enters the journal: it changes nothing that anybody else can see, and it comes every few seconds.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.drafts.models import Draft
from directory.listing_fields import read_values
from directory.models import Service

KEPT = timedelta(days=60)
# A drawn area is the longest thing that a form holds.
MOST_LETTERS = 100_000
PIECE = 200


class TooLong(Exception):
    """More than we keep."""


@transaction.atomic
def keep(service: Service, section: str, *, by: User, answers: Mapping[str, Sequence[str]], seen: Mapping[str, Any]) -> Draft:
    """Keep what they have typed into a section so far, over what was kept of it before. Raises PermissionDenied, TooLong."""
    require(by, Permission.EDIT_LISTINGS, service)
    typed = {name: list(texts) for name, texts in answers.items()}
    if len(json.dumps(typed)) > MOST_LETTERS:
        raise TooLong
    values = {"answers": typed, "seen": dict(seen), "kept_at": clock.now()}
    draft, _ = Draft.objects.update_or_create(user=by, service=service, section=section, defaults=values)
    return draft


def begun(service: Service, section: str, *, by: User) -> Draft | None:
    """What they have kept of a section; None where that is nothing, or too old."""
    return _own(service, by).filter(section=section).first()


def begun_sections(service: Service, *, by: User) -> dict[str, datetime]:
    """Which sections they have begun, and when they last wrote."""
    return dict(_own(service, by).values_list("section", "kept_at"))


def changed_since(draft: Draft, service: Service) -> list[str]:
    """The fields that say something else on the page now than when the draft was begun, in the order of the page."""
    live = read_values(service)
    return [name for name in live if name in draft.seen and draft.seen[name] != live[name]]


def throw_away(service: Service, section: str, *, by: User) -> None:
    """Nothing is left of it. Of somebody else's draft nothing is touched."""
    Draft.objects.filter(user=by, service=service, section=section).delete()


def forget_some() -> bool:
    """Erase a few that nobody has touched for KEPT; the daily job. True when nothing is left to do."""
    old = list(Draft.objects.filter(kept_at__lt=clock.now() - KEPT).values_list("pk", flat=True)[:PIECE])
    Draft.objects.filter(pk__in=old, kept_at__lt=clock.now() - KEPT).delete()
    return not old


def _own(service: Service, by: User) -> "QuerySet[Draft]":
    return Draft.objects.filter(user=by, service=service, kept_at__gte=clock.now() - KEPT)
