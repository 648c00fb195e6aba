"""/this-week/: the pages behind the links of reminders that say what is new this week. A GET shows one button and the POST does it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import this_week
from directory.accounts.doors import PUBLIC, door
from directory.change_states import FieldState
from directory.freshness import tokens, week_click
from directory.freshness.models import CheckToken, WeekPress
from directory.freshness.one_click import NotNow, Standing
from directory.locks import WAITS
from directory.models import Service
from directory.states import WrongState
from directory.views.this_week import days_posted, number_of_places

Does = WeekPress.Does
BUTTONS = {Does.PLACES: "We have places", Does.FULL: "We are full", Does.CLOSED: "Closed this week"}


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, token: str) -> HttpResponse:
    """One thing to say, and its button; afterwards what the page says now, and the way back."""
    told = tokens.of_week(token)
    row = CheckToken.objects.select_related("service__organisation", "reminder__user").filter(pk=told[0]).first() if told else None
    if told is None or row is None or told[1] not in Does.values or week_click.standing(row, told[1]) == Standing.OVER:
        return render(request, "freshness/week_over.html", status=404)
    does = Does(told[1])
    error = ""
    if request.method == "POST":
        try:
            _do(request, row, does)
            return redirect(request.path)
        except NotNow:
            return redirect(request.path)
        except ValidationError as wrong:
            error = " ".join(wrong.messages)
        except WrongState as wrong:
            error = str(wrong)
    return render(request, "freshness/week.html", _context(row, does, error), status=400 if error else 200)


def _do(request: HttpRequest, row: CheckToken, does: Does) -> None:
    if request.POST.get("do") == "back":
        week_click.take_back(row, does)
    else:
        left = number_of_places(request.POST.get("left", "")) if does == Does.PLACES else 0
        week_click.press(row, does, left=left, days=days_posted(request) if does == Does.CLOSED else ())


def _context(row: CheckToken, does: Does, error: str) -> dict[str, Any]:
    service = Service.objects.with_everything().get(pk=row.service_id)
    made = row.presses.filter(does=does).first()
    days = this_week.rest_of_week()
    return {
        "service": service,
        "lines": this_week.on_the_page(service),
        "error": error,
        "waits": f"{WAITS}." if service.locked else "",
        "made": made,
        "can_go_back": made is not None and made.change is not None and made.change.fields.filter(state=FieldState.LIVE).exists(),
        "does": str(does),
        "button": BUTTONS[does],
        "closed_words": this_week.closed_words(days[0], days[-1]),
        "days": " ".join(day.isoformat() for day in days),
        "places": service.spaces or 1,
        "to_member": row.reminder.to_member,
    }
