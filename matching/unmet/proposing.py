"""What emptied the list of a request, as far as it can be told from what happened; the coordinator decides."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from directory import clock
from matching.candidates import Candidates
from matching.eligibility import Code
from matching.models import Ask, UnmetNeed
from matching.states import MatchState, ReferralState

EmptiedBy = UnmetNeed.EmptiedBy
_VOLUNTEER_NO = frozenset({MatchState.DECLINED, MatchState.LAPSED, MatchState.ENDED})
_SERVICE_NO = frozenset({ReferralState.REJECTED, ReferralState.FAILED})


@dataclass(frozen=True)
class Proposal:
    """`emptied_by`: a code, or None while there is somebody to ask; `words`: why, in a sentence for the desk."""

    emptied_by: EmptiedBy | None
    words: str


def propose(ask: Ask, found: Candidates) -> Proposal:
    """Say what emptied the list: nobody, all declined, not affordable, waiting too long; from candidates, offers and referrals so far.

    A service or volunteer that has said no already counts as one that is not there.
    """
    said_no = {match.volunteer_id for match in ask.matches.all() if match.state in _VOLUNTEER_NO}
    refused = {referral.service_id for referral in ask.referrals.all() if referral.state in _SERVICE_NO}
    more = found.able > len(found.volunteers)
    volunteers = more or any(each.volunteer.pk not in said_no for each in found.volunteers)
    services = [each for each in found.services if each.fits and each.service.pk not in refused]
    if not volunteers and not services:
        asked = len(said_no) + len(refused)
        if asked:
            return Proposal(EmptiedBy.ALL_DECLINED, f"{_counted(asked)} asked, and nobody else is on the list.")
        return Proposal(EmptiedBy.NOBODY, f"No service that fits, and no volunteer who may.{_miss(found.nearest_miss)}")
    if not volunteers and all(each.service.is_free is False for each in services):
        return Proposal(EmptiedBy.NOT_AFFORDABLE, "All services that fit cost money, and no volunteer may. Ask whether they can pay.")
    days = waited_days(ask)
    if is_too_long(ask):
        return Proposal(EmptiedBy.TOO_LONG, f"Open for {days} days now. There is still somebody to ask: see above.")
    return Proposal(None, "There is still somebody to ask: see above.")


def waited_days(ask: Ask) -> int:
    """How many days ago it was asked."""
    return (clock.today() - clock.local(ask.made_at).date()).days


def is_too_long(ask: Ask) -> bool:
    """Has it waited longer than the co-op finds right (UNMET_AFTER_DAYS)?"""
    return ask.made_at < clock.now() - timedelta(days=settings.UNMET_AFTER_DAYS)


def _miss(code: Code | None) -> str:
    return f" What comes nearest fails on one thing: “{code.label}”." if code else ""


def _counted(number: int) -> str:
    return "One was" if number == 1 else f"{number} were"
