"""What the web servers noted is taken in by the worker, week by week, and forgotten after a year."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F

from directory import clock
from directory.looks.models import WeekOfLooks
from directory.looks.noting import NAME, folder
from directory.models import Service

KEPT_WEEKS = 53
# Files in one piece of work: an hour, where the worker stood still.
MOST_FILES = 60


def take_in() -> bool:
    """Count the files of minutes that are over; a job of the worker. Never through for today: the next minute brings another.

    A file goes before it is counted: what a crash leaves behind is a minute too little, never one counted twice.
    """
    now = f"{clock.now():{NAME}}"
    done = sorted(path for path in _files() if path.name < now)[:MOST_FILES]
    counts: Counter[tuple[UUID, date]] = Counter()
    for path in done:
        week, lines = _week_of(path.name), path.read_text(encoding="ascii", errors="replace")
        path.unlink()
        counts.update((service, week) for line in lines.split() if (service := _service(line)) is not None)
    if counts:
        _add(counts)
    return False


def forget_some() -> bool:
    """Forget what is older than a year; the daily job. True when nothing is left to do."""
    WeekOfLooks.objects.filter(week__lt=monday_of(clock.today()) - timedelta(weeks=KEPT_WEEKS)).delete()
    return True


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


@transaction.atomic
def _add(counts: Counter[tuple[UUID, date]]) -> None:
    known = set(Service.objects.filter(pk__in={service for service, _ in counts}).values_list("pk", flat=True))
    rows = [WeekOfLooks(service_id=service, week=week) for service, week in counts if service in known]
    WeekOfLooks.objects.bulk_create(rows, ignore_conflicts=True)
    for week in {week for _, week in counts}:
        same: dict[int, list[UUID]] = {}
        for (service, its_week), count in counts.items():
            if its_week == week:
                same.setdefault(count, []).append(service)
        for count, services in same.items():
            WeekOfLooks.objects.filter(week=week, service__in=services).update(count=F("count") + count)


def _files() -> list[Path]:
    try:
        return [path for path in folder().iterdir() if _is_minute(path.name)]
    except FileNotFoundError:
        return []


def _is_minute(name: str) -> bool:
    try:
        datetime.strptime(name, NAME)  # noqa: DTZ007 - only whether it is one
    except ValueError:
        return False
    return True


def _week_of(name: str) -> date:
    return monday_of(clock.local(datetime.strptime(name, NAME).replace(tzinfo=UTC)).date())


def _service(line: str) -> UUID | None:
    try:
        return UUID(line)
    except ValueError:
        return None
