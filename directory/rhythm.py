"""After how many days a listing is checked again, and the day on which that is: the rule itself, for Python and for the database."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, F, Func, IntegerField, Value, When
from django.db.models.functions import Coalesce

# By kind, for listings without a rhythm of their own: half a year, and a quarter for groups, which move and end sooner.
RHYTHM_DAYS = {"group": 90, "activity": 90}
RHYTHM_DAYS_OTHERWISE = 182


def day_after(checked_at: date | None, rhythm_days: int | None, kind: str) -> date | None:
    """The day by which a listing should be checked again; None while it never was."""
    if checked_at is None:
        return None
    return checked_at + timedelta(days=rhythm_days or RHYTHM_DAYS.get(kind, RHYTHM_DAYS_OTHERWISE))


class AddDays(Func):
    """A day and so many days; NULL where the day is."""

    arity = 2
    output_field = DateField()
    template = "(%(expressions)s)"
    arg_joiner = " + "

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s || ' days')", arg_joiner=", '+' || ", **extra)


def stored() -> AddDays:
    """`day_after` as a column that the database keeps by itself: no way of saving a listing can forget it."""
    kinds = [When(kind=kind, then=Value(days)) for kind, days in sorted(RHYTHM_DAYS.items())]
    return AddDays(
        F("checked_at"), Coalesce(F("rhythm_days"), Case(*kinds, default=Value(RHYTHM_DAYS_OTHERWISE), output_field=IntegerField()))
    )
