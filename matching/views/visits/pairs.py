"""Two who come together, at the desk: telling the person who it is, their yes, the first visits, going on, the end. And the letter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching import matches
from matching.desk_states import TaskState
from matching.models import Match, Task, Visit
from matching.offering.words import minute_words, moment_words
from matching.people import keep_look
from matching.persons.contacts import needs_of
from matching.persons.needs import printed_letter
from matching.rules.activities import rules
from matching.rules.errands import is_errand
from matching.states import MATCH_OPEN, MatchState, VisitState
from matching.views.referrals.steps import show_errors
from matching.views.visits.forms import BeginForm, GoOnForm, MomentForm
from matching.views.visits.refused import why
from matching.visiting.lists import first_name, visitor_of
from matching.visiting.trial import begin, go_on, plan_trial, seen
from matching.volunteering.looks import keep_volunteer_look
from matching.windows import DAYS

_FORMS = {"active": "begin", "trial": "trial", "go_on": "go_on"}


@door(Permission.MATCH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """What to say to the person and how to reach them, step by step; the look is kept."""
    if request.method == "POST" and (over := _over(match_id)) is not None:
        messages.info(request, "This has ended meanwhile, and nothing was done.")
        return redirect("desk-match", over.ask_id)
    found = _found(match_id)
    sent = request.POST.get("to", "") if request.method == "POST" else ""
    forms = {
        "begin": BeginForm(request.POST if sent == "active" else None, initial={"minutes": found.ask.minutes}),
        "trial": MomentForm(request.POST if sent == "trial" else None, initial={"minutes": found.ask.minutes}, auto_id="trial_%s"),
        "go_on": GoOnForm(request.POST if sent == "go_on" else None, initial={**_agreed(found), "seen": seen(found)}),
    }
    if request.method == "POST" and (answer := _step(request, found, sent, forms)) is not None:
        return answer
    if found.ask.person is not None:
        keep_look(found.ask.person, by=user_of(request), where="desk-pair")
    keep_volunteer_look(found.volunteer, by=user_of(request), where="desk-pair")
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "matching/pair.html", {**_shown(found), **forms}, status=400 if wrong else 200)


@door(Permission.MATCH)
@never_cache
@require_safe
def letter(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """A letter to the person, to print: who would like to come, and what they can answer. The look is kept."""
    found = _found(match_id)
    if found.ask.person is None or found.state not in (MatchState.ACCEPTED, MatchState.INTRODUCED):
        raise Http404
    keep_look(found.ask.person, by=user_of(request), where="letter")
    keep_volunteer_look(found.volunteer, by=user_of(request), where="letter")
    return render(request, "matching/letter.html", {**_shown(found), "today": clock.today()})


def _found(match_id: UUID) -> Match:
    rows = Match.objects.select_related("ask__need", "ask__person", "volunteer")
    return get_object_or_404(rows, pk=match_id, state__in=MATCH_OPEN)


def _over(match_id: UUID) -> Match | None:
    """For a page that was opened before it ended."""
    return Match.objects.filter(pk=match_id).exclude(state__in=MATCH_OPEN).first()


def _step(request: HttpRequest, found: Match, to: str, forms: dict[str, Any]) -> HttpResponse | None:
    """Take a step. None where a form is shown again with its faults."""
    form = forms.get(_FORMS.get(to, ""))
    if form is not None and not form.is_valid():
        return None
    try:
        said_by = request.POST.get("said_by", "")
        said = {"said_by": said_by if said_by in matches.SaidBy.values else "", "mark": request.POST.get("seen", "")}
        told = form.cleaned_data if form is not None else said
        messages.success(request, _taken(found, to, told, by=user_of(request)))
    except ValidationError as error:
        if form is None:
            raise
        show_errors(form, error)
        return None
    except WrongState as error:
        messages.error(request, why(error, user_of(request)))
    found.refresh_from_db(fields=["state"])
    return redirect("desk-pair", found.pk) if found.state in MATCH_OPEN else redirect("desk-match", found.ask_id)


def _taken(found: Match, to: str, told: dict[str, Any], *, by: User) -> str:
    if to == MatchState.INTRODUCED:
        matches.introduce(found, by=by)
        return "Noted: the person knows who it is, and the volunteer sees whom they would help."
    if to == MatchState.ACTIVE:
        if told.get("starts_at"):
            begin(found, told["starts_at"], by=by, how=told["how"], minutes=told["minutes"])
            return "They start. The first visits are planned."
        matches.start(found, by=by, how=told["how"])
        return "They start. Plan the first visit as soon as they have settled on a day."
    if to == "trial":
        plan_trial(found, told["starts_at"], by=by, minutes=told["minutes"])
        return "The first visits are planned."
    if to == "go_on":
        go_on(found, by=by, times=told["times"], mark=told["seen"])
        return "Noted: they go on."
    if to == MatchState.DECLINED:
        declined = matches.decline(found, by=by, **told)
        return f"Noted: it does not go ahead. No reason is needed.{_rung(declined)}"
    if to == MatchState.ENDED:
        ended = matches.end(found, by=by, **told)
        return f"Noted: it has ended, and planned visits are cancelled. No reason is needed.{_rung(ended)}"
    raise WrongState("Choose what to do.")


def _rung(match: Match) -> str:
    rings = match.tasks.filter(kind=Task.Kind.RING, state=TaskState.OPEN, once=f"told-{match.state}-{match.pk}")
    return " Ringing the other one stands on today's list." if rings.exists() else ""


def _agreed(found: Match) -> dict[str, Any]:
    """When they meet by now: as agreed, or as the last visit was."""
    if found.times:
        weekday, minute = found.times[0]
        return {"weekday": weekday, "at": f"{minute // 60:02}:{minute % 60:02}"}
    last = found.visits.exclude(state=VisitState.CANCELLED).order_by("-starts_at").first() if found.state == MatchState.ACTIVE else None
    if last is None:
        return {}
    local = clock.local(last.starts_at)
    return {"weekday": local.weekday(), "at": f"{local:%H:%M}"}


def _shown(found: Match) -> dict[str, Any]:
    ask, rule = found.ask, rules().get(found.ask.activity)
    visits = list(found.visits.select_related("volunteer").order_by("-starts_at")[:12])
    told = [row for row in visits if row.state != VisitState.PLANNED]
    return {
        "match": found,
        "seen": matches.end_seen(found),
        "ask": ask,
        "person": ask.person,
        "printed": printed_letter(needs_of(ask.person)),
        "volunteer": found.volunteer,
        "first_name": first_name(found.volunteer),
        "activity": rule.label if rule else ask.need.name,
        "errand": is_errand(ask),
        "needs_trial": found.state == MatchState.ACTIVE and not is_errand(ask) and not found.visits.exists(),
        "review_due": found.review_on is not None and found.review_on <= clock.today(),
        "times": [f"{DAYS[weekday]} at {minute_words(minute)}" for weekday, minute in found.times],
        "visits_next": [_line(row) for row in reversed(visits) if row not in told],
        "visits_before": [_line(row) for row in told],
    }


def _line(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.pk,
        "when": moment_words(visit.starts_at),
        "who": visitor_of(visit),
        "state": visit.get_state_display() if visit.state != VisitState.PLANNED or visit.starts_at > clock.now() else "How was it?",
        "trial": visit.trial,
    }
