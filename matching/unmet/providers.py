"""Personal care: registered providers are listed for the person before such a request may be recorded as unmet."""

from directory.states import WrongState
from matching.eligibility import ActivityRule, PersonalCare
from matching.models import Ask
from matching.rules.activities import of_need, rule_for


def possible(ask: Ask) -> tuple[ActivityRule, ...]:
    """What it may be, by the table as it is shipped: its activity, or all of its need."""
    return (rule_for(ask.activity),) if ask.activity else of_need(ask.need_id)


def care_of(ask: Ask) -> PersonalCare:
    """Is it personal care? YES only where all that it may be is; POSSIBLE where some of it may be."""
    rules = possible(ask)
    if rules and all(rule.cqc_personal_care == PersonalCare.YES for rule in rules):
        return PersonalCare.YES
    return PersonalCare.POSSIBLE if any(rule.for_registered_providers for rule in rules) else PersonalCare.NO


def is_for_providers(ask: Ask) -> bool:
    """Must registered providers be listed? Where the activity is, or may be, personal care; of a bare need, where all that it may be is."""
    care = care_of(ask)
    return care == PersonalCare.YES or (bool(ask.activity) and care == PersonalCare.POSSIBLE)


def require_providers_listed(ask: Ask) -> None:
    """Raises WrongState where a registered provider has to be looked for and no list of candidates was kept since the request was opened."""
    if is_for_providers(ask) and not ask.offered.exists():
        raise WrongState("This is, or may be, personal care: list the registered providers for the person first.")
