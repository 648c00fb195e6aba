"""Candidates and matches in the shapes of the components: words with points beside."""

from collections import Counter
from typing import Any

from directory.accounts.policy import relations_of
from matching.activities import rules
from matching.candidates import Candidates, ServiceCandidate, VolunteerCandidate
from matching.eligibility import EXPLANATIONS
from matching.models import Ask, Match
from matching.states import MATCH, MatchState

BUTTONS = {
    MatchState.INTRODUCED: "I have told the person who it is",
    MatchState.ACTIVE: "The person says yes: they start",
    MatchState.DECLINED: "It does not go ahead",
    MatchState.ENDED: "It has ended",
}


def _points(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else ""


def _reasons(parts: Any) -> list[dict[str, Any]]:
    return [{"text": part.text, "points": _points(part.points)} for part in parts if part.text]


def service_card(each: ServiceCandidate, ask: Ask, may_match: bool) -> dict[str, Any]:
    """A result card with its actions: refer where the group is vetted, otherwise tell the person of it."""
    service = each.service
    tags = []
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
            "fields": [("service", service.pk)],
            "hint": f"to {service.name}",
        }
        actions.append({**refer, "kind": "first"})
    if may_match:
        told = {"label": "I told the person of it", "url": f"/desk/requests/{ask.pk}/decide/", "method": "post", "hint": service.name}
        actions.append({**told, "kind": "second", "fields": [("decision", "signpost"), ("service", service.pk)]})
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


def volunteer_card(each: VolunteerCandidate, ask: Ask) -> dict[str, Any]:
    """A volunteer by number: who they are stands on their own page."""
    label = rules()[each.activity].label if each.activity in rules() else ""
    card = {
        "name": str(each.volunteer),
        "organisation": each.volunteer.village,
        "summary": f"May: {label}" if label and each.activity != ask.activity else "",
        "why": [{"text": f"{each.points} points", "strong": True}, *_reasons(each.parts)],
        "tags": [{"text": "Volunteer", "tone": "heather"}],
        "invented": each.volunteer.demo,
    }
    offer = {"label": f"Ask {each.volunteer}", "url": f"/desk/requests/{ask.pk}/decide/", "method": "post", "kind": "first"}
    return {"card": card, "actions": [{**offer, "fields": [("decision", "offer"), ("volunteer", each.volunteer.pk)]}]}


def refused_lines(found: Candidates) -> list[dict[str, Any]]:
    """How many cannot for each code, and who they are; the code that opens most comes first."""
    counts = Counter(code for each in found.refused for code in each.codes)
    lines = []
    for code, number in sorted(counts.items(), key=lambda pair: (pair[0] != found.nearest_miss, -pair[1])):
        alone = [str(each.volunteer) for each in found.refused if each.codes == (code,)]
        who = ", ".join(str(each.volunteer) for each in found.refused if code in each.codes)
        hint = EXPLANATIONS[code][1] + (f" Only this keeps out: {', '.join(alone)}." if alone else "")
        lines.append({"text": f"{EXPLANATIONS[code][0]} ({who})", "count": number, "hint": hint})
    return lines


def match_steps(row: Match, user: Any) -> dict[str, Any]:
    """One match with the steps that are the coordinator's to note."""
    moves = MATCH.open_to(row.state, relations_of(user, row))
    return {
        "match": row,
        "volunteer": str(row.volunteer),
        "state": row.get_state_display(),
        "steps": [{"to": move.to, "button": BUTTONS[MatchState(move.to)]} for move in moves if move.to in BUTTONS],
    }
