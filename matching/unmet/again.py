"""What was recorded as unmet and could be met now: a volunteer who may has come, or a service that was not there when the list was empty."""

from dataclasses import dataclass

from matching.models import Ask
from matching.rules.asked import care_of, rules_of
from matching.states import AskState
from matching.suggesting.services import ServiceCandidate, services_for
from matching.unmet.gaps import verdicts

# So many of the latest are looked at; and the finder is asked only for those that no volunteer may take.
MOST, SERVICES_ASKED = 500, 40


@dataclass(frozen=True)
class Again:
    """A request that could be opened again: `volunteer`: somebody may take it; `services`: names of those that were not on its last list."""

    ask: Ask
    volunteer: bool
    services: tuple[str, ...]


def could_be_met() -> list[Again]:
    """The unmet requests that could be met now, the latest first."""
    rows = Ask.objects.filter(state=AskState.UNMET, person__isnull=False, person__do_not_contact=False)
    asks = list(
        rows.select_related("person", "need").prefetch_related("person__pair_rules", "offered").order_by("-closed_at", "number")[:MOST]
    )
    found, left = [], SERVICES_ASKED
    for ask, (may, _, _) in zip(asks, verdicts(asks), strict=True):
        new: tuple[str, ...] = ()
        if not may and left and ask.offered.all():
            left -= 1
            new = tuple(each.service.name for each in new_services(ask))
        if may or new:
            found.append(Again(ask, may, new))
    return found


def new_services(ask: Ask) -> list[ServiceCandidate]:
    """The services that fit now and did not stand on the last list that was kept for the request."""
    last = ask.offered.all()[:1]
    known = {row["service"] for kept in last for row in kept.services if row.get("fits", True)}
    return [each for each in services_for(ask, care=care_of(rules_of(ask))) if each.fits and str(each.service.pk) not in known]
