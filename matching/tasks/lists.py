"""Whose tasks are whose: a coordinator sees the coordinators', the safeguarding lead only their own."""

from datetime import timedelta

from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role
from matching.desk_states import TASK_ENDED, TaskState
from matching.models import Task

_LISTS = {Role.COORDINATOR: Task.For.COORDINATOR, Role.SAFEGUARDING_LEAD: Task.For.SAFEGUARDING_LEAD}


def tasks_of(user: User) -> QuerySet[Task]:
    """Every task on this user's lists, ended ones too; none for who is not at the desk."""
    lists = [_LISTS[role] for role in roles_of(user) if role in _LISTS]
    return Task.objects.filter(whose__in=lists).select_related("ask__need", "match", "volunteer", "service", "need")


def tasks_for(user: User) -> QuerySet[Task]:
    """What waits for this user, the most overdue first."""
    return tasks_of(user).filter(state=TaskState.OPEN).order_by("due_on", "made_at", "pk")


def ended_lately(user: User) -> QuerySet[Task]:
    """What this user ended within the last day, the last one first: to take back what was pressed by mistake."""
    since = clock.now() - timedelta(days=1)
    return tasks_of(user).filter(state__in=TASK_ENDED, ended_by=user, ended_at__gte=since).order_by("-ended_at", "pk")
