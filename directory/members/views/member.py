"""One member of a group: the steps that may be taken, each with what it means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.members import handing_over, memberships
from directory.members.views.group import DOOR
from directory.models import Membership
from directory.states import WrongState

Part = Membership.Part


@dataclass(frozen=True)
class Step:
    """One thing to do with a member: what it is called, what it means, and what is said when it is done."""

    do: str
    label: str
    means: str
    verb: Callable[..., Any]
    done: str
    kind: str = "second"


DEPUTY = Step(
    "deputy",
    "Make them the deputy",
    "The deputy asks people in and removes them when the lead is away. Whoever is the deputy now becomes a member like the others.",
    memberships.name_deputy,
    "They are the deputy now, and get a mail about it.",
)
NO_DEPUTY = Step(
    "no-deputy",
    "End being the deputy",
    "They stay a member, and keep the listings as before.",
    memberships.end_deputy,
    "The group has no deputy now.",
)
OFFER = Step(
    "offer",
    "Ask them to lead the group",
    "We ask them by mail. When they say yes they lead the group, and you are a member like the others. Nothing changes before.",
    handing_over.offer_lead,
    "We have asked them. You lead the group until they say yes.",
)
LEAD = Step(
    "lead",
    "Make them the lead",
    "For moderators: at once and without asking. Whoever leads the group now becomes a member.",
    memberships.name_lead,
    "They lead the group now, and get a mail about it.",
)
REMOVE = Step(
    "remove",
    "Remove them from the group",
    "They do not see the group's listings any more, from this moment on. They get a mail about it. You can ask them in again.",
    memberships.remove,
    "They are not in the group any more.",
    "stop",
)


@door(DOOR)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For those who ask people in and remove them; nobody else finds this page."""
    user = user_of(request)
    row = get_object_or_404(Membership.objects.select_related("organisation", "user"), pk=pk)
    if not memberships.may_keep(user, row.organisation):
        raise Http404
    steps = _steps(user, row)
    if request.method == "POST":
        step = next((step for step in steps if step.do == request.POST.get("do")), None)
        if step is not None:
            try:
                step.verb(row, by=user)
                messages.success(request, step.done)
            except WrongState as error:
                messages.warning(request, str(error))
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
        return redirect("partner-group", row.organisation_id)
    address = reverse("partner-member", args=[pk])
    context = {
        "member": row,
        "part": Part(row.part).label,
        "is_self": row.user_id == user.pk,
        "steps": [
            {
                "means": step.means,
                "actions": [{"label": step.label, "url": address, "kind": step.kind, "method": "post", "fields": [("do", step.do)]}],
            }
            for step in steps
        ],
    }
    return render(request, "members/member.html", context)


def _steps(user: User, row: Membership) -> list[Step]:
    organisation, moderates = row.organisation, allowed(user, Permission.MODERATE)
    leads = memberships.part_of(user, organisation) == Part.LEAD
    own = row.user_id == user.pk
    offers = {
        NO_DEPUTY: row.part == Part.DEPUTY and (leads or moderates or own),
        DEPUTY: row.part == Part.MEMBER and (leads or moderates),
        OFFER: leads and not own,
        LEAD: moderates and row.part != Part.LEAD,
        REMOVE: not own and (row.part != Part.LEAD or moderates),
    }
    return [step for step, may in offers.items() if may]
