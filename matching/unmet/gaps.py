"""Requests that wait and that no volunteer may take at this moment, with what alone keeps most of them out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db.models import QuerySet

from directory import clock
from matching.eligibility import (
    ActivityRule,
    Code,
    VolunteerColumns,
    counts_of,
    nearest_miss_of,
    one_code_away,
    refusal_masks,
)
from matching.models import Ask
from matching.rules.asked import rules_of
from matching.rules.decisions import rules_in_force
from matching.suggesting.facts import ask_facts, person_facts
from matching.suggesting.living import living

# So many waiting requests are looked at; a desk with more has another worry.
MOST = 1_000


@dataclass(frozen=True)
class Gap:
    """A request for which nobody is there. `nearest_miss`: the code that, dropped, opens most volunteers, and `alone` for how many."""

    ask: Ask
    nearest_miss: Code | None
    alone: int


def but_for(code: Code, alone: int) -> str:
    """What keeps so many volunteers out, and nothing else does, as a sentence without its end."""
    who = "1 volunteer" if alone == 1 else f"{alone} volunteers"
    return f"{who} would do, if it were not for one thing: “{code.label}”"


def waiting() -> QuerySet[Ask]:
    """Open requests that no volunteer was asked for, that are with no group or service and in no small group."""
    return Ask.objects.waiting().select_related("person", "need").order_by("made_at", "number")


def gaps() -> list[Gap]:
    """The waiting requests for which no volunteer is allowed now, near misses first: those that most volunteers fail by one code alone.

    Whether the person has agreed is left aside: a yes that has still to be asked for is no lack of volunteers. In a constant number of
    questions to the database.
    """
    asks = list(waiting()[:MOST].prefetch_related("person__pair_rules"))
    found = [Gap(ask, miss, alone) for ask, (may, miss, alone) in zip(asks, verdicts(asks), strict=True) if not may]
    return sorted(found, key=lambda gap: (-gap.alone, gap.ask.made_at, gap.ask.number))


def verdicts(asks: Sequence[Ask]) -> list[tuple[bool, Code | None, int]]:
    """For each request: may anybody take it now; if not, the nearest miss, and how many volunteers that code alone keeps out."""
    return _verdicts(asks, rules_in_force(), living().columns) if asks else []


def _verdicts(asks: Iterable[Ask], rules: Mapping[str, ActivityRule], volunteers: VolunteerColumns) -> list[tuple[bool, Code | None, int]]:
    told, today = [], clock.today()
    for ask in asks:
        person = person_facts(ask.person)
        facts = ask_facts(ask, agreed=True)
        asked = [(replace(facts, activity=rule.slug), rule) for rule in rules_of(ask, rules)]
        masks = [refusal_masks(each, person, rule, volunteers, on=today) for each, rule in asked]
        told.append(_verdict(np.concatenate(masks) if masks else np.zeros(0, dtype=np.uint32)))
    return told


def _verdict(masks: "np.ndarray[tuple[int], np.dtype[np.uint32]]") -> tuple[bool, Code | None, int]:
    if bool((masks == 0).any()):
        return True, None, 0
    miss = nearest_miss_of(masks)
    return False, miss, counts_of(masks[one_code_away(masks)])[miss] if miss else 0
