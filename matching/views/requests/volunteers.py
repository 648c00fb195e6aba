"""Asking one or a few volunteers at once for an errand, or one for what is regular: tick boxes, with who has a rest."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching import matches
from matching.candidates import candidates_for, store_offered, verdict_on
from matching.models import Ask, Volunteer
from matching.offering.rest import resting
from matching.offering.words import moment_words
from matching.people import keep_look
from matching.rules.activities import rules
from matching.rules.errands import is_errand
from matching.states import MATCH_OPEN, AskState
from matching.suggesting.volunteers import VolunteerCandidate
from matching.views.typed import key_in, words_of_error


@door(Permission.MATCH)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_volunteers(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Choose and ask. A form that has grown old asks nobody and says why."""
    ask = get_object_or_404(Ask.objects.select_related("person", "need"), pk=ask_id)
    if request.method == "POST":
        try:
            asked = _asked(request, ask)
            messages.success(request, f"{_listed(asked)} asked. They see the need, the area and the times, not who it is.")
            return redirect("desk-match", ask.pk)
        except (ValidationError, WrongState) as error:
            messages.error(request, words_of_error(error))
            return redirect("desk-ask-volunteers", ask.pk)
    if ask.person is not None:
        keep_look(ask.person, by=user_of(request), where="desk-match")
    found = candidates_for(ask, by=user_of(request)).volunteers if ask.state == AskState.OPEN else []
    context = {
        "ask": ask,
        "rows": _rows(ask, found),
        "several": is_errand(ask),
        "most": matches.MOST_AT_ONCE,
        "is_open": ask.state == AskState.OPEN,
    }
    return render(request, "matching/ask_volunteers.html", context)


def _asked(request: HttpRequest, ask: Ask) -> list[str]:
    """Whoever was chosen from a list, or looked at by number: each is held against the request once more, as they are now."""
    by, wanted = user_of(request), set(request.POST.getlist("volunteer")[: matches.MOST_AT_ONCE + 1])
    helpers = list(Volunteer.objects.filter(pk__in=[key for key in map(key_in, wanted) if key]))
    verdicts = [verdict_on(volunteer, ask, by=by) for volunteer in helpers]
    chosen = [each for each in verdicts if isinstance(each, VolunteerCandidate)]
    if not chosen or len(chosen) != len(wanted):
        raise ValidationError("Something has changed since this page was opened, and nobody was asked. Choose again.")
    found = candidates_for(ask, by=by)
    activities = {each.activity for each in chosen}
    if len(activities) > 1:
        raise ValidationError("These volunteers would do different things. Choose those who would do the same.")
    store_offered(ask, found, by=by)
    made = matches.offer_to(ask, [each.volunteer for each in chosen], by=by, activity=activities.pop())
    return [str(match.volunteer) for match in made]


def _rows(ask: Ask, found: Iterable[VolunteerCandidate]) -> list[dict[str, Any]]:
    rest = resting()
    waiting = set(ask.matches.filter(state__in=MATCH_OPEN).values_list("volunteer_id", flat=True))
    known = rules()
    return [
        {
            "key": each.volunteer.pk,
            "name": str(each.volunteer),
            "village": each.volunteer.village,
            "points": each.points,
            "why": [part.text for part in each.parts if part.text and part.points > 0],
            "activity": known[each.activity].label if each.activity in known and not ask.activity else "",
            "rather": each.rather,
            "rests": moment_words(rest[each.volunteer.pk]) if each.volunteer.pk in rest else "",
            "asked": each.volunteer.pk in waiting,
        }
        for each in found
    ]


def _listed(names: list[str]) -> str:
    return f"{names[0]} was" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} were"
