"""The plain task list of the desk: done in one press, and back again."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.desk_states import TaskState
from matching.models import Task
from matching.persons.once import SentAlready, key_of
from matching.states import MatchState
from matching.tasks import do_task, drop_task, ended_lately, open_task, reopen_task, tasks_for
from matching.tasks.lists import tasks_of

MOST = 50
_VERBS = {
    "do": (do_task, "Done, and off the list."),
    "drop": (drop_task, "Not needed any more: off the list."),
    "reopen": (reopen_task, "Back on the list."),
}
_ENDED = {"do": TaskState.DONE, "drop": TaskState.DROPPED, "reopen": TaskState.OPEN}


class TaskForm(forms.Form):
    """Something to remember, with a day."""

    words = forms.CharField(
        label="What is to be done?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name people by their number where you can.",
    )
    due_on = forms.DateField(label="By when?", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Empty: today.")
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


def task_list(user: User) -> dict[str, Any]:
    """What the desk shows: what waits, the most overdue first, and what was ended lately, to be taken back."""
    waiting = list(tasks_for(user)[: MOST + 1])
    return {
        "rows": [_row(task) for task in waiting[:MOST]],
        "more": len(waiting) > MOST,
        "ended": [_row(task) for task in ended_lately(user)[:5]],
    }


@door(Permission.USE_DESK)
@require_POST
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Done, not needed any more, or back on the list. What somebody else has done meanwhile is said, and done once."""
    found = get_object_or_404(tasks_of(user_of(request)), pk=task_id)
    what = request.POST.get("do", "")
    try:
        if what not in _VERBS:
            raise WrongState("Choose what to do.")
        verb, words = _VERBS[what]
        if found.state == _ENDED[what]:
            raise WrongState("This was noted already.")
        verb(found, by=user_of(request))
        messages.success(request, words)
    except WrongState as error:
        messages.error(request, str(error))
    return redirect("desk")


@door(Permission.KEEP_RECORDS)
@require_http_methods(["GET", "POST"])
def new_task(request: HttpRequest) -> HttpResponse:
    """Put something on the list."""
    form = TaskForm(request.POST or None, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            _open(user_of(request), **form.cleaned_data)
        except SentAlready as error:
            form.add_error(None, error)
        else:
            messages.success(request, "It stands on the list.")
            return redirect("desk")
    return render(request, "matching/task_form.html", {"form": form}, status=400 if form.errors else 200)


def _open(by: User, *, words: str, due_on: date | None, once: str) -> Task:
    """What the form says; sent twice it is one. Raises SentAlready where it said something else the first time."""
    made = open_task(Task.Kind.OTHER, by=by, words=words, due_on=due_on, once=f"form-{key_of('task', once, by)}" if once else "")
    if made.words != words.strip() or (due_on is not None and made.due_on != due_on):
        raise SentAlready
    return made


def _row(task: Task) -> dict[str, Any]:
    today = clock.today()
    days = (today - task.due_on).days
    due = "today" if days == 0 else f"since {task.due_on:%-d %B}" if days > 0 else f"by {task.due_on:%A} {task.due_on.day} {task.due_on:%B}"
    return {
        "id": task.pk,
        "title": _title(task),
        "words": "" if task.kind == Task.Kind.OTHER else task.words,
        "about": _about(task),
        "of": ", ".join(str(row) for row in (task.volunteer, task.ask) if row is not None),
        "due": due,
        "late": days > 0,
        "state": task.get_state_display(),
    }


def _title(task: Task) -> str:
    """Not everybody can be rung: how, stands on the page of whoever it is about."""
    if task.kind == Task.Kind.OTHER and task.words:
        return task.words
    if task.kind == Task.Kind.RING and task.person_id is not None and task.service is None:
        return "Get in touch"
    return task.get_kind_display()


def _about(task: Task) -> list[dict[str, str]]:
    """Where to go for it; by numbers, for who somebody is stands behind the link."""
    links, of = [], f" of {task.ask}" if task.ask is not None else ""
    if task.match is not None and task.match.state in (MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE):
        links.append({"label": f"The two{of}", "url": reverse("desk-pair", args=[task.match_id])})
    if task.ask is not None:
        links.append({"label": f"{task.ask}: {task.ask.need.name}", "url": reverse("desk-match", args=[task.ask_id])})
    if task.person_id is not None:
        links.append({"label": f"The person{of}", "url": reverse("desk-person", args=[task.person_id])})
    if task.volunteer is not None:
        links.append({"label": str(task.volunteer), "url": _volunteer_page(task.volunteer_id)})
    if task.service is not None:
        links.append({"label": task.service.name, "url": task.service.get_absolute_url()})
    return [link for link in links if link["url"]]


def _volunteer_page(key: UUID | None) -> str:
    """The room for volunteers may be closed."""
    try:
        return reverse("desk-volunteer", args=[key])
    except NoReverseMatch:
        return ""
