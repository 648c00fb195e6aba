"""When a record last changed: by a verb, as the journal tells, or by the calendar, when a notice or a time is over.

What a listing shows of its group or its places changes it too; the journal tells that as `service.touched`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q

from directory import clock
from directory.geodata.models import AreaSet
from directory.journal.models import Event
from directory.models import Organisation, Schedule, Service
from directory.models.services import SPACES_HOLD

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Dates(NamedTuple):
    """What a service itself and its organisation tell about that, for those who read services by the ten thousand."""

    pk: UUID
    changed_at: datetime
    group_changed_at: datetime
    visible_from: date | None
    notice_until: date | None
    spaces: int | None
    spaces_on: date | None


def dates_of(keys: Iterable[UUID]) -> list[Dates]:
    """Of the services with these ids, in no order. One query."""
    columns = ("pk", "changed_at", "organisation__changed_at", "visible_from", "notice_until", "spaces", "spaces_on")
    return [Dates(*row) for row in Service.objects.filter(pk__in=list(keys)).order_by().values_list(*columns)]


def modified(services: Iterable[Service]) -> dict[UUID, datetime]:
    """The moment of the last change of each (loaded with its organisation). Two queries."""
    return modified_by(
        [
            Dates(each.pk, each.changed_at, each.organisation.changed_at, each.visible_from, each.notice_until, each.spaces, each.spaces_on)
            for each in services
        ]
    )


def modified_by(rows: Sequence[Dates]) -> dict[UUID, datetime]:
    """The same of their dates. Two queries."""
    keys = [row.pk for row in rows]
    told = dict(Event.objects.filter(object_id__in=keys).values_list("object_id").annotate(Max("at")).order_by())
    today = clock.today()
    ends: dict[UUID, list[date]] = {}
    for pk, last, on in Schedule.objects.filter(_over(today), service__in=keys).values_list("service", "valid_to", "on"):
        ends.setdefault(pk, []).extend(_past((last, on), today))
    return {
        row.pk: max(
            row.changed_at,
            row.group_changed_at,
            *([told[row.pk]] if row.pk in told else []),
            *(midnight(day) for day in (*_days(row, today), *(end + DAY for end in ends.get(row.pk, ())))),
        )
        for row in rows
    }


def modified_since(moment: datetime) -> Q:
    """Services that changed at or after this moment: those for which `modified` is not earlier."""
    today = clock.today()
    first = clock.local(moment).date()
    if midnight(first) < moment:
        first += DAY
    told = Event.objects.filter(at__gte=moment, object_type=Service._meta.label_lower)
    over = Schedule.objects.filter(Q(valid_to__gte=first - DAY, valid_to__lt=today) | Q(on__gte=first - DAY, on__lt=today))
    return (
        Q(changed_at__gte=moment)
        | Q(organisation__changed_at__gte=moment)
        | Q(pk__in=told.values("object_id"))
        | Q(visible_from__gte=first, visible_from__lte=today)
        | Q(notice_until__gte=first - DAY, notice_until__lt=today)
        | Q(spaces__isnull=False, spaces_on__gte=first - DAY - SPACES_HOLD, spaces_on__lt=today - SPACES_HOLD)
        | Q(pk__in=over.values("service"))
    )


def is_over(row: Schedule, today: date) -> bool:
    """Will this time never come again? Then it is not told any more."""
    return bool(_past((row.valid_to, row.on), today))


def running_on(today: date) -> Q:
    """Times that are not over."""
    return (Q(valid_to=None) | Q(valid_to__gte=today)) & (Q(on=None) | Q(on__gte=today))


def newest() -> datetime:
    """When anything that a list shows changed, or left it; midnight at the latest, by which the calendar may have changed something."""
    moments = [
        Service.objects.aggregate(last=Max("changed_at"))["last"],
        Organisation.objects.aggregate(last=Max("changed_at"))["last"],
        AreaSet.objects.aggregate(last=Max("changed_at"))["last"],
        Event.objects.filter(_OF_LISTINGS).order_by("-seq").values_list("at", flat=True).first(),
    ]
    return max([midnight(clock.today()), *(moment for moment in moments if moment is not None)])


def midnight(day: date) -> datetime:
    """When a day begins in Europe/London."""
    return datetime.combine(day, time(0), tzinfo=clock.LONDON)


_OF_LISTINGS = (
    Q(kind__startswith="service.") | Q(kind__startswith="organisation.") | Q(kind__startswith="location.") | Q(kind="need.changed")
)


def _days(row: Dates, today: date) -> Iterable[date]:
    """The days in the past on which the calendar changed what is told."""
    if row.visible_from and row.visible_from <= today:
        yield row.visible_from
    if row.notice_until and row.notice_until < today:
        yield row.notice_until + DAY
    if row.spaces is not None and row.spaces_on and row.spaces_on < today - SPACES_HOLD:
        yield row.spaces_on + SPACES_HOLD + DAY


def _over(today: date) -> Q:
    return Q(valid_to__lt=today) | Q(on__lt=today)


def _past(days: Iterable[date | None], today: date) -> list[date]:
    return [day for day in days if day is not None and day < today]
