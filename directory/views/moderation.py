"""The moderation queue inside the editors' admin: the oldest first, decided field by field."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from directory import moderation
from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.freshness import ago
from directory.listing_fields import FIELDS, read_values
from directory.models import Change, ChangeField
from directory.states import WrongState

PER_PAGE = 50


class Decision(forms.Form):
    """One field of a change: take it or not; the version that the moderator saw goes with it."""

    field = forms.UUIDField()
    do = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")])
    reason = forms.CharField(required=False, max_length=1000)
    version = forms.IntegerField(min_value=0)


@door(Permission.MODERATE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Every change with an undecided field: how old, of which group, by whom, and what it touches."""
    waiting = Change.objects.waiting().select_related("service__organisation", "made_by").prefetch_related("fields")
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": [_row(change) for change in page], "page": page, **_furniture("Moderation")}
    return render(request, "directory/moderation/queue.html", context)


@door(Permission.MODERATE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One change: each field with what stands there now and what is proposed, side by side."""
    shown = get_object_or_404(Change.objects.select_related("service__organisation", "made_by").prefetch_related("fields"), pk=pk)
    if request.method == "POST":
        _decide(request, shown)
        return redirect("moderation-change" if _waits(pk) else "moderation", *([pk] if _waits(pk) else []))
    live = read_values(shown.service)
    fields = [_side_by_side(field, live[field.name]) for field in shown.fields.all()]
    context = {"change": shown, "fields": fields, "age": ago(shown.made_at.date()), **_furniture(shown.service.name, inside=True)}
    return render(request, "directory/moderation/change.html", context)


def _decide(request: HttpRequest, shown: Change) -> None:
    form = Decision(request.POST)
    if not form.is_valid():
        messages.error(request, "That was not a decision we can read. Please try again.")
        return
    field = get_object_or_404(ChangeField, pk=form.cleaned_data["field"], change=shown)
    label = FIELDS[field.name].label
    try:
        _carry_out(field, form.cleaned_data, by=request.user)
    except ValidationError as error:
        messages.error(
            request,
            f"{label}: {'say why; the group reads it' if 'reason' in getattr(error, 'error_dict', {}) else ' '.join(error.messages)}.",
        )
    except WrongState as error:
        messages.error(request, f"{label}: {error}")
    else:
        _say(request, label, FieldState(field.state))


def _carry_out(field: ChangeField, decision: dict[str, Any], *, by: Any) -> None:
    if decision["do"] == "accept":
        moderation.accept_field(field, by=by, seen_version=decision["version"])
    else:
        moderation.decline_field(field, by=by, reason=decision["reason"])


def _say(request: HttpRequest, label: str, state: FieldState) -> None:
    if state == FieldState.CONFLICT:
        messages.warning(request, f"{label} was changed by somebody else meanwhile. Nothing was overwritten: look at both and decide.")
    elif state == FieldState.ACCEPTED:
        messages.success(request, f"{label} is on the page now.")
    else:
        messages.success(request, f"{label} was declined. The group reads your reason.")


def _waits(pk: UUID) -> bool:
    return ChangeField.objects.filter(change_id=pk, state__in=FIELD_UNDECIDED).exists()


def _row(change: Change) -> dict[str, Any]:
    undecided = [field for field in change.fields.all() if field.state in FIELD_UNDECIDED]
    return {
        "change": change,
        "age": ago(change.made_at.date()),
        "by": _by(change),
        "labels": [FIELDS[field.name].label for field in undecided],
        "risky": any(FIELDS[field.name].risky for field in undecided),
        "conflict": any(field.state == FieldState.CONFLICT for field in undecided),
    }


def _by(change: Change) -> str:
    if change.made_by is None:
        return "Somebody who has left"
    return "An import" if change.made_by.is_service else change.made_by.get_full_name()


def _side_by_side(field: ChangeField, live: Any) -> dict[str, Any]:
    listing_field = FIELDS[field.name]
    changed_meanwhile = field.state in FIELD_UNDECIDED and live not in (field.old_value, field.new_value)
    return {
        "id": field.pk,
        "label": listing_field.label,
        "risky": listing_field.risky,
        "undecided": field.state in FIELD_UNDECIDED,
        "state": field.get_state_display(),
        "old": listing_field.words(field.old_value),
        "live": listing_field.words(live),
        "new": listing_field.words(field.new_value),
        "conflict": changed_meanwhile or field.state == FieldState.CONFLICT,
        "reason": field.reason,
    }


def _furniture(title: str, inside: bool = False) -> dict[str, Any]:
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("moderation") if inside else "", "label": "Moderation"},
    ]
    return {
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": [*crumbs, *([{"url": "", "label": title}] if inside else [])],
    }
