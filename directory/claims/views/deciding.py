"""All claims of one organisation inside /admin/, side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.claims import deciding
from directory.claims.claimable import of_organisation, published_email
from directory.claims.forms import WhyNot, WhyTaken
from directory.claims.models import Claim
from directory.claims.proof import proofs
from directory.claims.states import CLAIM_PUT, WITH_REASON, ClaimState
from directory.claims.waiting import NAME
from directory.freshness import how_long_ago
from directory.models import Change, Service
from directory.states import WrongState
from directory.views.moderation import furniture, hand_context
from directory.waiting import hands

MOST_LISTINGS = 10
MOST_CHANGES = 50
KEPT_IT = (ClaimState.ACCEPTED, ClaimState.REVOKED)
DONE = {
    "accept": "They keep these listings now, and hear of it.",
    "decline": "Declined. They read your reason.",
    "revoke": "They keep these listings no more. Look at what they changed.",
}


@door(Permission.MODERATE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claims(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who claims this organisation, beside each other: accept, decline with a reason, or take an accepted claim away again."""
    shown = get_object_or_404(Claim.objects.select_related("organisation"), pk=pk)
    if request.method == "POST":
        return _decide(request, shown)
    group = shown.organisation
    rows = list(
        Claim.objects.filter(organisation=group)
        .select_related("user", "service__organisation", "decided_by")
        .prefetch_related("service__contacts")
    )
    ended = [row for row in rows if row.state not in CLAIM_PUT and row.state != ClaimState.BEGUN]
    waiting = [row for row in rows if row.state in CLAIM_PUT]
    proved = proofs(waiting)
    put = [{**_beside(row, ended, request.user), "proof": proved.get(row.pk)} for row in waiting]
    listings = Service.objects.filter(organisation=group).exclude(status=Service.Status.CLOSED).order_by("name", "id")
    how = of_organisation(group)
    context = {
        "group": group,
        "claims": put,
        "begun": sum(row.state == ClaimState.BEGUN for row in rows),
        "ended": _after(ended),
        "keepers": group.memberships.select_related("user").order_by("since", "id"),
        "listings": listings[:MOST_LISTINGS],
        "more": max(0, listings.count() - MOST_LISTINGS),
        "never": deciding.WHY_NOT[how] if how else "",
        "why_not": WhyNot(auto_id=False),
        "why_taken": WhyTaken(auto_id=False),
        **(hand_context(NAME, shown.pk, hands.holder(NAME, shown.pk)) if shown.state in CLAIM_PUT else {}),
        **furniture(group.name, inside=True),
    }
    return render(request, "claims/decide.html", context)


def _decide(request: HttpRequest, shown: Claim) -> HttpResponse:
    """Decide on the claim that the button stands at: one of the same organisation."""
    do, by = request.POST.get("do", ""), user_of(request)
    try:
        claim = get_object_or_404(Claim, pk=UUID(request.POST.get("claim", "")), organisation=shown.organisation_id)
    except ValueError:
        messages.error(request, "That was not a decision we can read. Please try again.")
        return redirect("moderation-claim", shown.pk)
    try:
        if do == "accept":
            deciding.accept(claim, by=by)
        elif do == "decline":
            deciding.decline(claim, by=by, reason=WhyNot.words_of(request.POST))
        elif do == "revoke":
            deciding.revoke(claim, by=by, reason=WhyTaken.words_of(request.POST))
    except ValidationError as error:
        messages.error(request, "Say why; they read it." if "reason" in error.message_dict else " ".join(error.messages))
    except (WrongState, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, DONE.get(do, "Nothing was decided.") + (_who_stays(claim) if do == "revoke" else ""))
    return redirect("moderation-claim", shown.pk)


def _who_stays(claim: Claim) -> str:
    """Whoever they brought in is still there, and is for the moderator to look at."""
    members = claim.organisation.memberships.select_related("user").order_by("since", "id")
    names = [member.user.get_full_name() for member in members]
    return f" Still kept by {', '.join(names)}." if names else ""


def _beside(claim: Claim, ended: list[Claim], user: Any) -> dict[str, Any]:
    before = [each for each in ended if each.user_id == claim.user_id and each.state in WITH_REASON]
    return {
        "claim": claim,
        "age": how_long_ago(claim.put_at) if claim.put_at else "",
        "own": claim.user_id == user.pk,
        "same_address": claim.user.email == published_email(claim.service).lower(),
        "account_age": how_long_ago(claim.user.date_joined),
        "before": len(before),
    }


def _after(ended: list[Claim]) -> list[dict[str, Any]]:
    """What ended, the newest first; where somebody kept the listings, what they changed in them of late."""
    of_user: dict[UUID | None, list[Change]] = {claim.user_id: [] for claim in ended if claim.state in KEPT_IT}
    if of_user:
        group = ended[0].organisation_id
        changes = Change.objects.filter(made_by__in=of_user, service__organisation=group).select_related("service")
        for change in changes.order_by("-made_at", "id")[:MOST_CHANGES]:
            of_user[change.made_by_id].append(change)
    newest = sorted(ended, key=lambda claim: claim.ended_at or claim.made_at, reverse=True)
    return [
        {"claim": claim, "can_revoke": claim.state == ClaimState.ACCEPTED, "changes": of_user.get(claim.user_id, [])} for claim in newest
    ]
