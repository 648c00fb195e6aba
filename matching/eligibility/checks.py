"""Which check a volunteer needs: decided by the activity, the adult and how often, here and nowhere else.

Source: Safeguarding Vulnerable Groups Act 2006, schedule 4, paragraph 7, as the table of activities sums it up.
"""

from matching.eligibility.facts import Level, PersonFacts, Regulated
from matching.eligibility.rule import ActivityRule

_WHATEVER_THE_ADULT = frozenset({Regulated.HEALTH_CARE, Regulated.SOCIAL_WORK, Regulated.AFFAIRS})
_WHERE_HELP_IS_NEEDED = frozenset({Regulated.PERSONAL_CARE, Regulated.MONEY, Regulated.CONVEYING})

_NOTHING_KNOWN = PersonFacts(id="")


class CheckTooHigh(ValueError):
    """A check was to be asked for that the role is not eligible for: that is unlawful, so it is not written down."""


def required_check(rule: ActivityRule, person: PersonFacts, regular: bool) -> Level:
    """The level that the activity needs for this adult, which is also the highest that may be asked for.

    regular: weekly, more than 3 days in 30, or between 2 and 6 in the morning. A fact about the adult that is not known counts as yes.
    """
    if rule.dbs is not None:
        return rule.dbs_if_regular if regular and rule.dbs_if_regular is not None else rule.dbs
    if rule.regulated_activity in _WHATEVER_THE_ADULT:
        return Level.ENHANCED_BARRED
    if rule.regulated_activity in _WHERE_HELP_IS_NEEDED and person.needs_help_because is not False:
        return Level.ENHANCED_BARRED
    if regular and rule.enhanced_if_regular_care_recipient and person.receives_care is not False:
        return Level.ENHANCED
    return rule.coop_policy or Level.NONE


def highest_level(rule: ActivityRule) -> Level:
    """The highest check that the activity allows for any adult of whom nothing is known, however often."""
    return max((required_check(rule, _NOTHING_KNOWN, regular) for regular in (False, True)), key=lambda level: level.rank)


def refuse_higher_check(level: Level, rule: ActivityRule, person: PersonFacts, regular: bool) -> None:
    """Call before a check is asked for. Raises CheckTooHigh for a level above what activity, adult and frequency make eligible."""
    allowed = required_check(rule, person, regular)
    if not allowed.meets(level):
        raise CheckTooHigh(f"The highest check that may be asked for here is: {allowed.label}. Asking for more is unlawful.")
