"""Half-filled forms: locked away after each step under a mark that only the visitor's browser holds, and gone two hours after the last.

The journal knows nothing of them: whoever stops half-way, or is under 18, leaves no trace at all. What is sent is told to it (sending.py).
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.crypto import salted_hmac

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import relations_of
from directory.accounts.roles import Relation
from directory.models import Need
from directory.states import WrongState
from matching.asking.steps import ABOUT, ANSWERS, WHERE
from matching.desk_states import EnquiryState
from matching.models import Enquiry, Person
from matching.people import require_own_side

KEPT = timedelta(hours=2)
PIECE = 200


def begin() -> tuple[Enquiry, str]:
    """An empty form and its mark. The mark is in no table: only its digest is."""
    mark = secrets.token_urlsafe(32)
    return Enquiry.objects.create(mark=digest_of(mark)), mark


def digest_of(mark: str) -> str:
    """What the table keeps of a mark."""
    return salted_hmac("matching.asking", mark, algorithm="sha256").hexdigest()


def held_under(mark: str) -> Enquiry | None:
    """The form of this mark, half-filled or sent; None where there is none, or its time is over."""
    if not mark:
        return None
    found = Enquiry.objects.filter(mark=digest_of(mark)).select_related("need", "person").first()
    if found is None or (found.state == EnquiryState.BEGUN and found.touched_at < clock.now() - KEPT):
        return None
    return found


@transaction.atomic
def keep(enquiry: Enquiry, step: str, values: Mapping[str, Any], *, undo: Iterable[str] = (), **columns: Any) -> Enquiry:
    """Lock away what was answered in one step; undo: steps to be asked anew. columns: whom, need or person, where the step decides them.

    Raises WrongState where the form was sent meanwhile, or forgotten.
    """
    row = _locked(enquiry)
    row.answers = {**{name: said for name, said in row.answers.items() if name not in undo}, step: dict(values)}
    row.touched_at = clock.now()
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=["answers", "touched_at", *columns])
    return row


def forget(enquiry: Enquiry) -> bool:
    """Delete a form that was not sent, and every word of it. Whether there was one."""
    return bool(_forget([enquiry.pk]))


def version_of(enquiry: Enquiry) -> str:
    """A mark of all that was answered; it tells nothing of the words themselves."""
    told = json.dumps([enquiry.answers, enquiry.whom, enquiry.need_id, str(enquiry.person_id)], sort_keys=True, default=str)
    return salted_hmac("matching.asking.version", f"{enquiry.pk} {told}", algorithm="sha256").hexdigest()[:16]


def is_about_somebody(enquiry: Enquiry) -> bool:
    """Has it gone beyond what would help and where, to who asks and for whom?"""
    return bool(enquiry.answers.keys() - {ABOUT, WHERE, ANSWERS})


def people_of(user: Any) -> list[tuple[Person, Relation]]:
    """Whom somebody who is signed in may ask for at once: themselves first, then those whose family they are."""
    if not isinstance(user, User):
        return []
    own = Person.objects.filter(user=user, merged_into=None)
    theirs = Person.objects.filter(family__user=user, merged_into=None).exclude(user=user).distinct()
    found = [*((person, Relation.SELF) for person in own), *((person, Relation.FAMILY) for person in theirs)]
    return [(person, relation) for person, relation in found if _may_ask(user, person)]


def _may_ask(user: User, person: Person) -> bool:
    try:
        require_own_side(user, person)
    except PermissionDenied:
        return False
    return bool(relations_of(user, person) & {Relation.SELF, Relation.FAMILY})


def need_called(slug: str) -> Need | None:
    """A need of our list; None for anything else."""
    return Need.objects.filter(pk=slug).first() if slug else None


def forget_some() -> bool:
    """Delete a few forms that nobody has touched for KEPT; the worker does it every few minutes. True when nothing is left to do."""
    old = Enquiry.objects.filter(state=EnquiryState.BEGUN, touched_at__lt=clock.now() - KEPT)
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    _forget(keys)
    return not keys


@transaction.atomic
def _forget(keys: Iterable[UUID]) -> int:
    """Held first: what is deleted is looked up before, and one of them may be on its way to us."""
    held = Enquiry.objects.select_for_update().filter(pk__in=list(keys), state=EnquiryState.BEGUN).values_list("pk", flat=True)
    deleted, _ = Enquiry.objects.filter(pk__in=list(held)).delete()
    return int(deleted)


def _locked(enquiry: Enquiry) -> Enquiry:
    row = Enquiry.objects.select_for_update().filter(pk=enquiry.pk, state=EnquiryState.BEGUN).first()
    if row is None:
        raise WrongState("This was sent already, or forgotten.")
    return row
