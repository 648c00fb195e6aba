"""What one activity asks of a volunteer, in words: the check, with whom, and by which rule."""

import re

from matching.eligibility import ActivityRule, Level, PersonFacts, required_check
from matching.eligibility.facts import ByVolunteers, PersonalCare, Regulated

# A condition may name what the law calls regulated activity by its letter alone.
_LETTER = re.compile(r"\bit is ([a-f])\b")
# With whom an activity may need more than with everybody: (the adult, every week or at night, words).
_ASKED = (
    (
        PersonFacts(id="", needs_help_because=True, receives_care=False),
        False,
        "somebody who needs it because of age, illness or disability",
    ),
    (
        PersonFacts(id="", needs_help_because=False, receives_care=True),
        True,
        "somebody who gets health or social care, every week or at night",
    ),
)


def highest_needed(rule: ActivityRule) -> tuple[Level, str]:
    """The highest level, and with whom it is needed: found by asking the one function that decides."""
    best, words = required_check(rule, PersonFacts(id="", needs_help_because=False, receives_care=False), False), "everybody"
    for person, regular, for_whom in _ASKED:
        level = required_check(rule, person, regular)
        if level.rank > best.rank:
            best, words = level, for_whom
    return best, words


def check_words(rule: ActivityRule) -> str:
    """Such as "Basic, with everybody"."""
    level, for_whom = highest_needed(rule)
    return "No check" if level == Level.NONE else f"{level.label}, with {for_whom}"


def needs_of(rule: ActivityRule) -> list[str]:
    """What else it asks for: training, a car, conditions."""
    said = ["Training for it"] if rule.volunteer == ByVolunteers.TRAINED else []
    said += ["A car, and an insurer who knows"] if rule.needs_car else []
    said += ["18 or over: it is done at somebody's home"] if rule.at_home else []
    conditions = conditions_of(rule)
    return [*said, *([conditions[:1].upper() + conditions[1:]] if conditions else [])]


def conditions_of(rule: ActivityRule) -> str:
    """Its conditions as they stand within a sentence, with what the law calls by a letter in words."""
    return _LETTER.sub(lambda found: f"it is regulated activity ({found[1]}: {Regulated(found[1]).label.lower()})", rule.conditions)


def sources_of(rule: ActivityRule) -> list[str]:
    """Where the rule comes from: the law, or our own policy."""
    said = []
    if rule.regulated_activity != Regulated.NONE:
        letter, label = rule.regulated_activity.value, rule.regulated_activity.label.lower()
        said.append(f"Safeguarding Vulnerable Groups Act 2006, schedule 4, paragraph 7, {letter}: {label}")
    if rule.cqc_personal_care != PersonalCare.NO:
        may_be = "may be " if rule.cqc_personal_care == PersonalCare.POSSIBLE else ""
        said.append(
            f"Health and Social Care Act 2008 (Regulated Activities) Regulations 2014: {may_be}personal care, for registered providers only"
        )
    if rule.enhanced_if_regular_care_recipient:
        said.append("Enhanced checks for regular work with adults who get health or social care (Police Act 1997)")
    if rule.coop_policy is not None:
        said.append(
            f"Our own policy: {rule.coop_policy.label.lower() if rule.coop_policy != Level.NONE else 'no check'} where the law asks for no more"
        )
    return said
