"""Results of the finder as cards, with what the page adds to them from the listings: notice, times, spaces, freshness."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cms.presenting.keeping import keep_url
from cms.presenting.listing_facts import ListingFacts, Tag, facts_of
from search.points import Points, points_of
from search.reasons import HAS_THE_NAME
from search.results import Result

__all__ = ["Card", "Reason", "Tag", "cards_of"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the line that says why a card is here."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What components/result_card.html shows. `number` is the one on the map; None where the list is not numbered.

    `ask` is what nobody knows of it although it was wished; `until` the moment at which it has to be made anew; `score` only for editors.
    """

    id: str
    name: str
    url: str
    organisation: str
    summary: str
    until: datetime = field(compare=False)
    number: int | None = None
    why: tuple[Reason, ...] = ()
    open_now: str = ""
    tags: tuple[Tag, ...] = ()
    notice: str = ""
    invented: bool = False
    ask: str = ""
    area_url: str = ""
    keep_url: str = ""
    score: Points | None = None
    paper_phone: str = ""  # on a screen it is one press further
    miles: None = None  # the reach of the line says it


def cards_of(results: Sequence[Result], *, state: str, first: int | None = None, keeps: bool = False, points: bool = False) -> list[Card]:
    """The cards of results in their order, numbered from `first`. What was withdrawn since the index was written is left out.

    `state` is the public state; `keeps` offers "Keep"; `points` are for whoever sees them. Asks the database a constant number of times, or not at all.
    """
    facts = facts_of((result.id for result in results), state)
    numbered = [(place, result, facts[result.id]) for place, result in enumerate(results) if result.id in facts]
    return [_card(result, known, first + place if first is not None else None, keeps, points) for place, result, known in numbered]


def _card(result: Result, facts: ListingFacts, number: int | None, keeps: bool, points: bool) -> Card:
    return Card(
        id=result.id,
        name=facts.name,
        url=facts.url,
        organisation=facts.organisation,
        summary=facts.summary,
        until=facts.until,
        number=number,
        why=_why(result, facts),
        open_now=facts.open_now,
        tags=facts.tags,
        notice=result.why_not or facts.notice,
        invented=facts.invented,
        ask=" · ".join(result.not_known),
        area_url=facts.area_url,
        paper_phone=facts.phone,
        keep_url=keep_url(result.id) if keeps else "",
        score=points_of(result) if points else None,
    )


def _why(result: Result, facts: ListingFacts) -> tuple[Reason, ...]:
    """Reach first, then a name that was typed, the need, the times, the spaces, and what was asked of access. Freshness has a tag of its own."""
    said = {part.part: part.text for part in result.why if part.text}
    reasons = [Reason(said["reach"], strong=True)] if "reach" in said else []
    reasons += [Reason(HAS_THE_NAME)] if said.get("text") == HAS_THE_NAME else []
    reasons += [Reason(_need_words(said["need"]))] if "need" in said else []
    reasons += [Reason(said["access"])] if "access" in said else []
    if facts.paused:
        reasons.append(Reason("Paused at the moment", strong=True))
    elif facts.next_open:
        reasons.append(Reason(facts.next_open))
    if facts.spaces:
        reasons.append(Reason(facts.spaces))
    return tuple(reasons)


def _need_words(text: str) -> str:
    """ "For Shopping and Using IT" as "For shopping and using IT"."""
    return re.sub(r"(^For |, | and )([A-Z])(?=[a-z])", lambda match: match[1] + match[2].lower(), text)
