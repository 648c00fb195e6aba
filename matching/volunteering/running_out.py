"""What runs out within a month: a check that is due again, a training that ends. Each makes one task, by the daily job."""

from datetime import timedelta

from django.db.models import Q

from directory import clock
from matching.models import Task, Volunteer, VolunteerActivity
from matching.rules.activities import rules
from matching.tasks import open_task
from matching.volunteer_states import VolunteerStatus

AHEAD = timedelta(days=30)
PIECE = 100
_THERE = (VolunteerStatus.ACTIVE, VolunteerStatus.PAUSED)


def tell_rechecks() -> bool:
    """A task for each check that is due within AHEAD, or overdue, and has none yet; the daily job. True when nothing is left to do."""
    rows = Volunteer.objects.filter(status__in=_THERE, recheck_due__lte=clock.today() + AHEAD).exclude(check_level=Volunteer.Check.NONE)
    told = set(Task.objects.filter(once__startswith="recheck-").values_list("once", flat=True))
    left = [row for row in rows.order_by("pk") if _recheck(row) not in told]
    for row in left[:PIECE]:
        open_task(
            Task.Kind.RECHECK,
            by=None,
            due_on=row.recheck_due,
            once=_recheck(row),
            words=f"The check of {row} is due again on {_day(row.recheck_due)}. After that nobody can be found for them.",
            volunteer=row,
        )
    return len(left) <= PIECE


def tell_trainings() -> bool:
    """A task for each training that ends within AHEAD, or has ended, and has none yet; the daily job. True when nothing is left to do."""
    rows = VolunteerActivity.objects.filter(Q(trained_until__lte=clock.today() + AHEAD), volunteer__status__in=_THERE)
    told = set(Task.objects.filter(once__startswith="training-").values_list("once", flat=True))
    left = [row for row in rows.select_related("volunteer").order_by("pk") if _training(row) not in told]
    known = rules()
    for row in left[:PIECE]:
        label = known[row.activity].label if row.activity in known else row.activity
        open_task(
            Task.Kind.TRAINING,
            by=None,
            due_on=row.trained_until,
            once=_training(row),
            words=f"The training of {row.volunteer} for “{label}” counts until {_day(row.trained_until)}. Offer them a date.",
            volunteer=row.volunteer,
            activity=row.activity,
        )
    return len(left) <= PIECE


def _recheck(row: Volunteer) -> str:
    return f"recheck-{row.pk}-{row.recheck_due}"


def _training(row: VolunteerActivity) -> str:
    return f"training-{row.volunteer_id}-{row.activity}-{row.trained_until}"


def _day(day: object) -> str:
    return f"{day:%-d %B %Y}"
