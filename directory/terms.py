"""School terms: what "in term time" means on a day. Days that no known term speaks of are not known."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.models import Service, Term
from directory.opening_words import date_words
from directory.venues import touch_services

# A weekend between two terms is no holiday, and what lies further apart is a gap in what is known.
SHORTEST_HOLIDAY = timedelta(days=3)
LONGEST_HOLIDAY = timedelta(days=70)

# Another process may have changed them.
KEPT_SECONDS = 60


def in_term(day: date) -> bool | None:
    """Is there school on that day, as far as terms go? None before the first and after the last term that is known."""
    terms = _terms(int(monotonic() // KEPT_SECONDS))
    if not terms or not terms[0][0] <= day <= max(last for _, last in terms):
        return None
    return any(first <= day <= last for first, last in terms)


def coming() -> list[tuple[date, date]]:
    """The terms that are not over, as (first day, last day), in order; those that follow each other without a holiday as one."""
    found: list[tuple[date, date]] = []
    for first, last in _terms(int(monotonic() // KEPT_SECONDS)):
        if found and first - found[-1][1] <= SHORTEST_HOLIDAY:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return [(first, last) for first, last in found if last >= clock.today()]


def holidays() -> list[tuple[date, date]]:
    """The school holidays between known terms that are not over, as (first day, last day)."""
    day = timedelta(days=1)
    terms = [(date.min, date.min), *_terms(int(monotonic() // KEPT_SECONDS))]
    gaps = [(last + day, first - day) for (_, last), (first, _) in zip(terms, terms[1:], strict=False)]
    return [(first, last) for first, last in gaps if last >= clock.today() and SHORTEST_HOLIDAY <= last - first + day <= LONGEST_HOLIDAY]


def words(first: date, last: date) -> str:
    """Days from and to: "2 to 18 November 2026"."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {date_words(last)}"
    return f"{first.day} {first:%B} to {date_words(last)}" if first.year == last.year else f"{date_words(first)} to {date_words(last)}"


def forget() -> None:
    """Read the terms anew when they are asked for next."""
    _terms.cache_clear()


@transaction.atomic
def set_term(term: Term, values: Mapping[str, Any], *, by: User) -> Term:
    """Add or change a term; listings with times in term time are touched. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    for name, value in values.items():
        setattr(term, name, value)
    term.full_clean()
    term.save()
    _tell("term.set", term, by=by)
    return term


@transaction.atomic
def remove_term(term: Term, *, by: User) -> None:
    """Take a term out again. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    _tell("term.removed", term, by=by)
    term.delete()


def _tell(what: str, term: Term, *, by: User) -> None:
    record(what, term, by=by, role=role_used(by, Permission.MODERATE), codes={"first": term.first, "last": term.last})
    touch_services(Service.objects.filter(schedules__term_time_only=True).distinct(), because="terms", by=by)
    forget()
    transaction.on_commit(forget)


@lru_cache(maxsize=1)
def _terms(_minute: int) -> tuple[tuple[date, date], ...]:
    return tuple(Term.objects.order_by("first").values_list("first", "last"))
