"""/partner/: a group's own listings. Every object is fetched through `.for_member(user)`, so that another group's does not exist here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.freshness import checked_words, is_old
from directory.listing_fields import FIELDS, FOR_PARTNERS, read_values
from directory.models import ChangeField, Service
from directory.opening import sentence

MOST_NEWS = 20
STATE_WORDS = {
    FieldState.WAITING: ("We are looking at it", "river"),
    FieldState.CONFLICT: ("We are looking at it: it changed meanwhile", "river"),
    FieldState.ACCEPTED: ("On your page", "moss"),
    FieldState.DECLINED: ("Not taken over", "clay"),
    FieldState.LIVE: ("On your page", "moss"),
    FieldState.UNDONE: ("Taken back", "stone"),
}


def own_service(request: HttpRequest, pk: UUID) -> Service:
    """One of the user's own services, with everything. Raises Http404."""
    return get_object_or_404(Service.objects.for_member(request.user).with_everything(), pk=pk)


@door(Permission.EDIT_LISTINGS)
@require_safe
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One listing: what is to do, what waits, what was declined and why, and what can be undone."""
    own = own_service(request, pk)
    fields = ChangeField.objects.filter(change__service=own).select_related("change").order_by("-change__made_at", "name")
    context = {
        "service": own,
        "tasks": tasks_of(own, sum(field.state in FIELD_UNDECIDED for field in fields)),
        "times": sentence(own) or ["Times not known"],
        "news": [_news(field, own) for field in fields[:MOST_NEWS]],
        **fresh_words(own),
    }
    return render(request, "directory/partner/service.html", context)


@door(Permission.EDIT_LISTINGS)
@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The listing as visitors read it, with what waits marked beside each part."""
    own = own_service(request, pk)
    live = read_values(own)
    waiting = ChangeField.objects.filter(change__service=own, state__in=FIELD_UNDECIDED).order_by("change__made_at")
    proposed = {field.name: FIELDS[field.name].words(field.new_value) for field in waiting}
    rows = [
        _preview_row(name, live[name], proposed.get(name)) for name in FIELDS if name in FOR_PARTNERS and name not in ("name", "summary")
    ]
    context = {"service": own, "rows": [row for row in rows if row["value"] or row["hint"]], "proposed": proposed, **fresh_words(own)}
    return render(request, "directory/partner/preview.html", context)


def _preview_row(name: str, value: Any, proposed: str | None) -> dict[str, Any]:
    words = FIELDS[name].words(value).split("\n") if value not in (None, "", [], {}) else []
    return {"label": FIELDS[name].label, "value": words, "hint": f"Waits for us: {proposed}" if proposed else ""}


def fresh_words(service: Service) -> dict[str, Any]:
    """When it was checked, in words, and whether that is too long ago."""
    return {"checked": checked_words(service), "old": is_old(service)}


def tasks_of(service: Service, waiting: int) -> list[dict[str, Any]]:
    """What a group does for its listing, with ticks."""
    edit, now = reverse("partner-edit", args=[service.pk]), reverse("partner-now", args=[service.pk])
    has_phone = any(contact.phone for contact in service.contacts.all())
    has_times = bool(service.schedules.all())
    reached = bool(service.areas.all()) or bool(service.at_locations.all())
    tasks = [
        {"title": "Say how people reach you by phone", "url": now, "done": has_phone},
        {"title": "Say when you are open", "url": f"{now}#times", "done": has_times},
        {"title": "Say where you are, or which area you cover", "url": edit, "done": reached},
        {
            "title": "Say what happens first",
            "url": edit,
            "done": bool(service.how_to_access),
            "hint": "Can people just turn up? That is asked most.",
        },
        {
            "title": "Make sure that it is still right",
            "url": reverse("partner-service", args=[service.pk]) + "#right",
            "done": not is_old(service),
        },
    ]
    if waiting:
        words = "1 change waits for us" if waiting == 1 else f"{waiting} changes wait for us"
        tasks.append({"title": words, "url": reverse("partner-service", args=[service.pk]) + "#news", "done": False, "state": "With us"})
    return tasks


def _news(field: ChangeField, service: Service) -> dict[str, Any]:
    listing_field = FIELDS[field.name]
    words, tone = STATE_WORDS[FieldState(field.state)]
    still_so = field.state == FieldState.LIVE and listing_field.read(service) == field.new_value
    return {
        "id": field.pk,
        "label": listing_field.label,
        "before": listing_field.words(field.old_value),
        "after": listing_field.words(field.new_value),
        "at": field.change.made_at,
        "state": words,
        "tone": tone,
        "reason": field.reason,
        "can_undo": still_so,
    }
