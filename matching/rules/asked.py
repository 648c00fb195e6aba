"""What a request may be for: its activity, or every one of its need; and whether that is personal care."""

from collections.abc import Mapping, Sequence

from matching.eligibility import ActivityRule, PersonalCare
from matching.models import Ask
from matching.rules.activities import of_need
from matching.rules.decisions import rules_in_force


def rules_of(ask: Ask, known: Mapping[str, ActivityRule] | None = None) -> list[ActivityRule]:
    """Its activity, or all of its need, each with what is decided about it today. known: `rules_in_force()`, where it is at hand."""
    known = rules_in_force() if known is None else known
    slugs = [ask.activity] if ask.activity else [rule.slug for rule in of_need(ask.need_id)]
    return [known[slug] for slug in slugs]


def care_of(rules: Sequence[ActivityRule]) -> PersonalCare:
    """Is it personal care? YES only where all that it can be is personal care; POSSIBLE where some may be."""
    if rules and all(rule.cqc_personal_care == PersonalCare.YES for rule in rules):
        return PersonalCare.YES
    return PersonalCare.POSSIBLE if any(rule.for_registered_providers for rule in rules) else PersonalCare.NO
