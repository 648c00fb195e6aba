"""Results of the finder as cards, with what the page adds to them from the listings: notice, times, spaces, freshness."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cms.presenting.checked import checked
from cms.presenting.opening import next_words, open_words
from cms.presenting.words import counted, day_words
from directory import clock
from directory.models import Service
from search.results import Result

SPACES_HOLD = timedelta(days=60)


@dataclass(frozen=True)
class Reason:
    """One part of the line that says why a card is here."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Tag:
    text: str
    tone: str


@dataclass(frozen=True)
class Card:
    """What components/result_card.html shows. `number` is the one on the map; None where the list is not numbered."""

    id: str
    name: str
    url: str
    organisation: str
    summary: str
    number: int | None = None
    why: list[Reason] = field(default_factory=list)
    open_now: str = ""
    tags: list[Tag] = field(default_factory=list)
    notice: str = ""
    invented: bool = False
    miles: None = None  # the reach of the line says it


def cards_of(results: Sequence[Result], *, first: int | None = None) -> list[Card]:
    """The cards of results in their order, numbered from `first`. What was withdrawn since the index was written is left out.

    Asks the database a constant number of times.
    """
    services = _services(result.id for result in results)
    moment = clock.now()
    numbered = [(place, result, services[result.id]) for place, result in enumerate(results) if result.id in services]
    return [_card(result, service, moment, first + place if first is not None else None) for place, result, service in numbered]


def _services(ids: Iterable[str]) -> dict[str, Service]:
    rows = Service.objects.public().filter(pk__in=list(ids)).select_related("organisation").prefetch_related("schedules__at_location")
    return {str(service.pk): service for service in rows}


def _card(result: Result, service: Service, moment: datetime, number: int | None) -> Card:
    organisation = service.organisation
    fresh = checked(service)
    tags = [Tag(fresh.text, fresh.tone)]
    if organisation.ours:
        tags.append(Tag("Run by the co-op", "river"))
    return Card(
        id=result.id,
        name=service.name,
        url=service.get_absolute_url(),
        organisation=organisation.name,
        summary=service.summary,
        number=number,
        why=_why(result, service, moment),
        open_now=open_words(service, moment),
        tags=tags,
        notice=result.why_not or service.current_notice,
        invented=organisation.demo,
    )


def _why(result: Result, service: Service, moment: datetime) -> list[Reason]:
    """Reach first, then the need, the times, the spaces, and what was asked of access. Freshness has a tag of its own."""
    said = {part.part: part.text for part in result.why if part.text}
    reasons = [Reason(said["reach"], strong=True)] if "reach" in said else []
    reasons += [Reason(_need_words(said["need"]))] if "need" in said else []
    reasons += [Reason(said["access"])] if "access" in said else []
    if service.status == Service.Status.PAUSED:
        reasons.append(Reason("Paused at the moment", strong=True))
    elif not open_words(service, moment) and (following := next_words(service, moment)):
        reasons.append(Reason(following))
    if spaces := spaces_words(service):
        reasons.append(Reason(spaces))
    return reasons


def _need_words(text: str) -> str:
    """ "For Shopping and Using IT" as "For shopping and using IT"."""
    return re.sub(r"(^For |, | and )([A-Z])(?=[a-z])", lambda match: match[1] + match[2].lower(), text)


def spaces_words(service: Service) -> str:
    """ "2 places left, counted on 3 November 2026"; nothing where nobody counted lately."""
    if service.spaces is None or service.spaces_on is None or service.spaces_on < clock.today() - SPACES_HOLD:
        return ""
    left = f"{counted(service.spaces, 'place')} left" if service.spaces else "Full at the moment"
    return f"{left}, counted on {day_words(service.spaces_on)}"
