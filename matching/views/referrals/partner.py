"""/partner/referrals/: who was referred to one's own group, and the answer."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from matching.models import Referral
from matching.states import REFERRAL_OPEN, ReferralState
from matching.views.desk.pages import referral_page

OVER_ON_A_PAGE = 30


@door(Permission.ANSWER_REFERRALS)
def referrals(request: HttpRequest) -> HttpResponse:
    """To answer, in hand, and over. Names stand on each referral's own page, where the look is kept."""
    rows = Referral.objects.for_provider(request.user).select_related("need", "service").distinct()
    to_answer = rows.filter(state=ReferralState.REQUESTED).order_by("due_at")
    in_hand = rows.filter(state__in=REFERRAL_OPEN).exclude(state=ReferralState.REQUESTED).order_by("sent_at")
    ended = rows.exclude(state__in=REFERRAL_OPEN).order_by("-ended_at", "number")
    over = Paginator(ended, OVER_ON_A_PAGE).get_page(request.GET.get("page"))
    lists = [
        {"title": "To answer", "rows": [_work(row) for row in to_answer], "empty": "Nobody waits for your answer."},
        {"title": "In hand", "rows": [_work(row) for row in in_hand], "empty": "You are not helping anybody through the store right now."},
        {"title": "Over", "rows": [_work(row) for row in over], "count": over.paginator.count, "empty": "Nothing yet."},
    ]
    return render(request, "matching/partner_referrals.html", {"lists": lists, "page": over})


def _work(row: Referral) -> dict[str, object]:
    waiting = row.state == ReferralState.REQUESTED
    return {
        "title": f"{row} · {row.need.name}",
        "url": f"/partner/referrals/{row.pk}/",
        "meta": f"{row.service.name if row.service else ''}, {row.area_name}".strip(", "),
        "due": f"answer by {row.due_at:%A %-d %B}" if waiting and row.due_at else str(row.get_state_display()),
        "late": bool(waiting and row.is_overdue),
    }


@door(Permission.ANSWER_REFERRALS)
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral to one's own group; another group's is not there."""
    rows = Referral.objects.for_provider(request.user).select_related("ask", "person", "need", "service__organisation").distinct()
    found = get_object_or_404(rows, pk=referral_id)
    return referral_page(request, found, "matching/partner_referral.html", where="partner-referral", name="partner-referral")
