"""Requests that wait and that no volunteer may take at this moment, with what alone keeps most of them out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from directory import clock
from matching.eligibility import (
    ActivityRule,
    AskFacts,
    Code,
    PersonFacts,
    VolunteerColumns,
    counts_of,
    nearest_miss_of,
    one_code_away,
    refusal_masks,
)
from matching.eligibility.facts import windows
from matching.eligibility.times import ANY_TIME
from matching.models import Ask
from matching.rules.activities import of_need
from matching.rules.decisions import rules_in_force
from matching.rules.errands import is_regular
from matching.suggesting.facts import person_facts
from matching.suggesting.living import living

# So many waiting requests are looked at; a desk with more has another worry.
MOST = 1_000


@dataclass(frozen=True)
class Gap:
    """A request for which nobody is there. `nearest_miss`: the code that, dropped, opens most volunteers, and `alone` for how many."""

    ask: Ask
    nearest_miss: Code | None
    alone: int


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
        asked = [(_facts(ask, person, slug), rules[slug]) for slug in activities_of(ask)]
        masks = [refusal_masks(facts, person, rule, volunteers, on=today) for facts, rule in asked]
        told.append(_verdict(np.concatenate(masks) if masks else np.zeros(0, dtype=np.uint32)))
    return told


def _verdict(masks: "np.ndarray[tuple[int], np.dtype[np.uint32]]") -> tuple[bool, Code | None, int]:
    if bool((masks == 0).any()):
        return True, None, 0
    miss = nearest_miss_of(masks)
    return False, miss, counts_of(masks[one_code_away(masks)])[miss] if miss else 0


def activities_of(ask: Ask) -> list[str]:
    """What it may be: its activity, or all of its need."""
    return [ask.activity] if ask.activity else [rule.slug for rule in of_need(ask.need_id)]


def _facts(ask: Ask, person: PersonFacts, activity: str) -> AskFacts:
    return AskFacts(
        id=str(ask.pk),
        person=person.id,
        activity=activity,
        minutes=ask.minutes,
        windows=windows(ask.windows) or ANY_TIME,
        regular=is_regular(ask),
        gender_required=ask.gender_required or None,
        two_visitors=ask.two_visitors,
        consent=True,
        remote=ask.by_phone_or_online,
    )
