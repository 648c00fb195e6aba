"""A round in the shapes of its page: pairs, who is not served, and the comparison, in words; people by the number of their request."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from directory import clock
from matching.eligibility import EXPLANATIONS, Code
from matching.eligibility.distance import KM_IN_A_MILE
from matching.models import Ask, Round, Volunteer
from matching.rounds.confirming import GONE_ON
from matching.rounds.proposals import LEFT, OFFERED, REFUSED
from matching.rounds.rows import ASKED_ALREADY, AT_ONCE, SPREAD
from matching.rules.activities import rules

MOST = 30  # pairs on one page

PARTS = {
    "distance": "how near",
    "interests": "shared interests",
    "continuity": "they know each other",
    "load": "room for one more",
    "waiting": "how long they wait",
    "village": "same village",
    SPREAD: "not their first in this round",
}
FLAGS = {
    AT_ONCE: "Two at the same time: ask whether both can be done, or keep one",
    ASKED_ALREADY: "Has another offer to answer",
}
WAYS = {"round": "This round", "arrival": "One by one, as they were asked for", "best_pair": "Those who fit best first, then the next"}
# Why nobody is found, for the list and for how many; the order in which they are told.
TAKEN, NOT_NOW, MANY = "taken", "not_now", "many"


class Told:
    """The requests and volunteers of a round, read once."""

    def __init__(self, row: Round) -> None:
        pairs = [*((each["ask"], each["volunteer"]) for each in row.rows), *row.pins, *row.strikes, *row.figures.get("let_go", [])]
        asks = {each for each, _ in pairs} | {each["ask"] for each in row.gaps}
        self.row = row
        self.asks = {str(each.pk): each for each in Ask.objects.filter(pk__in=asks).select_related("need")}
        there = Volunteer.objects.filter(pk__in={each for _, each in pairs}).only("number", "village", "demo")
        self.volunteers = {str(each.pk): each for each in there}

    def pairs(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """These rows of the round, with what a coordinator looks at; those whose request was erased are left out."""
        pins = [list(each) for each in self.row.pins]
        return [
            {
                "ask": self.asks[each["ask"]],
                "volunteer": self.volunteers[each["volunteer"]],
                "about": _about(self.asks[each["ask"]]),
                "waiting": _waiting(self.asks[each["ask"]]),
                "points": each["points"],
                "why": _why(each["parts"]),
                "flags": [FLAGS[flag] for flag in each["flags"] if flag in FLAGS],
                "pinned": [each["ask"], each["volunteer"]] in pins,
                "became": _became(each),
            }
            for each in rows
            if each["ask"] in self.asks and each["volunteer"] in self.volunteers
        ]

    def gaps(self) -> list[dict[str, Any]]:
        """The requests for which nobody is found, the most pressing first; those that were erased are left out."""
        return [each for each in self.row.gaps if each["ask"] in self.asks]

    def left(self, gaps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """For whom nobody is found and what came nearest, in the shape of the work list."""
        rows = [(self.asks[each["ask"]], each) for each in gaps]
        return [
            {
                "title": f"{ask} · {ask.need.name}",
                "url": f"/desk/requests/{ask.pk}/",
                "meta": f"{_about(ask)}. {_waiting(ask).capitalize()}",
                "due": _gap(each),
            }
            for ask, each in rows
        ]

    def named(self, pairs: Iterable[list[str]]) -> list[tuple[Ask, Volunteer]]:
        """These pairs with their numbers."""
        return [(self.asks[ask], self.volunteers[one]) for ask, one in pairs if ask in self.asks and one in self.volunteers]


def sentence(row: Round) -> str:
    """The round in two sentences: whom it helps, and whom it would help to take one request after the other."""
    ways = row.figures["ways"]
    everybody, requests = row.figures.get("people", row.figures["asks"]), row.figures["asks"]
    here, in_turn = (f"{_people(ways[way])} of {_counted(everybody, 'person', 'people')}" for way in ("round", "arrival"))
    served, one_by_one = ways["round"]["served"], ways["arrival"]["served"]
    return (
        f"This round finds a volunteer for {here} ({served} of {_counted(requests, 'request')}). "
        f"Going through the requests one by one, as they were asked for, would find one for {in_turn} ({_counted(one_by_one, 'request')})."
    )


def comparison(row: Round) -> dict[str, Any]:
    """The table of ways to share out: people served, how far they are, and how the work is spread."""
    counted = (
        "People who get help",
        "Requests with a volunteer",
        "Distance between the two, on average",
        "Volunteers who help",
        "Most requests for one volunteer",
    )
    return {
        "caption": "The same requests and volunteers, shared out in three ways",
        "columns": ["How it is shared out", *({"label": name, "number": True} for name in counted)],
        "rows": [[name, *_cells(row.figures["ways"][way])] for way, name in WAYS.items()],
    }


def why_left(gaps: Iterable[dict[str, Any]]) -> list[str]:
    """For how many requests nobody is found for each reason, the commonest first."""
    counted = Counter(map(_reason, gaps))
    return [f"{_counted(count, 'request')}: {_reason_words(reason)}" for reason, count in counted.most_common()]


def _cells(figures: dict[str, Any]) -> list[Any]:
    far = "not known" if figures["km"] is None else f"{figures['km'] / KM_IN_A_MILE:.1f} miles"
    return [_people(figures), figures["served"], far, figures["helping"], figures["busiest"]]


def _people(figures: dict[str, Any]) -> int:
    """Rounds of before people were counted tell of requests only."""
    people: int = figures.get("people", figures["served"])
    return people


def _about(ask: Ask) -> str:
    rule = rules().get(ask.activity)
    return ", ".join(part for part in (rule.label if rule else ask.need.name, ask.area_name, ask.get_often_display().lower()) if part)


def _waiting(ask: Ask) -> str:
    days = (clock.today() - clock.local(ask.made_at).date()).days
    waited = "since today" if days <= 0 else "since yesterday" if days == 1 else f"for {days} days"
    urgent = f"{ask.get_urgency_display()}: waiting" if ask.urgency > Ask.Urgency.SOON else "waiting"
    return f"{urgent} {waited}"


def _why(parts: list[list[Any]]) -> str:
    said = ", ".join(f"{PARTS.get(part, part)} {points:+d}".replace("-", "−") for part, points in parts)
    return said[:1].upper() + said[1:]


def _became(each: dict[str, Any]) -> str:
    if each["state"] == OFFERED:
        return "Asked"
    if each["state"] == LEFT:
        return "Not asked: left for the next round"
    if each["state"] == REFUSED:
        codes = [EXPLANATIONS[Code(code)].means for code in each["codes"] if code != GONE_ON]
        return "Not asked. " + (" ".join(codes) or each.get("said") or "The request or the volunteer is not there any more.")
    return ""


def _reason(gap: dict[str, Any]) -> str:
    if gap["may"]:
        return TAKEN
    return NOT_NOW if gap["not_now"] else gap["nearest_miss"] or MANY


def _reason_words(reason: str) -> str:
    told = {
        TAKEN: "volunteers could, but others need them first",
        NOT_NOW: "volunteers could, but said no, have a rest from being asked, or you said “Not these two”",
        MANY: "nobody may, and more than one thing is in the way",
    }
    return told[reason] if reason in told else _only(reason)


def _only(code: str) -> str:
    return f"nobody may; for some, only this is in the way: “{Code(code).label}”"


def _gap(each: dict[str, Any]) -> str:
    if each["may"]:
        return f"{_counted(each['may'], 'volunteer')} could, but {'is' if each['may'] == 1 else 'are'} needed by others first"
    if each["not_now"]:
        has = "has" if each["not_now"] == 1 else "have"
        return f"{_counted(each['not_now'], 'volunteer')} could, but said no, {has} a rest from being asked, or you said “Not these two”"
    said = _reason_words(_reason(each))
    return said[:1].upper() + said[1:]


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def key(text: str) -> UUID | None:
    """The id in a form; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
