"""The buttons of the week beside what a listing's page says now: templates/directory/partner/this_week.html."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from directory import clock, this_week
from directory.change_states import FieldState
from directory.freshness import how_long_ago
from directory.listing_fields import FIELDS, SAFE
from directory.models import ChangeField, Service

DAY = timedelta(days=1)
# So long an edit can be taken back beside the buttons; afterwards on the page of the listing.
BACK_FOR = timedelta(days=7)
DAYS_OFFERED = 7


@dataclass(frozen=True)
class Choice:
    """Days that one press closes: `days` as they are posted."""

    label: str
    hint: str
    days: tuple[str, ...]


def choices() -> list[Choice]:
    """Today; what is left of this week; on Friday to Sunday the next week, too."""
    today = clock.today()
    sunday = today + (6 - today.weekday()) * DAY
    found = [Choice("Closed today", "", _span(today, today))]
    if today < sunday:
        found.append(Choice("Closed this week", f"to {this_week.day_words(sunday)}", _span(today, sunday)))
    if today.weekday() >= 4:
        found.append(Choice("Closed next week", f"to {this_week.day_words(sunday + 7 * DAY)}", _span(sunday + DAY, sunday + 7 * DAY)))
    return found


def single_days() -> list[tuple[str, str]]:
    """The next days one by one: (as it is posted, in words)."""
    today = clock.today()
    return [((today + ahead * DAY).isoformat(), this_week.day_words(today + ahead * DAY)) for ahead in range(DAYS_OFFERED)]


def panels(services: Iterable[Service], *, back: str = "home") -> dict[UUID, dict[str, Any]]:
    """For each of these listings (loaded with_everything) what partner/this_week.html shows. One query for all of them."""
    listed = list(services)
    lately, ways, each_day = _lately(listed), choices(), single_days()
    return {
        service.pk: {
            "service": service,
            "lines": this_week.on_the_page(service),
            "places": service.spaces or 1,
            "choices": ways,
            "days": each_day,
            "closed": this_week.is_closed_soon(service),
            "lately": lately.get(service.pk),
            "back": back,
        }
        for service in listed
    }


def _lately(services: list[Service]) -> dict[UUID, dict[str, Any]]:
    """The last edit of each that went live in these days and still is as it was said: its id, what it was, when."""
    by_id = {service.pk: service for service in services}
    fields = ChangeField.objects.filter(
        change__service__in=by_id, change__made_at__gt=clock.now() - BACK_FOR, state=FieldState.LIVE, name__in=SAFE
    ).select_related("change")
    latest: dict[UUID, list[ChangeField]] = {}
    for field in fields.order_by("-change__made_at", "change_id", "name"):
        held = latest.setdefault(field.change.service_id, [field])
        if held[0] is not field and held[0].change_id == field.change_id:
            held.append(field)
    return {
        pk: {
            "change": held[0].change_id,
            "what": ", ".join(FIELDS[field.name].label for field in held),
            "when": how_long_ago(held[0].change.made_at),
        }
        for pk, held in latest.items()
        if all(FIELDS[field.name].read(by_id[pk]) == field.new_value for field in held)
    }


def _span(first: date, last: date) -> tuple[str, ...]:
    return tuple((first + ahead * DAY).isoformat() for ahead in range((last - first).days + 1))
