"""A task from its opening to its end. What it is about stands in its keys; words about people are encrypted."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import relations_of, roles_of
from directory.accounts.roles import Relation, Role
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Need, Service
from directory.states import NEW
from matching.desk_states import TASK, TaskState
from matching.models import Ask, Match, Person, Task, Volunteer

MOST_LETTERS = 2000
_AT_THE_DESK = frozenset({Relation.COORD, Relation.LEAD})


@transaction.atomic
def open_task(
    kind: str,
    *,
    by: User | None,
    due_on: date | None = None,
    once: str = "",
    whose: str = Task.For.COORDINATOR,
    words: str = "",
    person: Person | None = None,
    ask: Ask | None = None,
    match: Match | None = None,
    volunteer: Volunteer | None = None,
    service: Service | None = None,
    need: Need | None = None,
    activity: str = "",
) -> Task:
    """Put something on the list of a coordinator or of the safeguarding lead.

    kind: a code of `Task.Kind`; due_on: today where left out; words: what to do, in words of our own. once: a mark of codes and ids;
    with one that was used before, the task of that time is given back as it is now, also an ended one. by=None is a timer; somebody who
    is not at the desk opens one only in consequence of another verb, which has asked for its own permission. Area, need and person
    are taken over from the request.
    Raises ValidationError for a kind or a list that is not known.
    """
    if kind not in Task.Kind.values or whose not in Task.For.values:
        raise ValidationError({"kind": ["Choose from the list."]})
    if once and (known := Task.objects.filter(once=once).first()):
        return known
    role = _opener(by)
    TASK.check(NEW, TaskState.OPEN, [role])
    task = Task(kind=kind, whose=whose, due_on=due_on or clock.today(), once=once or None, words=words.strip()[:MOST_LETTERS], made_by=by)
    task.person, task.ask, task.match, task.volunteer = person, ask, match, volunteer
    task.service, task.need, task.activity = service, need, activity
    _take_over(task)
    try:
        with transaction.atomic():
            # The journal first: who writes a mark holds its lock, so that of two with one mark none waits for the other in a circle.
            record("task.opened" if by is not None else "system.task.opened", task, by=by, role=role, codes=_opened(task))
            task.save(force_insert=True)
    except IntegrityError:
        return Task.objects.get(once=once)
    return task


@transaction.atomic
def do_task(task: Task, *, by: User) -> Task:
    """It is done. Raises PermissionDenied, WrongState."""
    return _move(task, TaskState.DONE, by=by)


@transaction.atomic
def drop_task(task: Task, *, by: User) -> Task:
    """It is not needed any more. Raises PermissionDenied, WrongState."""
    return _move(task, TaskState.DROPPED, by=by)


@transaction.atomic
def reopen_task(task: Task, *, by: User) -> Task:
    """Back on the list: it was ended too early, or by mistake. Raises PermissionDenied, WrongState."""
    return _move(task, TaskState.OPEN, by=by)


def drop_asking(*, by: User | None, **about: Person | Ask) -> int:
    """Nobody rings or writes to a service any more about these (person=…, ask=…), in consequence of another verb; how many were dropped."""
    return drop_tasks_about(by=by, kinds=[Task.Kind.RING, Task.Kind.LETTER], service__isnull=False, **about)


def drop_tasks_about(*, by: User | None, kinds: Iterable[str] = (), **about: Person | Ask | Match | Volunteer | str | bool) -> int:
    """Drop all open tasks about these (match=…, volunteer=…, ask=…, person=…, or of the mark once=…), in consequence of another verb; how many.

    kinds: only of these kinds; all where left out. The caller is in a transaction and has locked what they are about.
    Raises TypeError without anything that they are about.
    """
    if not about:
        raise TypeError("Say which tasks: match=, ask=, volunteer= or person=.")
    # Whoever ends one at this moment waits for the journal, which the caller may hold: it is ended by them.
    waiting = Task.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=TaskState.OPEN, whose=Task.For.COORDINATOR, **about
    )
    if wanted := list(kinds):
        waiting = waiting.filter(kind__in=wanted)
    return len([_write(task, TaskState.DROPPED, Relation.SYSTEM, by=by) for task in waiting.order_by("pk")])


def _take_over(task: Task) -> None:
    """What a match knows of its request and volunteer, and the request of its person, need, activity and area."""
    if task.match is not None:
        task.ask, task.volunteer = task.ask or task.match.ask, task.volunteer or task.match.volunteer
    if (ask := task.ask) is not None:
        task.person, task.need, task.activity = task.person or ask.person, task.need or ask.need, task.activity or ask.activity
        task.area_set, task.area_code, task.area_name = ask.area_set, ask.area_code, ask.area_name


def _opener(by: User | None) -> Relation:
    roles = roles_of(by) if by is not None else frozenset()
    if Role.COORDINATOR in roles:
        return Relation.COORD
    return Relation.LEAD if Role.SAFEGUARDING_LEAD in roles else Relation.SYSTEM


def _move(task: Task, to: TaskState, *, by: User) -> Task:
    """Permission first: whose list it is not on, learns nothing of its state."""
    held = relations_of(by, task) & _AT_THE_DESK
    if not held:
        raise PermissionDenied("This is not open to you.")
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    TASK.check(task.state, to, held)
    return _write(task, to, next(iter(sorted(held))), by=by)


def _write(task: Task, to: TaskState, role: str, *, by: User | None) -> Task:
    TASK.check(task.state, to, [role])
    before = task.state
    task.state = to
    ended = to != TaskState.OPEN
    task.ended_at, task.ended_by = (clock.now(), by) if ended else (None, None)
    task.save(update_fields=["state", "ended_at", "ended_by"])
    record("task.moved" if by is not None else "system.task.moved", task, by=by, role=role, codes={"from": before, "to": to})
    return task


def _opened(task: Task) -> Codes:
    about: dict[str, UUID | None] = {
        "person": task.person_id,
        "ask": task.ask_id,
        "match": task.match_id,
        "volunteer": task.volunteer_id,
        "service": task.service_id,
    }
    codes: Codes = {"to": task.state, "kind": task.kind, "whose": task.whose, "due_on": task.due_on}
    return {**codes, **{name: key for name, key in about.items() if key is not None}}
