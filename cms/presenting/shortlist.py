"""The services that a visitor keeps, as cards, as a table to compare, and as lines to ring from paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from cms.presenting.cards import Reason, Tag
from cms.presenting.services import Shown, Venue, shown
from cms.presenting.words import counted, inside, listed
from directory.models import Service

COMPARED_MOST = 10
NOT_TOLD = "The address is kept secret: ring first."


@dataclass(frozen=True)
class KeptCard:
    """What components/result_card.html shows of a service on a list, and its line on paper. `gone`: visitors do not see it any more."""

    id: str
    name: str
    url: str
    organisation: str = ""
    summary: str = ""
    why: list[Reason] = field(default_factory=list)
    open_now: str = ""
    tags: list[Tag] = field(default_factory=list)
    notice: str = ""
    invented: bool = False
    phone: str = ""
    times: str = ""
    where: str = ""
    cost: str = ""
    paused: bool = False
    miles: None = None


def kept_cards(ids: Sequence[UUID]) -> tuple[list[KeptCard], list[UUID]]:
    """The cards in the order of the list, and the ids of what visitors do not see any more (nothing is told about these).

    In the place of a listing that was merged stands the one that took it in, once. Asks the database a constant number of times.
    """
    merged = dict(Service.objects.filter(pk__in=list(ids)).exclude(replaced_by=None).values_list("pk", "replaced_by_id"))
    today = list(dict.fromkeys(merged.get(pk, pk) for pk in ids))
    found = {service.pk: service for service in Service.objects.public().with_everything().filter(pk__in=today)}
    return [_card(found[pk]) for pk in today if pk in found], [pk for pk in ids if merged.get(pk, pk) not in found]


def _card(service: Service) -> KeptCard:
    all_of_it = shown(service, AnonymousUser())
    paused = service.status == Service.Status.PAUSED
    times = "; ".join(all_of_it.opening.lines)
    tags = [Tag(all_of_it.checked.text, all_of_it.checked.tone)]
    return KeptCard(
        id=all_of_it.id,
        name=all_of_it.name,
        url=service.get_absolute_url(),
        organisation=all_of_it.organisation,
        summary=all_of_it.summary,
        why=_why(all_of_it, paused=paused),
        open_now="" if paused else all_of_it.opening.now,
        tags=[*tags, Tag("Run by the co-op", "river")] if all_of_it.ours else tags,
        notice=all_of_it.notice,
        invented=all_of_it.invented,
        phone=next((way.phone for way in all_of_it.ways if way.phone), ""),
        times=times or "Not known: ring and ask",
        where=_where(all_of_it),
        cost=" ".join(line if line.endswith(".") else f"{line}." for line in all_of_it.cost),
        paused=paused,
    )


def _why(service: Shown, *, paused: bool) -> list[Reason]:
    reasons = [Reason("Paused at the moment", strong=True)] if paused else []
    if service.needs:
        reasons.append(Reason(f"For {listed([inside(name) for name, _ in service.needs])}"))
    reasons += [Reason(line) for line in service.opening.lines[:2]]
    if not paused and service.opening.next:
        reasons.append(Reason(service.opening.next))
    if service.covers:
        reasons.append(Reason(f"For people in {inside(service.covers)}"))
    if service.spaces:
        reasons.append(Reason(service.spaces))
    return reasons


def _where(service: Shown) -> str:
    places = [_place(venue) for venue in service.venues] if service.at_place else []
    covers = f"For people in {inside(service.covers)}" if service.covers else ""
    return "; ".join(part for part in (*dict.fromkeys(places), covers) if part) or "Not known: ring and ask"


def _place(venue: Venue) -> str:
    if venue.secret:
        return NOT_TOLD
    return ", ".join(part for part in (venue.name, venue.address, venue.postcode) if part)


COLUMNS = ["What", "When", "Where", "What it costs", "Phone"]


def compared(cards: Iterable[KeptCard]) -> list[list[Any]]:
    """The rows of components/table.html under COLUMNS."""
    return [
        [
            {"text": card.name, "url": card.url, "tag": "Paused" if card.paused else "", "tone": "clay"},
            card.times,
            card.where,
            card.cost,
            {"text": card.phone, "url": f"tel:{card.phone.replace(' ', '')}"} if card.phone else "No number: ring us",
        ]
        for card in cards
    ]


def mail_link(link: str, site_name: str) -> str:
    """A mailto: address that opens a mail with the list's link in it; whom it goes to is the visitor's own matter."""
    body = f"Here is a list of help that I have put together:\r\n\r\n{link}\r\n"
    return f"mailto:?subject={quote(f'A list from {site_name}')}&body={quote(body)}"


def count_words(count: int) -> str:
    """ "3 on your list"."""
    return f"{count} on your list"


def gone_words(count: int) -> str:
    """What is said of listings that are not there any more; nothing where there are none."""
    if not count:
        return ""
    return f"{counted(count, 'listing')} that {'was' if count == 1 else 'were'} here {'has' if count == 1 else 'have'} closed or been taken off our pages."
