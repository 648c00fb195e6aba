"""Personal care: registered providers are listed for the person before such a request may be recorded as unmet."""

from directory.states import WrongState
from matching.eligibility import PersonalCare
from matching.models import Ask
from matching.rules.asked import care_of, rules_of


def is_for_providers(ask: Ask) -> bool:
    """Must registered providers be listed? Where the activity is, or may be, personal care; of a bare need, where all that it may be is."""
    care = care_of(rules_of(ask))
    return care == PersonalCare.YES or (bool(ask.activity) and care == PersonalCare.POSSIBLE)


def require_providers_listed(ask: Ask) -> None:
    """Raises WrongState where a registered provider has to be looked for and no list of candidates was kept since the request was opened."""
    if is_for_providers(ask) and not ask.offered.exists():
        raise WrongState("This is, or may be, personal care: list the registered providers for the person first.")
