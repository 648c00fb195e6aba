"""Which listings are due, asked of the database, which keeps the day by which each is (`due_on`)."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, F, Func, IntegerField, Q, QuerySet, Value

from directory import clock
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


def with_overdue(services: QuerySet[Service]) -> QuerySet[Service]:
    """Each with `overdue`: days since it should have been checked, below 1 while it is in time; NULL where it never was checked."""
    return services.annotate(overdue=DaysBetween(Value(clock.today(), output_field=DateField()), F("due_on")))


def old(services: QuerySet[Service]) -> QuerySet[Service]:
    """Those whose check is overdue or that never had one: the same as `freshness.is_old`."""
    return with_overdue(services).filter(Q(due_on__lt=clock.today()) | Q(due_on=None))


def due() -> QuerySet[Service]:
    """Listings that visitors see and somebody should be asked about now."""
    new = Service.objects.filter(created_at__gt=clock.now() - NEW_FOR).order_by().values("pk")
    # Asked by columns that stand in an index: nobody reads all that is due for it.
    return old(Service.objects.public()).exclude(due_on=None, pk__in=new)
