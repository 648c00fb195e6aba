"""Listings that no mail reaches are rung: which, in which order, and what came of it."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.freshness.due import due
from directory.freshness.looked import looks
from directory.freshness.models import CheckToken, Ringing
from directory.freshness.reached import mail_reaches, with_address
from directory.journal.recording import record
from directory.listings import mark_checked
from directory.models import Contact, Service

AGAIN_AFTER = timedelta(days=3)
# How long a mail is waited for before somebody rings instead.
PATIENCE = timedelta(weeks=4)
# What is overdue by about as long is in one step, and within it the listing comes first that is looked at most.
STEP_DAYS = 28


class Why(StrEnum):
    """Why it is rung: no mail reaches it, or a mail stayed without an answer."""

    NO_MAIL = "no-mail"
    NO_ANSWER = "no-answer"


class ToRing(NamedTuple):
    """A listing to ring: days since its check is overdue (None: never checked), how often it was looked at (None: nobody counts)."""

    service: UUID
    overdue: int | None
    looks: int | None

    @property
    def order(self) -> tuple[int, int, int]:
        """The most overdue first, by steps; of these what is looked at most. What was never checked comes before everything."""
        step = -10_000 if self.overdue is None else -(self.overdue // STEP_DAYS)
        return step, -(self.looks or 0), -(self.overdue or 0)


def usable_phones() -> Q:
    """Contacts that staff may ring: not a person's own without their agreement, and none that was withdrawn."""
    return ~Q(phone="") & Q(withdrawn_on=None) & (Q(is_personal=False) | Q(agreed_on__isnull=False))


def to_ring(why: Why = Why.NO_MAIL) -> list[ToRing]:
    """What is to be rung today, in the order to do it. A constant number of queries."""
    rows = with_address(due())
    if why == Why.NO_MAIL:
        rows = rows.filter(~mail_reaches() | (Q(pk__in=_refused()) & ~Exists(_unanswered())))
    else:
        first = _unanswered().order_by("reminder__on").values("reminder__on")[:1]
        rows = rows.annotate(asked_on=Subquery(first)).filter(mail_reaches(), asked_on__lte=clock.today() - PATIENCE)
    # By their ids, so that what is alike otherwise keeps its order from day to day.
    wanted = list(_with_phone(rows).order_by("id").values_list("id", "overdue"))
    seen = looks([row[0] for row in wanted])
    found = [ToRing(service, overdue, None if seen is None else seen.get(service, 0)) for service, overdue in wanted]
    return sorted(found, key=lambda each: each.order)


def _with_phone(services: QuerySet[Any]) -> QuerySet[Any]:
    """Those with a number, and not waiting to be tried again."""
    phones = Contact.objects.filter(usable_phones(), service=OuterRef("pk"))
    waits = Ringing.objects.filter(again_on__gt=clock.today())
    return services.exclude(pk__in=waits.values("service")).filter(Exists(phones) | ~Q(organisation__phone=""))


def _refused() -> QuerySet[Any, Any]:
    """Listings about which a mail was refused."""
    return CheckToken.objects.filter(used_at=None, reminder__refused=True).order_by().values("service")


def _unanswered() -> QuerySet[CheckToken]:
    """What asked about it by mail since its last check, while nobody said anything."""
    tokens = CheckToken.objects.filter(service=OuterRef("pk"), used_at=None, reminder__refused=False)
    return tokens.filter(Q(service__checked_at=None) | Q(reminder__on__gt=F("service__checked_at")))


def told(services: Iterable[UUID]) -> dict[UUID, Service]:
    """The listings to ring with `phone`, `whose` it is, and `rang_at` and `rang_outcome` of the last call since the last check."""
    contacts = Contact.objects.filter(usable_phones(), service=OuterRef("pk")).order_by("order", "id")
    calls = Ringing.objects.filter(Q(service__checked_at=None) | Q(at__date__gte=F("service__checked_at")), service=OuterRef("pk"))
    rows = Service.objects.filter(pk__in=list(services)).select_related("organisation")
    return rows.annotate(
        phone=Subquery(contacts.values("phone")[:1]),
        whose=Subquery(contacts.annotate(of=Case(When(name="", then="role"), default="name")).values("of")[:1]),
        rang_at=Subquery(calls.order_by("-at").values("at")[:1]),
        rang_outcome=Subquery(calls.order_by("-at").values("outcome")[:1]),
    ).in_bulk()


@transaction.atomic
def rang(service: Service, outcome: Ringing.Outcome, *, by: User) -> Ringing:
    """Write down what came of a call. "Still right" is a check; where nobody answered it comes back after AGAIN_AFTER. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    again_on = clock.today() + AGAIN_AFTER if outcome == Ringing.Outcome.NOBODY else None
    # An earlier "nobody answered" would hold it back although somebody was reached.
    Ringing.objects.filter(service=service, again_on__isnull=False).update(again_on=None)
    ringing = Ringing.objects.create(service=service, by=by, outcome=outcome, again_on=again_on)
    if outcome == Ringing.Outcome.RIGHT:
        mark_checked(service, by=by, how=Service.CheckedHow.PHONE)
    record("service.rung", service, by=by, role=role_used(by, Permission.MODERATE), codes={"outcome": str(outcome)})
    return ringing
