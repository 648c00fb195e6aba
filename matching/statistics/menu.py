"""The menu: what can be asked for, and nothing else. Rare needs and small areas fall back by the fixed steps below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from directory.models import Element, Need
from matching.models import Ask, Referral, UnmetNeed
from matching.states import ReferralState
from matching.statistics.counting import Period

# From the widest to the finest; a table whose non-zero cells mostly hide falls back to the ones before it.
STEPS: tuple[tuple[str, ...], ...] = ((), ("element",), ("need",), ("area",), ("element", "area"), ("need", "area"))
DIMS = ("element", "need", "area")
UNKNOWN_AREA = "unknown"


@dataclass(frozen=True)
class Measure:
    """One thing that is counted: its words, and the rows of a period with their need and area as stored on the day."""

    slug: str
    name: str
    unit: str
    rows: Callable[[Period], QuerySet[Any]]


def _asks(period: Period) -> QuerySet[Any]:
    return Ask.objects.filter(made_at__gte=period.start, made_at__lt=period.end)


def _referrals(period: Period) -> QuerySet[Any]:
    """By the day they were sent; what was entered in error is left out."""
    sent = Referral.objects.filter(sent_at__gte=period.start, sent_at__lt=period.end)
    return sent.exclude(state=ReferralState.ENTERED_IN_ERROR)


def _unmet(carer: bool) -> Callable[[Period], QuerySet[Any]]:
    def rows(period: Period) -> QuerySet[Any]:
        return UnmetNeed.objects.once_each(period.start, period.end).filter(for_carer=carer)

    return rows


MEASURES = {
    measure.slug: measure
    for measure in (
        Measure("referrals", "Referrals", "referrals", _referrals),
        Measure("asks", "Requests for help", "requests", _asks),
        Measure("unmet_adults", "Unmet need of adults", "unmet needs", _unmet(carer=False)),
        Measure("unmet_carers", "Unmet need of carers", "unmet needs", _unmet(carer=True)),
    )
}


def order_dims(dims: tuple[str, ...]) -> tuple[str, ...] | None:
    """The dimensions in the order of the menu, or None where no table has them together."""
    ordered = tuple(dim for dim in DIMS if dim in dims)
    return ordered if len(ordered) == len(dims) and ordered in STEPS else None


def domain(dim: str, areas: list[str]) -> list[str]:
    """Every value that a dimension can take, those without a count too, in the order in which they are shown."""
    if dim == "element":
        return list(Element.objects.values_list("slug", flat=True))
    if dim == "need":
        return list(Need.objects.values_list("slug", flat=True))
    return [*areas, UNKNOWN_AREA]
