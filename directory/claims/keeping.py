"""How long claims live: one that nobody went on with ends after two weeks; what was said goes 30 days after the end."""

from datetime import timedelta

from django.db import transaction

from directory import clock
from directory.accounts.system import system_user
from directory.claims.models import Arrival, Claim
from directory.claims.sides import lock, move
from directory.claims.states import CLAIM_ENDED, ClaimState
from directory.journal.recording import record

LAPSES = timedelta(days=14)
KEPT = timedelta(days=30)
PIECE = 200


def lapse_some() -> bool:
    """End a few claims whose code nobody asked for or wrote in; the daily job. True when nothing is left to do."""
    old = Claim.objects.filter(state=ClaimState.BEGUN, made_at__lt=clock.now() - LAPSES)
    found = list(old.order_by("made_at", "id")[:PIECE])
    for claim in found:
        with transaction.atomic():
            fresh = lock(claim)
            if fresh.state == ClaimState.BEGUN:
                fresh.forget()
                move(fresh, ClaimState.LAPSED, by=system_user())
    return not found


def forget_some() -> bool:
    """Empty a few claims that ended when KEPT is over, and delete links that are; the daily job. True when nothing is left to do.

    That there was a claim, by whom and what became of it, stays: an accepted one can be taken away years later.
    """
    Arrival.objects.filter(ends_at__lt=clock.now()).delete()
    old = Claim.objects.filter(state__in=CLAIM_ENDED, forgotten_at=None, ended_at__lt=clock.now() - KEPT)
    keys = list(old.order_by("ended_at", "id").values_list("pk", flat=True)[:PIECE])
    for pk in keys:
        with transaction.atomic():
            claim = old.select_for_update().filter(pk=pk).first()
            if claim is not None:
                claim.forget()
                claim.save()
                record("system.claim_forgotten", claim, by=None)
    return not keys
