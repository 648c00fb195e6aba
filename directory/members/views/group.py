"""/partner/group/: who keeps a group's listings. Another group's page does not exist for a partner."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.members import handing_over, invitations, memberships
from directory.members.models import Invitation
from directory.models import Membership, Organisation
from directory.states import WrongState

Part = Membership.Part
DOOR = (Permission.EDIT_LISTINGS, Permission.MODERATE)


class InviteForm(forms.Form):
    """Whom to ask."""

    email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        help_text="They get a mail with a link. It works for two weeks, and for this address only.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


def own_group(user: User, pk: UUID) -> Organisation:
    """A group of this user; any group for moderators. Raises Http404."""
    rows = Organisation.objects.all() if allowed(user, Permission.MODERATE) else Organisation.objects.filter(memberships__user=user)
    return get_object_or_404(rows, pk=pk)


def _merged_into(user: User, pk: UUID) -> UUID | None:
    """Where a group went that was merged into another one of this user's, or into any for moderators."""
    into = Organisation.objects.filter(pk=pk, replaced_by__isnull=False).values_list("replaced_by", flat=True).first()
    known = into is not None and (allowed(user, Permission.MODERATE) or user.memberships.filter(organisation=into).exists())
    return into if known else None


@door(DOOR)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The members, those who were asked, and what is to be answered."""
    user = user_of(request)
    if (into := _merged_into(user, pk)) is not None:
        return redirect("partner-group", into)
    organisation = own_group(user, pk)
    form = InviteForm(request.POST if request.POST.get("do") == "invite" else None)
    if request.method == "POST":
        try:
            if _do(request, user, organisation, form):
                return redirect("partner-group", pk)
        except WrongState as error:
            messages.warning(request, str(error))
            return redirect("partner-group", pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "members/group.html", _context(user, organisation, form), status=400 if form.errors else 200)


@door(DOOR)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What leaving means, and the button that does it."""
    user = user_of(request)
    organisation = get_object_or_404(Organisation.objects.filter(memberships__user=user), pk=pk)
    if request.method == "POST":
        memberships.leave(organisation, by=user)
        messages.success(request, f"You have left {organisation.name}.")
        return redirect("partner" if allowed(user, Permission.EDIT_LISTINGS) else "account")
    others = organisation.memberships.exclude(user=user).count()
    context = {"organisation": organisation, "last": not others, "leads": memberships.part_of(user, organisation) == Part.LEAD}
    return render(request, "members/leave.html", context)


def _do(request: HttpRequest, user: User, organisation: Organisation, form: InviteForm) -> bool:
    """What was pressed; False where the form has errors. Raises PermissionDenied, WrongState, ValidationError."""
    what = request.POST.get("do", "")
    offer = handing_over.waiting(organisation)
    if what == "invite":
        if not form.is_valid():
            return False
        invitations.invite(organisation, form.cleaned_data["email"], by=user, as_lead=_asks_lead(user, organisation))
        messages.success(request, "The invitation is on its way.")
    elif what == "withdraw":
        pressed = request.POST.get("invitation", "")
        row = next((row for row in invitations.waiting(organisation) if str(row.pk) == pressed), None)
        if row is None:
            raise WrongState("This invitation was answered or taken back already.")
        invitations.withdraw(row, by=user)
        messages.success(request, "The invitation is taken back. Its link does nothing any more.")
    elif what in _ANSWERS:
        if offer is None:
            raise WrongState("This was answered already, taken back, or waited too long.")
        verb, words = _ANSWERS[what]
        verb(offer, by=user)
        messages.success(request, words)
    return True


_ANSWERS: dict[str, tuple[Any, str]] = {
    "lead-yes": (handing_over.accept_lead, "You lead the group now."),
    "lead-no": (handing_over.decline_lead, "You have said no. Nothing changes."),
    "lead-withdraw": (handing_over.withdraw_lead, "You lead the group as before."),
}


def _asks_lead(user: User, organisation: Organisation) -> bool:
    """Whom a moderator asks into a group that nobody leads is asked to lead it."""
    nobody = not organisation.memberships.filter(part=Part.LEAD).exists()
    return nobody and allowed(user, Permission.MODERATE) and memberships.part_of(user, organisation) not in memberships.KEEPERS


def _context(user: User, organisation: Organisation, form: InviteForm) -> dict[str, Any]:
    rows = list(organisation.memberships.select_related("user"))
    rows.sort(key=lambda row: (list(Part).index(Part(row.part)), row.since))
    keeps, offer = memberships.may_keep(user, organisation), handing_over.waiting(organisation)
    return {
        "organisation": organisation,
        "columns": ["Who", "Part", "Since", "Address", {"label": "Change", "hide_label": True}] if keeps else ["Who", "Part", "Since"],
        "members": [_member(row, user, keeps) for row in rows],
        "is_member": any(row.user_id == user.pk for row in rows),
        "keeps": keeps,
        "has_lead": any(row.part == Part.LEAD for row in rows),
        "asks_lead": _asks_lead(user, organisation),
        "offered": offer if offer is not None and offer.to_id == user.pk else None,
        "offering": offer if offer is not None and offer.made_by_id == user.pk else None,
        "invited": [_invited(row, organisation) for row in invitations.waiting(organisation)] if keeps else [],
        "invited_columns": ["Address", "Answers by", {"label": "Take back", "hide_label": True}],
        "form": form,
    }


def _member(row: Membership, user: User, keeps: bool) -> list[Any]:
    who = row.user.name or "No name given"
    since = clock.local(row.since)
    cells: list[Any] = [f"{who} (you)" if row.user_id == user.pk else who, Part(row.part).label, f"{since.day} {since:%B %Y}"]
    if keeps:
        # Addresses are for those who ask people in and remove them.
        cells += [row.user.email, {"text": f"Change {row.user.name or row.user.email}", "url": reverse("partner-member", args=[row.pk])}]
    return cells


def _invited(row: Invitation, organisation: Organisation) -> list[Any]:
    ends = clock.local(row.ends_at)
    back = {
        "label": "Take back",
        "hint": f"the invitation to {row.email}",
        "url": reverse("partner-group", args=[organisation.pk]),
        "kind": "quiet",
        "method": "post",
        "fields": [("do", "withdraw"), ("invitation", row.pk)],
    }
    return [row.email, f"{ends.day} {ends:%B}", {"text": "", "actions": [back]}]
