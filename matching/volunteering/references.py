"""References: who can say something about a volunteer, asked by letter or mail, and what they answered."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW
from matching.models import Reference, Task, Volunteer
from matching.tasks import drop_tasks_about, open_task
from matching.volunteer_states import REFERENCE, REFERENCE_ENDED, ReferenceState
from matching.volunteering.records import held, locked, role_of

MOST = 6
ANSWERS_WITHIN = timedelta(days=14)


@transaction.atomic
def name_reference(volunteer: Volunteer, *, by: User, name: str, reached_at: str = "", relation: str = "") -> Reference:
    """Somebody who can say something about the volunteer, named by them or noted by a coordinator; the same one twice is one.

    Raises PermissionDenied, ValidationError.
    """
    relations = held(by, volunteer)
    volunteer = locked(volunteer)
    for known in volunteer.references.all():
        if (known.name, known.reached_at) == (name.strip(), reached_at.strip()):
            return known
    row = new_reference(volunteer, relations, name=name, reached_at=reached_at, relation=relation)
    record("reference.named", row, by=by, role=role_of(by), codes=_named(row))
    return row


def new_reference(volunteer: Volunteer, relations: frozenset[Relation], *, name: str, reached_at: str, relation: str) -> Reference:
    """The row, checked and saved; the caller writes to the journal. Raises ValidationError, PermissionDenied."""
    row = Reference(volunteer=volunteer, name=name.strip(), reached_at=reached_at.strip(), relation=relation.strip())
    REFERENCE.check(NEW, ReferenceState.NAMED, relations)
    if not row.name:
        raise ValidationError({"name": ["Write who it is."]})
    if volunteer.references.count() >= MOST:
        raise ValidationError({"name": [f"{MOST} names are enough."]})
    row.save(force_insert=True)
    return row


def record_named_by_public(row: Reference) -> None:
    """The journal's row where somebody without an account named it."""
    record("public.reference_named", row, by=None, codes=_named(row))


@transaction.atomic
def ask_reference(reference: Reference, *, by: User) -> Reference:
    """The letter or the mail has gone out, or we rang; after two weeks somebody asks again. Raises PermissionDenied, WrongState."""
    reference = _move(reference, ReferenceState.ASKED, by=by, asked_on=clock.today())
    words = (
        f"A reference for {reference.volunteer} was asked for on {clock.today():%-d %B} and has not come. Ask again, or for another one."
    )
    due = clock.today() + ANSWERS_WITHIN
    open_task(Task.Kind.REFERENCE, by=by, due_on=due, once=_mark(reference), volunteer=reference.volunteer, words=words)
    return reference


@transaction.atomic
def answer_reference(reference: Reference, state: str, *, by: User, note: str = "") -> Reference:
    """What they answered: given, doubts or no_answer. note: in our words, encrypted. Raises PermissionDenied, ValidationError, WrongState."""
    if state not in REFERENCE_ENDED:
        raise ValidationError({"state": ["Choose what they answered."]})
    if state == ReferenceState.DOUBTS and not note.strip():
        raise ValidationError({"note": ["Write what the doubts are."]})
    reference = _move(reference, ReferenceState(state), by=by, answered_on=clock.today(), note=note.strip() or reference.note)
    drop_tasks_about(by=by, once=_mark(reference))
    return reference


def letter(reference: Reference) -> str:
    """What to write to a referee; to copy into a letter or a mail."""
    return (
        f"Dear {reference.name},\n\n"
        f"{reference.volunteer.name} would like to volunteer with {settings.SITE_NAME}, and gave us your name. Volunteers of ours visit neighbours "
        "who may be old, ill or alone, often in their homes.\n\n"
        "Would you tell us:\n"
        "1. How long have you known them, and how?\n"
        "2. Would you trust them to be alone with somebody who depends on others?\n"
        "3. Is there anything that we should know before they begin?\n\n"
        f"You can write back, or ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}). We keep your answer locked away; they may ask to see it.\n\n"
        "Thank you."
    )


def _move(reference: Reference, to: ReferenceState, *, by: User, **columns: Any) -> Reference:
    require(by, Permission.KEEP_RECORDS)
    locked(reference.volunteer)
    reference = Reference.objects.select_for_update().get(pk=reference.pk)
    REFERENCE.check(reference.state, to, [Relation.COORD])
    before = reference.state
    reference.state = to
    for name, value in columns.items():
        setattr(reference, name, value)
    reference.save(update_fields=["state", *columns])
    record("reference.moved", reference, by=by, role=role_of(by), codes={"from": before, "to": to, "volunteer": reference.volunteer_id})
    return reference


def _mark(row: Reference) -> str:
    """Of the task that waits for the answer: asked again on another day, there is another."""
    return f"reference-{row.pk}-{row.asked_on}"


def _named(row: Reference) -> Codes:
    return {"to": row.state, "volunteer": row.volunteer_id}
