"""The first answer of a service page: can I just turn up?"""

import re
from dataclasses import dataclass, replace

from cms.presenting.checked import Checked
from cms.presenting.opening import Opening
from cms.presenting.words import sentence
from directory.models import Service

_ASKS_FIRST = re.compile(r"\b(ring|phone|call|e-?mail|book|booking|contact|ask|apply|register|refer\w*|text)\b", re.IGNORECASE)


@dataclass(frozen=True)
class TurningUp:
    """`short` is the answer in a word or two, `more` what it means, `tone` of its notice."""

    short: str
    more: str
    tone: str = "moss"


def turning_up(service: Service, opening: Opening, checked: Checked, *, can_ring: bool) -> TurningUp:
    """Only what the listing says, and no yes that nobody has checked."""
    ring = "Ring first" if can_ring else "Ask first"
    answer = _answer(service, opening, checked, ring)
    # The group's own words may begin with the same.
    if answer.more.casefold().startswith(answer.short.rstrip(".").casefold()):
        return replace(answer, short=answer.more, more="")
    return answer


def _answer(service: Service, opening: Opening, checked: Checked, ring: str) -> TurningUp:
    if service.status == Service.Status.PAUSED:
        return TurningUp("Not at the moment.", f"It has stopped for a while. {ring}, and they tell you when it starts again.", "clay")
    if service.referral_route == Service.ReferralRoute.PROFESSIONAL:
        return TurningUp("No.", "A professional asks for you: your doctor, a nurse or a social worker. You can ask them to.", "clay")
    if not service.at_place:
        return _without_a_place(service, ring)
    if service.referral_route == Service.ReferralRoute.SELF:
        return TurningUp(f"{ring}.", sentence(service.how_to_access) or "You ask for a place yourself. Nobody has to send you.", "river")
    if service.how_to_access:
        short = f"{ring}." if _ASKS_FIRST.search(service.how_to_access) else "Here is how."
        return TurningUp(short, sentence(service.how_to_access), "river")
    if checked.old:
        return TurningUp(
            f"Perhaps. {ring}.",
            "As far as we know, nobody has to send you. Nobody has told us lately, so make sure before you set out.",
            "river",
        )
    if not opening.known:
        return TurningUp(f"{ring}.", "Nobody has to send you, but we do not know the times.", "river")
    return TurningUp("Yes.", "Come at the times below. Nobody has to send you.")


def _without_a_place(service: Service, ring: str) -> TurningUp:
    how = sentence(service.how_to_access)
    if service.at_home or service.outreach:
        return TurningUp("You do not need to: they come to you.", how or f"{ring}, and agree a day with them.", "river")
    if service.by_phone:
        return TurningUp("You do not need to: it is by phone.", how or "Ring when you are ready.", "river")
    if service.online:
        return TurningUp("You do not need to: it is online.", how or "You need the internet for it, on a phone or a computer.", "river")
    return TurningUp(f"{ring}.", how or "We do not know where it is, or whether they come to you.", "river")
