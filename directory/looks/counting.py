"""How often listings were looked at: lately, and week by week."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from directory import clock
from directory.freshness.looked import WEEKS, looked_at
from directory.looks.keeping import monday_of
from directory.looks.models import WeekOfLooks
from directory.models import Service

# Above so many ids all rows are read: a database takes only so many in one question.
MOST_ASKED = 500


def lately(services: Collection[UUID]) -> Mapping[UUID, int]:
    """How often each was looked at this week and in the WEEKS before. One query."""
    rows = WeekOfLooks.objects.filter(week__gte=monday_of(clock.today()) - timedelta(weeks=WEEKS))
    if len(services) <= MOST_ASKED:
        rows = rows.filter(service__in=services)
    wanted = set(services)
    counted = rows.order_by().values_list("service_id").annotate(looks=Sum("count"))
    return {service: looks for service, looks in counted if service in wanted}


def by_week(service: Service, weeks: int = WEEKS) -> dict[date, int]:
    """Looks of this week and the weeks before it, by their Mondays, this one first; 0 where nobody looked."""
    this = monday_of(clock.today())
    mondays = [this - timedelta(weeks=back) for back in range(weeks + 1)]
    found = dict(WeekOfLooks.objects.filter(service=service, week__in=mondays).values_list("week", "count"))
    return {monday: found.get(monday, 0) for monday in mondays}


def week_words(service: Service) -> list[str]:
    """For the group itself: this week so far, last week, and before."""
    this, last, *before = by_week(service).values()
    if not (this or last or sum(before)):
        return ["We have counted nobody yet."]
    return [
        looked_at(this, "this week so far"),
        looked_at(last, "last week"),
        looked_at(sum(before), f"in the {len(before)} weeks before"),
    ]
