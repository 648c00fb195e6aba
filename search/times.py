"""Which services are open, asked of the one function that knows (directory.opening)."""

from collections.abc import Iterable, Mapping

from directory import clock
from directory.models import Service
from directory.opening import open_at, weekdays
from search.query import DAYS

_WITH_TIMES = "schedules__at_location"


def open_services(asked: str) -> frozenset[str]:
    """The ids of the services that are open `now`, or on a day (MO to SU); those with unknown times are not among them."""
    rows = Service.objects.public().only("status").prefetch_related(_WITH_TIMES)
    if asked == "now":
        moment = clock.now()
        return frozenset(str(service.pk) for service in rows if open_at(service, moment))
    day = DAYS.index(asked)
    return frozenset(str(service.pk) for service in rows if day in weekdays(service))


def open_now(services: Iterable[str]) -> Mapping[str, bool | None]:
    """Of these services, which are open at this moment; None where the times are not known."""
    moment = clock.now()
    rows = Service.objects.filter(pk__in=list(services)).only("status").prefetch_related(_WITH_TIMES)
    return {str(service.pk): open_at(service, moment) for service in rows}
