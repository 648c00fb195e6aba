"""A request that the person does not want any more, together with the referrals that were made for it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.states import WrongState
from matching import asks
from matching.models import Ask, Referral
from matching.offering.words import moment_words
from matching.reasons import Reason
from matching.referrals import cancel, declined_by_person
from matching.states import MATCH_OPEN, REFERRAL_OPEN, MatchState, ReferralState
from matching.stopping.groups import places
from matching.stopping.waiting import lock_waiting

_ENDS = {
    MatchState.OFFERED: "was asked and has not answered: the offer lapses.",
    MatchState.ACCEPTED: "has said yes to it, and is told kindly that it is not needed.",
    MatchState.INTRODUCED: "was introduced, and is told kindly that it is not needed.",
    MatchState.ACTIVE: "helps with it: that ends, and they are told.",
}


def open_referrals(ask: Ask) -> list[Referral]:
    """The referrals of a request that are prepared or under way, in the order of their numbers."""
    rows = Referral.objects.filter(ask=ask, state__in=REFERRAL_OPEN).select_related("service__organisation", "need", "person", "ask")
    return list(rows.order_by("number"))


def ends_at_once(ask: Ask) -> list[str]:
    """What stops with the volunteers when a request is withdrawn, in words for the desk; its referrals stand for themselves."""
    under_way = ask.matches.filter(state__in=MATCH_OPEN).select_related("volunteer").order_by("pk")
    lines = [f"{match.volunteer} {_ENDS[MatchState(match.state)]}" for match in under_way]
    lines += [f"The visit on {moment_words(visit.starts_at)} is cancelled." for visit in asks.planned_for(ask)]
    return [*lines, *(f"They leave the small group {place.group}." for place in places(ask=ask).select_related("group"))]


@transaction.atomic
def withdraw_with_referrals(ask: Ask, *, by: User, reason: str = Reason.NO_LONGER_NEEDED, mark: str = "") -> list[Referral]:
    """Withdraw the request and end its referrals in one step: drafts as the person's no, what was sent is taken back.

    Gives those that are not this user's to end (a council referrer's own): somebody has to ask for them. reason: one of the person's.
    mark: `asks.seen` of the page that told what ends; an empty one is not asked for.
    Raises PermissionDenied, ValidationError; WrongState also where something else would end by now, and nothing has then.
    """
    if ask.person is not None:
        lock_waiting(ask.person)
    asks.require_seen(ask, mark)
    asks.withdraw(ask, by=by)
    left = []
    for referral in open_referrals(ask):
        try:
            with transaction.atomic():
                end_referral(referral, by=by, reason=reason)
        except (PermissionDenied, WrongState, ValidationError):
            left.append(referral)
    return left


def end_referral(referral: Referral, *, by: User, reason: str) -> None:
    """Take back what was sent; of a draft it is the person's no. Raises PermissionDenied, WrongState, ValidationError."""
    end = declined_by_person if referral.state == ReferralState.DRAFT else cancel
    end(referral, by=by, reason=reason)
