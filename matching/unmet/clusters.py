"""Unmet need by activity and area: how many people, how it is over the months, and what came nearest."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet

from directory import clock
from directory.models import Need
from matching.eligibility import Code
from matching.models import Ask, UnmetNeed
from matching.rules.activities import rules
from matching.states import AskState
from matching.unmet.gaps import Gap


@dataclass(frozen=True)
class Filters:
    """What is looked at: empty means all. `months`: how many calendar months back, this one counted; `who`: adults, carers or empty."""

    need: str = ""
    activity: str = ""
    area: str = ""
    months: int = 6
    who: str = ""


@dataclass(frozen=True)
class Cluster:
    """One activity in one area. `persons` are keys, so that people count once each; `recorded` and `waiting` say how many times it is in each series.

    `misses`: for how many of all these each code alone was what came nearest. `asks`: those that are still without help.
    """

    need: str
    need_name: str
    activity: str
    area_code: str
    area_name: str
    persons: frozenset[object]
    carers: int
    recorded: int
    waiting: int
    misses: Mapping[str, int]
    emptied: Mapping[str, int]
    asks: tuple[Ask, ...]

    @property
    def label(self) -> str:
        """What was asked for, as precisely as it is known."""
        return rules()[self.activity].label if self.activity in rules() else self.need_name

    @property
    def people(self) -> int:
        """How many people."""
        return len(self.persons)

    @property
    def nearest(self) -> tuple[Code, int] | None:
        """The commonest nearest miss, and of how many; None where none is known."""
        known = [(count, -list(Code).index(code), code) for code in Code if (count := self.misses.get(code, 0))]
        return (max(known)[2], max(known)[0]) if known else None

    @property
    def where(self) -> str:
        """The area in words."""
        return self.area_name or "an area that is not known"


@dataclass(frozen=True)
class _One:
    """One request in one of the two series."""

    need: str
    need_name: str
    activity: str
    area_code: str
    area_name: str
    person: object
    carer: bool
    miss: str
    emptied_by: str
    ask: Ask | None


def recorded(filters: Filters) -> QuerySet[UnmetNeed]:
    """The recorded unmet needs that these filters let through, each request once, as it was last recorded."""
    months = _months(filters.months)
    return _narrowed(months[0], _after(months[-1]), filters).select_related("need", "ask__person", "ask__need")


def _narrowed(first: date, after: date, filters: Filters) -> QuerySet[UnmetNeed]:
    """From one day to before another."""
    rows = UnmetNeed.objects.once_each(*(datetime.combine(day, time(), clock.LONDON) for day in (first, after)))
    wanted = {"need": filters.need, "activity": filters.activity, "area_code": filters.area}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(for_carer=filters.who == "carers") if filters.who else rows


def among(gaps: Iterable[Gap], filters: Filters) -> list[Gap]:
    """The waiting requests that these filters let through, in their order."""

    def passes(ask: Ask) -> bool:
        wanted = ((filters.need, ask.need_id), (filters.activity, ask.activity), (filters.area, ask.area_code))
        return all(not value or value == has for value, has in wanted) and (not filters.who or ask.for_carer == (filters.who == "carers"))

    return [gap for gap in gaps if passes(gap.ask)]


def clusters(records: Iterable[UnmetNeed], gaps: Iterable[Gap]) -> list[Cluster]:
    """What was recorded and what waits now, by activity and area; first where most fail by one code alone, then where most people are."""
    groups: dict[tuple[str, str, str], list[_One]] = defaultdict(list)
    for one in (*map(_of_record, records), *map(_of_gap, gaps)):
        groups[one.need, one.activity, one.area_code].append(one)
    found = [_cluster(ones) for ones in groups.values()]
    return sorted(found, key=lambda each: (-(each.nearest[1] if each.nearest else 0), -each.people, each.label, each.area_name))


def by_area(found: Iterable[Cluster]) -> dict[str, int]:
    """How many people in each area, by its code; who misses several things is one."""
    persons: dict[str, set[object]] = defaultdict(set)
    for each in found:
        persons[each.area_code] |= each.persons
    return {code: len(them) for code, them in persons.items()}


def by_month(filters: Filters) -> list[tuple[date, int]]:
    """How many requests were recorded in each month, the first month first; months without any are there with 0.

    Who was recorded in two months stands in both, as in the releases: what a month counted is not rewritten by a later one.
    """
    return [(month, _narrowed(month, _after(month), filters).count()) for month in _months(filters.months)]


def needs_of(found: Iterable[UnmetNeed]) -> QuerySet[Need]:
    """The needs among them, by name: for a filter."""
    return Need.objects.filter(pk__in={row.need_id for row in found}).order_by("name")


def _months(months: int) -> list[date]:
    today = clock.today()
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - months + 1, last + 1)]


def _after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _of_record(row: UnmetNeed) -> _One:
    still = row.ask if row.ask is not None and row.ask.state == AskState.UNMET else None
    person = row.ask.person_id if row.ask is not None and row.ask.person_id else row.pk
    where = (row.area_code, row.area_name)
    return _One(row.need_id, row.need.name, row.activity, *where, person, row.for_carer, row.nearest_miss, row.emptied_by, still)


def _of_gap(gap: Gap) -> _One:
    ask, miss = gap.ask, gap.nearest_miss or ""
    return _One(
        ask.need_id, ask.need.name, ask.activity, ask.area_code, ask.area_name, ask.person_id or ask.pk, ask.for_carer, miss, "", ask
    )


def _cluster(ones: list[_One]) -> Cluster:
    first = ones[0]
    return Cluster(
        need=first.need,
        need_name=first.need_name,
        activity=first.activity,
        area_code=first.area_code,
        # Old boundaries may have called it otherwise: the latest name, whichever way the rows came.
        area_name=max(one.area_name for one in ones),
        persons=frozenset(one.person for one in ones),
        carers=len({one.person for one in ones if one.carer}),
        recorded=sum(1 for one in ones if one.emptied_by),
        waiting=sum(1 for one in ones if not one.emptied_by),
        misses=Counter(one.miss for one in ones if one.miss),
        emptied=Counter(one.emptied_by for one in ones if one.emptied_by),
        asks=tuple({one.ask.pk: one.ask for one in ones if one.ask is not None}.values()),
    )
