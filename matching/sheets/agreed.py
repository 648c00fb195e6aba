"""The person's own yes, as the co-op's list tells it: so that whoever agreed long ago is not stopped, and whoever took it back stays so."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError

from directory import clock
from directory.accounts.models import User
from matching.agreements import record_agreement
from matching.models import Agreement, Person


def require_whole(said: Mapping[str, Any]) -> None:
    """Raises ValidationError ({column: [text]}) for half a yes, and for one that is still to come."""
    day, how = said.get("agreed_on"), said.get("agreed_how")
    if (day is None) != (how is None):
        raise ValidationError({"agreed_how" if how is None else "agreed_on": ["Write both: the day of the yes, and how it was said."]})
    if day is not None and day > clock.today():
        raise ValidationError({"agreed_on": ["This day lies ahead."]})


def write_agreement(person: Person, said: Mapping[str, Any], *, by: User) -> tuple[bool, str]:
    """Write down the yes of a row, once; was it new, and what is to be told. said: agreed_on and agreed_how, as `require_whole` lets them through.

    A list from before undoes no decision: who has taken a yes back on that day or later has not agreed.
    """
    day, how = said.get("agreed_on"), said.get("agreed_how")
    if day is None or how is None:
        return False, ""
    general = person.agreements.filter(scope=Agreement.Scope.REFERRALS)
    if any(clock.local(at).date() >= day for at in general.exclude(withdrawn_at=None).values_list("withdrawn_at", flat=True) if at):
        return False, "They have taken their yes back since: ask them anew."
    if general.filter(withdrawn_at=None).exists():
        return False, ""
    record_agreement(person, by=by, given_by=Agreement.GivenBy.PERSON, how=how, at=_begin(day))
    return True, ""


def agreed(person: Person) -> tuple[date | str, str]:
    """Day and way of the general yes that is in force, for a list that goes out; empty without one. `agreements` is prefetched."""
    held = (row for row in person.agreements.all() if row.scope == Agreement.Scope.REFERRALS and row.withdrawn_at is None)
    row = next(held, None)
    return (clock.local(row.at).date(), row.how) if row is not None else ("", "")


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LONDON)
