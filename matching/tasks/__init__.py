"""What somebody at the desk has to do: opened, done, dropped and taken up again, by one set of verbs for all rooms."""

from matching.tasks.flow import do_task, drop_asking, drop_task, drop_tasks_about, open_task, reopen_task
from matching.tasks.lists import ended_lately, tasks_for

__all__ = ["do_task", "drop_asking", "drop_task", "drop_tasks_about", "ended_lately", "open_task", "reopen_task", "tasks_for"]
