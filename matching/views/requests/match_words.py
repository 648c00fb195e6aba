"""Candidates and matches in the shapes of the components: words with points beside."""

from datetime import datetime
from typing import Any

from matching.candidates import Candidates, RefusedVolunteer, ServiceCandidate, VolunteerCandidate
from matching.eligibility import EXPLANATIONS, Code
from matching.models import Ask, Match
from matching.offering.rest import may_be_asked, resting
from matching.offering.words import moment_words
from matching.rules.activities import rules
from matching.states import MATCH_OPEN
from matching.suggesting.choice import is_chosen
from matching.unmet.gaps import but_for


def _points(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else ""


def _reasons(parts: Any) -> list[dict[str, Any]]:
    return [{"text": part.text, "points": _points(part.points)} for part in parts if part.text]


def service_card(each: ServiceCandidate, ask: Ask, may_match: bool, *, once: str = "") -> dict[str, Any]:
    """A result card with its actions: refer where the group is vetted, otherwise tell the person of it. once: the mark of this page."""
    service = each.service
    tags = _choice(ask, service.name)
    if each.ours:
        tags.append({"text": "Our own", "tone": "moss"})
    if not each.fits:
        tags.append({"text": "Fits partly", "tone": "clay"})
    if not each.vetted and not each.ours:
        tags.append({"text": "Not vetted: tell the person of it", "tone": "clay"})
    actions: list[dict[str, Any]] = []
    if each.can_refer:
        refer = {
            "label": "Refer",
            "url": f"/desk/requests/{ask.pk}/refer/",
            "method": "post",
            "fields": [("service", service.pk), ("once", once)],
            "hint": f"to {service.name}",
        }
        actions.append({**refer, "kind": "first"})
    if may_match:
        told = {"label": "I told the person of it", "url": f"/desk/requests/{ask.pk}/decide/", "method": "post", "hint": service.name}
        actions.append({**told, "kind": "second", "fields": [("decision", "signpost"), ("service", service.pk), ("once", once)]})
        actions += choose(ask, service.name)
    card = {
        "name": service.name,
        "url": service.get_absolute_url(),
        "organisation": service.organisation.name,
        "summary": service.summary,
        "why": [{"text": f"{each.points} points", "strong": True}, *_reasons(each.why)],
        "tags": tags,
        "notice": service.current_notice,
        "invented": service.organisation.demo,
    }
    return {"card": card, "actions": actions}


def volunteer_card(each: VolunteerCandidate, ask: Ask, *, rests: datetime | None = None) -> dict[str, Any]:
    """A volunteer by number: who they are stands on their own page. rests: until when they are not asked."""
    label = rules()[each.activity].label if each.activity in rules() else ""
    may = f"May: {label}." if label and each.activity != ask.activity else ""
    card = {
        "name": str(each.volunteer),
        "organisation": each.volunteer.village,
        "summary": " ".join(filter(None, (f"{each.company}." if each.company else "", may))),
        "why": [{"text": f"{each.points} points", "strong": True}, *_reasons(each.parts)],
        "tags": [
            *_choice(ask, str(each.volunteer)),
            {"text": "Volunteer", "tone": "heather"},
            *({"text": text, "tone": "clay"} for text in (each.rather, _rest(rests)) if text),
        ],
        "invented": each.volunteer.demo,
    }
    offer = {"label": f"Ask {each.volunteer}", "url": f"/desk/requests/{ask.pk}/volunteers/", "method": "post", "kind": "first"}
    asking = [] if rests else [{**offer, "fields": [("volunteer", each.volunteer.pk)]}]
    return {"card": card, "actions": [*asking, *choose(ask, str(each.volunteer))]}


def choose(ask: Ask, name: str) -> list[dict[str, Any]]:
    """The button that notes the person's own choice; none where it is this one already."""
    if is_chosen(ask, name):
        return []
    told = {"label": "They want this one", "url": f"/desk/requests/{ask.pk}/decide/", "method": "post", "hint": name}
    return [{**told, "kind": "second", "fields": [("decision", "choose"), ("choice", name), ("was", ask.person_choice)]}]


def _choice(ask: Ask, name: str) -> list[dict[str, Any]]:
    return [{"text": "The person's own choice", "tone": "moss"}] if is_chosen(ask, name) else []


def _rest(until: datetime | None) -> str:
    return f"Has a rest from being asked until {moment_words(until)}" if until else ""


def neighbours(found: Candidates, ask: Ask) -> dict[str, Any]:
    """The volunteers' half of the page: the best who may, and what keeps the others out."""
    more = found.able - len(found.volunteers)
    rest = resting([each.volunteer.pk for each in found.volunteers])
    return {
        "volunteers": [volunteer_card(each, ask, rests=rest.get(each.volunteer.pk)) for each in found.volunteers],
        "more_volunteers": f"{more} more may take it too; these fit best." if more > 0 else "",
        "refused": refused_lines(found),
        "refused_summary": f"{found.unable} who cannot, and why",
        "nearest_miss": _near_miss(found),
        "asks_for_rule": Code.VOLUNTEER_NOT_ALLOWED in found.counts,
    }


def refused_lines(found: Candidates) -> list[dict[str, Any]]:
    """How many cannot for each code, and whom only this keeps out, as far as they are shown; the code that opens most comes first."""
    lines = []
    for code, number in sorted(found.counts.items(), key=lambda pair: (-found.alone.get(pair[0], 0), -pair[1])):
        alone, shown = found.alone.get(code, 0), [str(each.volunteer) for each in found.refused if each.codes == (code,)]
        hint = EXPLANATIONS[code].mend
        if alone:
            others = f" and {alone - len(shown)} more" if shown and alone > len(shown) else ""
            hint += f" Only this keeps out: {', '.join(shown) or alone}{others}."
        lines.append({"text": EXPLANATIONS[code].means, "count": number, "hint": hint})
    return lines


def verdict_words(verdict: VolunteerCandidate | RefusedVolunteer | None, ask: Ask) -> dict[str, Any] | None:
    """One volunteer who was asked for by number: their card, or every reason against."""
    if verdict is None:
        return None
    if isinstance(verdict, VolunteerCandidate):
        return {"card": volunteer_card(verdict, ask, rests=may_be_asked(verdict.volunteer))}
    lines = [{"text": EXPLANATIONS[code].means, "hint": EXPLANATIONS[code].mend} for code in verdict.codes]
    count = len(lines)
    return {"summary": f"{verdict.volunteer} cannot take it, for {count} {'reason' if count == 1 else 'reasons'}", "lines": lines}


def _near_miss(found: Candidates) -> str:
    """Where nobody may: how many one single reason keeps out, and what it is."""
    if found.nearest_miss is None:
        return ""
    return f"{but_for(found.nearest_miss, found.alone[found.nearest_miss])}. {EXPLANATIONS[found.nearest_miss].mend}"


def match_line(row: Match) -> dict[str, Any]:
    """One match; its steps are taken on the page of the two."""
    return {"match": row, "volunteer": str(row.volunteer), "state": row.get_state_display(), "goes_on": row.state in MATCH_OPEN}
