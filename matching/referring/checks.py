"""A referral that worked is a check of the listing: somebody got help there. It follows the journal by a bookmark of its own."""

from collections.abc import Sequence

from directory import clock
from directory.accounts.system import system_user
from directory.journal.following import register_follower
from directory.journal.models import Event
from directory.listings import mark_checked
from directory.models import Service
from matching.models import Referral
from matching.reasons import HELPED
from matching.states import ReferralState


def register() -> None:
    """Follow the journal; called once when the apps are ready."""
    register_follower("referral_checks", check_listings, batch=50)


def worked(referral: Referral) -> bool:
    """Did somebody get help from a listing by this referral?"""
    return referral.service_id is not None and referral.state == ReferralState.COMPLETED and referral.outcome in HELPED


def check_listings(events: Sequence[Event]) -> None:
    """Note the listings as right on the day on which help was confirmed. The check stands in the installation's name, and says nothing of who."""
    for event in events:
        if event.kind == "referral.moved" and event.codes.get("to") == ReferralState.COMPLETED:
            referral = Referral.objects.filter(pk=event.object_id).select_related("service").first()
            if referral is not None and referral.service is not None and worked(referral):
                mark_checked(referral.service, by=system_user(), how=Service.CheckedHow.REFERRAL, on=clock.local(event.at).date())
