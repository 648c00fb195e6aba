"""How much of the directory was checked in time: counts by kind of help, area, organisation and source, and the rows behind them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Replace, Upper

from directory import clock
from directory.freshness.due import with_overdue
from directory.geodata.models import Area, PostcodeArea
from directory.models import Element, Location, Organisation, Service


class State(StrEnum):
    """Where a listing stands."""

    IN_TIME = "in-time"
    OVERDUE = "overdue"
    NEVER = "never"


@dataclass(frozen=True)
class Line:
    """One line of a table: `key` is what the list is narrowed by; counts of listings."""

    key: str
    name: str
    in_time: int
    overdue: int
    never: int

    @property
    def total(self) -> int:
        return self.in_time + self.overdue + self.never

    @property
    def percent(self) -> int:
        """How many of a hundred were checked in time."""
        return round(100 * self.in_time / self.total) if self.total else 0


Counts = Counter[tuple[str, str, str]]
MOST_ORGANISATIONS = 60
# What stands for "none" where a list is narrowed.
WRITTEN_HERE = NO_AREA = NO_ELEMENT = "-"
_NEEDS: QuerySet[Any] = Service.needs.through.objects.all()


def with_state(services: QuerySet[Service]) -> QuerySet[Any]:
    """Each with `state`: checked in time, overdue, or never checked."""
    case = Case(
        When(due_on=None, then=Value(State.NEVER.value)),
        When(due_on__lt=clock.today(), then=Value(State.OVERDUE.value)),
        default=Value(State.IN_TIME.value),
        output_field=CharField(),
    )
    return with_overdue(services).annotate(state=case)


def counted() -> QuerySet[Any]:
    """All listings that visitors see, with their state."""
    return with_state(Service.objects.public()).order_by()


def whole() -> Line:
    """All of them."""
    counts: Counts = Counter({("", "", row["state"]): row["n"] for row in counted().values("state").annotate(n=Count("id"))})
    return next(iter(_lines(counts)), Line("", "", 0, 0, 0))


def by_element() -> list[Line]:
    """By element of its needs; a listing of two elements counts in both."""
    rows = counted().values("needs__element__slug", "needs__element__name", "state").annotate(n=Count("id", distinct=True))
    return _lines(
        Counter(
            {(row["needs__element__slug"] or NO_ELEMENT, row["needs__element__name"] or "No need", row["state"]): row["n"] for row in rows}
        )
    )


def by_organisation() -> list[Line]:
    """By organisation, the MOST_ORGANISATIONS with most to do first."""
    each = {f"n_{state.name}": Count("id", filter=Q(state=state.value)) for state in State}
    to_do = Count("id", filter=~Q(state=State.IN_TIME.value))
    rows = counted().values("organisation_id", "organisation__name").annotate(to_do=to_do, **each)
    first = rows.order_by("-to_do", "organisation__name", "organisation_id")[:MOST_ORGANISATIONS]
    return [
        Line(str(row["organisation_id"]), row["organisation__name"], row["n_IN_TIME"], row["n_OVERDUE"], row["n_NEVER"]) for row in first
    ]


def by_source() -> list[Line]:
    """By the list it came from."""
    rows = counted().values("source", "state").annotate(n=Count("id"))
    return _lines(
        Counter({(row["source"] or WRITTEN_HERE, row["source"] or "No source: written here", row["state"]): row["n"] for row in rows})
    )


def by_area() -> list[Line]:
    """By area of the installed set: where its places are and which it covers by name. A listing of two areas counts in both."""
    of_postcode = {code: (area, name) for code, area, name in _postcode_areas().values_list("postcode_id", _text("area_id"), "area__name")}
    states: dict[str, str] = {}
    found: dict[str, set[tuple[str, str]]] = {}
    rows = counted().values_list(_text("pk"), "state", "at_locations__location__postcode", _text("areas__area_id"), "areas__area__name")
    for service, state, postcode, area, name in rows:
        states[service] = state
        mine = found.setdefault(service, set())
        if area is not None:
            mine.add((area, name))
        if place := of_postcode.get((postcode or "").replace(" ", "").upper()):
            mine.add(place)
    counts = Counter((*area, states[service]) for service, areas in found.items() for area in areas or {("", "No area known")})
    return _lines(Counter({(str(UUID(key)) if key else NO_AREA, name, state): number for (key, name, state), number in counts.items()}))


TABLES: dict[str, tuple[str, Callable[[], list[Line]]]] = {
    "element": ("Element", by_element),
    "area": ("Area", by_area),
    "organisation": ("Organisation", by_organisation),
    "source": ("Source", by_source),
}


def narrowed(*, state: str = "", element: str = "", area: str = "", organisation: str = "", source: str = "", q: str = "") -> QuerySet[Any]:
    """The listings behind the counts, the most overdue first. What is not known narrows to nothing."""
    rows = counted()
    if state:
        rows = rows.filter(state=state)
    if element == NO_ELEMENT:
        rows = rows.exclude(id__in=_NEEDS.filter(need__element__isnull=False).values("service"))
    elif element:
        rows = rows.filter(id__in=_NEEDS.filter(need__element=element).values("service"))
    if organisation:
        rows = rows.filter(organisation_id=_uuid(organisation))
    if source:
        rows = rows.filter(source="" if source == WRITTEN_HERE else source)
    if area:
        rows = _in_area(rows, area)
    for word in q.split():
        rows = rows.filter(Q(name__icontains=word) | Q(id__in=_of_group_called(word)))
    return rows.select_related("organisation").order_by(F("due_on").asc(nulls_first=True), "name", "id")


def _of_group_called(word: str) -> QuerySet[Any, Any]:
    """Listings of groups with this word in their names: asked from the groups, so that all other listings are looked up in an index alone."""
    groups = Organisation.objects.filter(name__icontains=word).order_by()
    return Service.objects.filter(organisation__in=groups.values("id")).order_by().values("id")


def _in_area(rows: QuerySet[Any], area: str) -> QuerySet[Any]:
    every = _postcode_areas()
    inside = every if area == NO_AREA else every.filter(area_id=_uuid(area))
    places = _locations().filter(code__in=inside.values("postcode_id"))
    of_place = Q(id__in=Service.objects.filter(at_locations__location__in=places).values("id"))
    if area == NO_AREA:
        return rows.exclude(of_place).exclude(id__in=Service.objects.filter(areas__area__isnull=False).values("id"))
    return rows.filter(of_place | Q(id__in=Service.objects.filter(areas__area_id=_uuid(area)).values("id")))


def _locations() -> QuerySet[Any]:
    return Location.objects.exclude(postcode="").annotate(code=Upper(Replace("postcode", Value(" "), Value(""))))


def _postcode_areas() -> QuerySet[PostcodeArea]:
    """The area of each postcode at which a listing has a place."""
    return PostcodeArea.objects.filter(main=True, area__area_set__installed=True, postcode_id__in=_locations().values("code"))


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed by, but for organisations, which are too many. One query."""
    areas = Area.objects.filter(area_set__installed=True).order_by()
    sources = Service.objects.public().exclude(source="").order_by()
    rows = (
        Element.objects.order_by()
        .values_list(Value("element"), "slug", "name", "order")
        .union(
            areas.values_list(Value("area"), Cast("id", CharField()), "name", Value(0)),
            sources.values_list(Value("source"), "source", "source", Value(0)),
        )
    )
    offered: dict[str, list[tuple[str, str]]] = {"element": [], "area": [], "source": [(WRITTEN_HERE, "No source: written here")]}
    for what, key, name, _ in sorted(rows, key=lambda row: (row[0], row[3], row[2])):
        offered[what].append((str(UUID(key)) if what == "area" else key, name))
    offered["element"].append((NO_ELEMENT, "No need"))
    offered["area"].append((NO_AREA, "No area known"))
    return offered


def _text(column: str) -> Cast:
    """An id as the database writes it: ids by the ten thousand are not made into objects only to be compared."""
    return Cast(column, CharField())


def _lines(counts: Counts) -> list[Line]:
    """The tables' lines, those with most to do first."""
    names: dict[str, str] = {}
    by_key: dict[str, Counter[str]] = {}
    for (key, name, state), number in counts.items():
        names[key] = name
        by_key.setdefault(key, Counter())[state] += number
    lines = [Line(key, names[key], has[State.IN_TIME], has[State.OVERDUE], has[State.NEVER]) for key, has in by_key.items()]
    return sorted(lines, key=_most_to_do)


def _most_to_do(line: Line) -> tuple[int, str, str]:
    return -(line.overdue + line.never), line.name, line.key


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def as_rows(services: Iterable[Any]) -> Iterable[list[object]]:
    """For a spreadsheet: a head, then one row a listing."""
    yield ["name", "organisation", "kind", "source", "checked on", "checked how", "days overdue", "state", "id"]
    for row in services:
        yield [
            row.name,
            row.organisation.name,
            row.kind,
            row.source,
            row.checked_at or "",
            row.checked_how,
            max(0, row.overdue) if row.overdue is not None else "",
            row.state,
            row.pk,
        ]
