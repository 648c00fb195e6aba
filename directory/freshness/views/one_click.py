"""/still-right/: the pages behind the links of reminders. A GET shows one button and the POST does it: mail programmes open links by themselves."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import PUBLIC, door
from directory.freshness import checked_words, one_click, tokens
from directory.freshness.facts import facts_of, is_told, lines
from directory.freshness.models import CheckToken, Reminder
from directory.freshness.one_click import Standing
from directory.listing_fields import FIELDS
from directory.models import Service


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def right(request: HttpRequest, token: str) -> HttpResponse:
    """One listing as it stands, and the button "still right"; afterwards thanks, and what else this mail asked about."""
    row = _token(token)
    if row is None:
        return _over(request)
    if request.method == "POST":
        try:
            one_click.say_right(row, version=_number(request.POST.get("version", "")))
        except one_click.ChangedMeanwhile:
            return _ask(request, row, changed=True)
        except one_click.NotNow:
            pass
        return redirect(request.path)
    how = one_click.standing(row)
    if how == Standing.OVER:
        return _over(request)
    if how == Standing.DONE:
        return render(request, "freshness/right_done.html", {"service": row.service, "others": _others(row), **_us()})
    return _ask(request, row)


@door(PUBLIC)
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more reminders, by a button here or by the one of a mail programme (RFC 8058), which knows of no token but the address itself."""
    pk = tokens.of_stop(token)
    reminder = Reminder.objects.filter(pk=pk).first() if pk else None
    if reminder is None:
        return _over(request)
    if request.method == "POST":
        one_click.want_no_mail(reminder)
    return render(request, "freshness/stopped.html", {"stopped": request.method == "POST", **_us()})


def _ask(request: HttpRequest, row: CheckToken, changed: bool = False) -> HttpResponse:
    service = row.service
    context = {
        "service": service,
        "rows": _facts(service),
        "checked": checked_words(service),
        "changed": changed,
        "change_url": reverse("partner-service", args=[service.pk]) if row.reminder.to_member else "",
        **_us(),
    }
    return render(request, "freshness/right.html", context, status=409 if changed else 200)


def _token(text: str) -> CheckToken | None:
    pk = tokens.of_right(text)
    rows = CheckToken.objects.select_related("service__organisation", "reminder__user")
    return rows.filter(pk=pk).first() if pk else None


def _facts(service: Service) -> list[dict[str, Any]]:
    """What stands on the page, without what is empty."""
    told = {name: value for name, value in facts_of(service).items() if is_told(value)}
    return [{"label": FIELDS[name].label, "value": lines(name, value)} for name, value in told.items()]


def _others(row: CheckToken) -> list[dict[str, str]]:
    """The other listings of the same mail that wait for a word."""
    rest = CheckToken.objects.filter(reminder=row.reminder, used_at=None).exclude(pk=row.pk).select_related("service", "reminder__user")
    waiting = [other for other in rest if one_click.standing(other) == Standing.OPEN]
    return [{"name": other.service.name, "url": tokens.right_path(other.pk)} for other in waiting]


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "freshness/right_over.html", _us(), status=404)


def _us() -> dict[str, str]:
    return {"phone": settings.SITE_PHONE, "phone_hours": settings.SITE_PHONE_HOURS}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
