"""Unmet need in sentences, for the page of it."""

from typing import Any
from urllib.parse import urlencode

from matching.eligibility import EXPLANATIONS, Code
from matching.models import Ask, UnmetNeed
from matching.rules.activities import rules
from matching.unmet import again, clusters, gaps
from matching.unmet.clusters import Cluster
from matching.unmet.proposing import waited_days


def areas(found: list[Cluster]) -> list[list[Any]]:
    """The rows of the table: each area and how many people, the most first."""
    names = {each.area_code: each.where for each in found}
    counted = clusters.by_area(found)
    return [[names[code], count] for code, count in sorted(counted.items(), key=lambda pair: (-pair[1], names[pair[0]]))]


def months(months: list[tuple[Any, int]], requests: int) -> dict[str, Any]:
    """How it was month by month, for the figure; `requests`: how many they are among all months, each once."""
    again = " Some were recorded in more than one month." if sum(count for _, count in months) > requests else ""
    return {
        "id": "unmet-months",
        "title": "Recorded, month by month",
        "sentence": f"{_requests(requests)} recorded as unmet in these {len(months)} months.{again}",
        "names": "Month",
        "unit": "Requests",
        "rows": [{"label": f"{month:%B %Y}", "count": count, "shown": str(count)} for month, count in months],
    }


def card(each: Cluster) -> dict[str, Any]:
    """A cluster in sentences, with the way to what can be done."""
    misses = sorted(((count, Code(code)) for code, count in each.misses.items()), key=lambda pair: (-pair[0], list(Code).index(pair[1])))
    return {
        "title": f"{each.label}, {each.where}",
        "sentence": people(each),
        "misses": [miss(count, code, each.recorded + each.waiting) for count, code in misses],
        "emptied": [f"{UnmetNeed.EmptiedBy(code).label.lower()} ({count})" for code, count in sorted(each.emptied.items())],
        "url": f"/desk/unmet/do/?{urlencode({'need': each.need, 'activity': each.activity, 'area': each.area_code})}",
        "asks": each.asks,
    }


def people(each: Cluster) -> str:
    """How many people, and in which of the two series."""
    who = "1 person" if each.people == 1 else f"{each.people} people"
    carers = "" if not each.carers else f", {each.carers} of them as carers" if each.people > 1 else ", as a carer"
    recorded = f"{_requests(each.recorded)} recorded as unmet" if each.recorded else ""
    parts = [recorded, f"{_requests(each.waiting)} waiting now" if each.waiting else ""]
    return f"{who}{carers}: {' and '.join(filter(None, parts))}."


def miss(count: int, code: Code, of: int) -> dict[str, str]:
    """For how many of these requests one thing alone is in the way of those who come nearest, and what would mend it."""
    which = f"For {'all' if count == of else f'{count} of these'} {of} requests only" if of > 1 else "Only"
    means, mend = EXPLANATIONS[code]
    return {"text": f"{which} one thing is in the way: {means[:1].lower()}{means[1:]}", "hint": mend}


def _requests(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'}"


def gap(each: gaps.Gap) -> dict[str, Any]:
    """A request that waits, and what keeps volunteers out."""
    if each.nearest_miss is None:
        why = "for every volunteer more than one thing is in the way"
    else:
        why = gaps.but_for(each.nearest_miss, each.alone)
    return {"title": f"{each.ask} · {what(each.ask)}", "url": f"/desk/requests/{each.ask.pk}/", "meta": where(each.ask), "due": why}


def met_now(each: again.Again) -> dict[str, Any]:
    """A request that could be met now, and why."""
    why = "a volunteer may take it now" if each.volunteer else f"new since then: {', '.join(each.services[:3])}"
    return {"ask": each.ask, "title": f"{each.ask} · {what(each.ask)}", "where": where(each.ask), "why": why}


def too_long(ask: Ask) -> dict[str, Any]:
    """A request that has waited too long."""
    days = waited_days(ask)
    return {
        "title": f"{ask} · {what(ask)}",
        "url": f"/desk/requests/{ask.pk}/",
        "meta": where(ask),
        "due": f"open for {days} days: find somebody, or record it as unmet",
    }


def what(ask: Ask) -> str:
    """What was asked for."""
    return rules()[ask.activity].label if ask.activity in rules() else ask.need.name


def where(ask: Ask) -> str:
    """Where, and whether it is for the carer."""
    return ", ".join(part for part in (ask.area_name, "for the carer" if ask.for_carer else "") if part)
