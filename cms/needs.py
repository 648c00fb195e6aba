"""Needs and elements as the pages list them, with the number of services that visitors see."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import reverse

from cms.presenting.words import counted
from cms.public_state import once
from directory.models import Element, Need, Service


@dataclass(frozen=True)
class NeedLine:
    """One need in a list."""

    slug: str
    name: str
    plain: str
    url: str
    count: str


@dataclass(frozen=True)
class ElementDoor:
    """One of the four doors, as components/element_card.html takes it, with its needs."""

    slug: str
    name: str
    text: str
    url: str
    count: str
    needs: list[NeedLine] = field(default_factory=list)


@once
def all_needs() -> list[Need]:
    """Every need in their order."""
    return list(Need.objects.order_by("element__order", "order"))


@once
def doors() -> list[ElementDoor]:
    """The four elements with their needs; a service that meets several needs of an element counts once there. Four queries."""
    by_need, by_element = _counts("needs__slug"), _counts("needs__element_id")
    elements = Element.objects.prefetch_related("needs")
    return [
        ElementDoor(
            slug=element.slug,
            name=element.name,
            text=element.plain,
            url=reverse("need", args=[element.slug]),
            count=_places(by_element.get(element.slug, 0)),
            needs=[_line(need, by_need.get(need.slug, 0)) for need in element.needs.all()],
        )
        for element in elements
    ]


def _counts(by: str) -> dict[str, int]:
    """How many services visitors see, by a path from the service."""
    rows = Service.objects.public().order_by().values_list(by).annotate(services=Count("pk", distinct=True))
    return {key: services for key, services in rows if key is not None}


def _line(need: Need, count: int) -> NeedLine:
    return NeedLine(need.slug, need.name, need.plain, reverse("need", args=[need.slug]), _places(count))


def _places(count: int) -> str:
    return counted(count, "place") if count else "No place yet: ask us"
