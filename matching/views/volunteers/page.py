"""/volunteer/: for visitors, how to help; for a volunteer, own offers and people, on a small phone."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directory.accounts.doors import PUBLIC, door, user_of
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.opening_words import hours
from matching import matches
from matching.models import Match, Volunteer
from matching.offering.cards import introductions
from matching.offering.words import moment_words
from matching.states import MATCH_TAKEN, MatchState
from matching.views.groups.words import offer_cards
from matching.views.volunteers.words import hours_words
from matching.visiting.lists import pairs_of, visits_of
from matching.volunteer_states import VOLUNTEER_GONE, VOLUNTEER_HERE, VOLUNTEER_KNOWS, VolunteerStatus
from matching.windows import DAYS


@door(PUBLIC)
def volunteer(request: HttpRequest) -> HttpResponse:
    """Own offers and people for a volunteer; how to become one for everybody else."""
    if not allowed(request.user, Permission.VOLUNTEER):
        return render(request, "matching/volunteering.html")
    own = Match.objects.filter(volunteer__user=user_of(request)).select_related("ask__need", "ask__person", "volunteer")
    row = Volunteer.objects.filter(user=user_of(request)).first()
    status = row.status if row is not None else ""
    knows = status in VOLUNTEER_KNOWS
    context = {
        "here": status in VOLUNTEER_HERE,
        "gone": status in VOLUNTEER_GONE,
        "waits": status in (VolunteerStatus.APPLIED, VolunteerStatus.CHECKING),
        "rests": status == VolunteerStatus.PAUSED,
        "month": hours_words(row) if row is not None else "",
        "visits": visits_of(row, by=user_of(request)) if knows and row is not None else [],
        "pairs": pairs_of(row) if knows and row is not None else [],
        "groups": offer_cards(user_of(request)),
        "offers": [_offer(row) for row in own.filter(state=MatchState.OFFERED)],
        "people": _people(own.filter(state__in=MATCH_TAKEN), user_of(request)) if knows else [],
    }
    return render(request, "matching/volunteer.html", context)


def _offer(row: Match) -> dict[str, Any]:
    card = matches.offer_card(row)
    times = [f"{DAYS[day]} {hours(_clock(start), _clock(end))}" for day, start, end in card.windows]
    return {
        "id": row.pk,
        "need": card.need,
        "activity": card.activity,
        "area": card.area or "in the valley",
        "often": card.often,
        "minutes": card.minutes,
        "times": times or ["Any time that suits you"],
        "reasons": card.reasons,
        "answer_by": moment_words(card.answer_by) if card.answer_by else "",
    }


def _clock(minutes: int) -> time:
    """A minute of the day; the last one is midnight."""
    return time(minutes // 60 % 24, minutes % 60)


def _people(rows: Iterable[Match], user: User) -> list[dict[str, Any]]:
    here = list(rows)
    shown = [row for row in here if row.state in (MatchState.INTRODUCED, MatchState.ACTIVE) and row.ask.person]
    known = introductions(shown, by=user)
    return [
        {
            "id": row.pk,
            "need": row.ask.need.name,
            "area": row.ask.area_name,
            "state": row.state,
            "introduction": known.get(row.pk),
        }
        for row in here
    ]
