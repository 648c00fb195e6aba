"""A request that the person does not want any more, together with the referrals that were made for it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.states import WrongState
from matching import asks
from matching.models import Ask, Referral
from matching.reasons import Reason
from matching.referrals import cancel, declined_by_person
from matching.states import REFERRAL_OPEN, ReferralState
from matching.stopping.waiting import lock_waiting


def open_referrals(ask: Ask) -> list[Referral]:
    """The referrals of a request that are prepared or under way, in the order of their numbers."""
    rows = Referral.objects.filter(ask=ask, state__in=REFERRAL_OPEN).select_related("service__organisation", "need", "person", "ask")
    return list(rows.order_by("number"))


@transaction.atomic
def withdraw_with_referrals(ask: Ask, *, by: User, reason: str = Reason.NO_LONGER_NEEDED) -> list[Referral]:
    """Withdraw the request and end its referrals in one step: drafts as the person's no, what was sent is taken back.

    Gives those that are not this user's to end (a council referrer's own): somebody has to ask for them. reason: one of the person's.
    Raises PermissionDenied, WrongState, ValidationError.
    """
    if ask.person is not None:
        lock_waiting(ask.person)
    asks.withdraw(ask, by=by)
    left = []
    for referral in open_referrals(ask):
        end = declined_by_person if referral.state == ReferralState.DRAFT else cancel
        try:
            with transaction.atomic():
                end(referral, by=by, reason=reason)
        except (PermissionDenied, WrongState, ValidationError):
            left.append(referral)
    return left
