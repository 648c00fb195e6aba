"""/partner/: a group's own listings. Every object is fetched through `.for_member(user)`, so that another group's does not exist here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.change_states import FieldState
from directory.drafts import keeping
from directory.freshness import checked_words, is_old
from directory.listing_fields import FIELDS
from directory.looks.counting import week_words
from directory.models import ChangeField, Service
from directory.opening import sentence
from directory.sections import Section
from directory.told import SectionStanding, Standing, standing, waiting_values
from directory.views.day_words import day_words
from directory.views.week_panel import panels

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
    """One of the user's own services, with everything; one that became part of another has nothing to keep any more. Raises Http404."""
    return get_object_or_404(Service.objects.for_member(request.user).filter(replaced_by=None).with_everything(), pk=pk)


@door(Permission.EDIT_LISTINGS)
@require_safe
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One listing: what a caller asks next, its sections, what waits, what was declined and why, and what can be undone."""
    merged = Service.objects.for_member(request.user).filter(pk=pk, replaced_by__isnull=False).select_related("replaced_by").first()
    if merged is not None:
        return _merged(request, merged)
    own = own_service(request, pk)
    fields = ChangeField.objects.filter(change__service=own).select_related("change").order_by("-change__made_at", "name")
    stands = standing(own, waiting_values([own]).get(own.pk, {}))
    context = {
        "service": own,
        "stands": stands,
        "next": next_question(own, stands),
        "tasks": section_tasks(own, stands, keeping.begun_sections(own, by=user_of(request))),
        "times": sentence(own) or ["Times not known"],
        "week": panels([own], back="service")[own.pk],
        "looks": week_words(own),
        "news": [_news(field, own) for field in fields[:MOST_NEWS]],
        **fresh_words(own),
    }
    return render(request, "directory/partner/service.html", context)


def _merged(request: HttpRequest, service: Service) -> HttpResponse:
    """Where a listing went that was one with another; the group may keep that one too, or not."""
    kept = service.replaced_by
    keeps = kept is not None and Service.objects.for_member(request.user).filter(pk=kept.pk).exists()
    return render(request, "directory/partner/merged.html", {"service": service, "kept": kept, "keeps": keeps})


def fresh_words(service: Service) -> dict[str, Any]:
    """When it was checked, in words, and whether that is too long ago."""
    return {"checked": checked_words(service), "old": is_old(service)}


def next_question(service: Service, stands: Standing) -> dict[str, str] | None:
    """What a caller asks next: the question, what to do about it, and where; None where all is told."""
    if stands.next is None:
        return None
    return {"question": stands.next.question, "say": stands.next.say, "url": f"{_address(stands.next.section, service)}#{stands.next.at}"}


def section_tasks(service: Service, stands: Standing, begun: Mapping[str, datetime]) -> list[dict[str, Any]]:
    """The sections of a listing with ticks; what was proposed is ticked too, since the rest is ours."""
    return [_section_task(service, each, begun.get(each.section.slug)) for each in stands.sections]


def tasks_of(service: Service, waiting: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a group does next for its listing, in a few lines; `waiting` is what told.waiting_values gives for it."""
    stands = standing(service, waiting)
    page = reverse("partner-service", args=[service.pk])
    asked = next_question(service, stands)
    told = f"{stands.told} of {len(stands.sections)} parts told"
    tasks: list[dict[str, Any]] = [
        {"title": asked["say"], "url": asked["url"], "done": False, "hint": f"Callers ask: {asked['question']} ({told})"}
        if asked
        else {"title": "Your page tells what callers ask", "url": page, "done": True, "hint": told},
        {"title": "Make sure that it is still right", "url": f"{page}#right", "done": not is_old(service)},
    ]
    if stands.waiting:
        words = "1 change waits for us" if stands.waiting == 1 else f"{stands.waiting} changes wait for us"
        tasks.append({"title": words, "url": f"{page}#news", "done": False, "state": "With us"})
    return tasks


def _section_task(service: Service, stands: SectionStanding, began: datetime | None) -> dict[str, Any]:
    hints = [fact.question for fact in stands.missing]
    task: dict[str, Any] = {"title": stands.section.title, "url": _address(stands.section, service), "done": stands.is_told}
    if stands.waiting:
        many = len(stands.waiting)
        task["due"] = "1 change waits for us" if many == 1 else f"{many} changes wait for us"
        task["state"] = "Waits for us" if stands.is_told else "To do"
    elif not stands.is_asked:
        task["state"] = "If you like"
    if hints:
        task["hint"] = f"Callers ask: {' '.join(hints)}"
    if began:
        task["due"] = " ".join(filter(None, [f"You wrote something {day_words(began)} and have not sent it.", task.get("due", "")]))
    return task


def _address(section: Section, service: Service) -> str:
    return reverse(section.url_name, args=[service.pk])


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
