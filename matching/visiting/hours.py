"""Hours given: of visits that were done, by the day on which they began in Europe/London."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Sum

from matching.models import Visit, Volunteer
from matching.states import VisitState
from matching.visits.times import bounds


def hours_of(volunteer: Volunteer, first: date, last: date) -> float:
    """Hours of visits done from the first of these days to the last, both counted."""
    return hours_of_each([volunteer.pk], first, last).get(volunteer.pk, 0.0)


def hours_of_each(volunteers: Iterable[UUID], first: date, last: date) -> dict[UUID, float]:
    """The same for several volunteers, in one query; who has none is left out."""
    begins, ends = bounds(first, last)
    rows = Visit.objects.filter(volunteer__in=list(volunteers), state=VisitState.DONE, starts_at__gte=begins, starts_at__lt=ends)
    summed = rows.order_by().values_list("volunteer").annotate(minutes=Sum("minutes_done"))
    return {key: minutes / 60 for key, minutes in summed}
