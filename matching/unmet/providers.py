"""Personal care: registered providers are listed for the person before such a request may be recorded as unmet."""

from directory.states import WrongState
from matching.activities import of_need, rules
from matching.eligibility import PersonalCare
from matching.models import Ask


def is_for_providers(ask: Ask) -> bool:
    """Is it personal care, or may it be? Of a request that names only its need: where all that it can be is personal care."""
    if ask.activity:
        return rules()[ask.activity].for_registered_providers
    possible = of_need(ask.need_id)
    return bool(possible) and all(rule.cqc_personal_care == PersonalCare.YES for rule in possible)


def require_providers_listed(ask: Ask) -> None:
    """Raises WrongState where a registered provider has to be looked for and no list of candidates was kept since the request was opened."""
    if is_for_providers(ask) and not ask.offered.exists():
        raise WrongState("This is, or may be, personal care: list the registered providers for the person first.")
