"""Which volunteers could lead a group: those whom nothing keeps from any of its members, at the times that suit all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from directory import clock
from matching.eligibility import Code, VolunteerColumns, codes_of, refusal_masks
from matching.eligibility.facts import windows
from matching.eligibility.times import runs
from matching.models import Ask, Group, Volunteer
from matching.rules.decisions import rules_in_force
from matching.suggesting.company import company_order, company_words
from matching.suggesting.facts import ask_facts, helpers, person_facts
from matching.suggesting.living import living

SHOWN = 10


@dataclass(frozen=True)
class Leader:
    """A volunteer who may, and why they fit, in words."""

    volunteer: Volunteer
    words: str


def members_of(group: Group) -> list[Ask]:
    """The requests that are in the group now, the longest waiting first."""
    return list(
        Ask.objects.filter(group_places__group=group, group_places__left_at=None).select_related("person", "need").order_by("number")
    )


def minutes_of(asks: Sequence[Ask]) -> int:
    """How long they meet: as long as the longest of the requests."""
    return max((ask.minutes for ask in asks), default=0)


def codes_against_group(group: Group, asks: Sequence[Ask], volunteer: Volunteer, on: date | None = None) -> tuple[Code, ...]:
    """Every code that keeps this volunteer from any of these members, or from the times of the group; empty where they may lead it.

    on: the day of a meeting; today where left out.
    """
    day = on or clock.today()
    found = helpers(Volunteer.objects.filter(pk=volunteer.pk), on=day)[0]
    return codes_of(_masks(group, asks, VolunteerColumns.of([found.facts]), on=day)[0])


def leaders(group: Group) -> list[Leader]:
    """Who may lead it, those first who like the same and have most time in common."""
    asks, now = members_of(group), living()
    if not asks or not len(now):
        return []
    may = np.flatnonzero(_masks(group, asks, now.columns, on=clock.today()) == 0)
    shared = [group.interest] if group.interest else []
    asked = runs(windows(group.windows))
    ranks = company_order(shared, asked, minutes_of(asks), now.columns, now.soft, np.zeros(len(now), dtype=np.int64))
    best = sorted(may.tolist(), key=lambda row: (-int(ranks[row]), int(now.numbers[row])))[:SHOWN]
    known = Volunteer.objects.in_bulk([now.columns.ids[row] for row in best])
    by_id = {str(key): volunteer for key, volunteer in known.items()}
    words = {row: company_words(shared, asked, minutes_of(asks), now.soft, now.columns.free, row) for row in best}
    return [Leader(by_id[now.columns.ids[row]], words[row]) for row in best if now.columns.ids[row] in by_id]


def _masks(group: Group, asks: Sequence[Ask], volunteers: VolunteerColumns, *, on: date) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    """Each member's own request, held against the volunteers at the times of the group."""
    rule, minutes = rules_in_force()[group.activity], minutes_of(asks)
    masks = np.zeros(len(volunteers), dtype=np.uint32)
    for ask in asks:
        read = ask_facts(ask)
        facts = replace(read, activity=group.activity, windows=windows(group.windows), minutes=minutes, remote=group.by_phone_or_online)
        masks |= refusal_masks(facts, person_facts(ask.person), rule, volunteers, on=on)
    return masks
