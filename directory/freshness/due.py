"""Which listings are due, asked of the database: the rule of `freshness.due_on` for many rows at once."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, DateField, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from directory import clock
from directory.freshness import RHYTHM_DAYS, RHYTHM_DAYS_OTHERWISE
from directory.models import Service

# A listing that is new is not asked about at once.
NEW_FOR = timedelta(days=14)


class DaysBetween(Func):
    """Whole days from the second date to the first; NULL where one of them is."""

    arity = 2
    output_field = IntegerField()
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner="::date - ", **extra)


def rhythm() -> Coalesce:
    """After how many days each listing is checked again."""
    kinds = [When(kind=kind, then=Value(days)) for kind, days in RHYTHM_DAYS.items()]
    return Coalesce("rhythm_days", Case(*kinds, default=Value(RHYTHM_DAYS_OTHERWISE), output_field=IntegerField()))


def with_overdue(services: QuerySet[Service]) -> QuerySet[Service]:
    """Each with `overdue`: days since it should have been checked, below 1 while it is in time; NULL where it never was checked."""
    since = DaysBetween(Value(clock.today(), output_field=DateField()), F("checked_at"))
    return services.annotate(overdue=since - rhythm())


def old(services: QuerySet[Service]) -> QuerySet[Service]:
    """Those whose check is overdue or that never had one: the same as `freshness.is_old`."""
    return with_overdue(services).filter(Q(overdue__gt=0) | Q(checked_at=None))


def due() -> QuerySet[Service]:
    """Listings that visitors see and somebody should be asked about now."""
    return old(Service.objects.public()).exclude(checked_at=None, created_at__gt=clock.now() - NEW_FOR)
