"""/account/manage/activities/: what volunteers may do here, and by which rule. Administrators decide what is open; coordinators read it."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.models import Need
from matching.eligibility import ActivityRule, ByVolunteers
from matching.models import ActivityDecision, VolunteerActivity
from matching.rules.decisions import confirm_activity, in_force, open_limited, rules_in_force
from matching.rules.words import check_words, conditions_of, needs_of, sources_of
from matching.views.persons.forms import date_input
from matching.views.referrals.steps import show_errors
from matching.volunteering.closing import GoingOn, going_on, take_back

Kind = ActivityDecision.Kind
HERE = "volunteer-activities"
VERBS = {Kind.CONFIRMED: confirm_activity, Kind.OPENED: open_limited}
DONE = {Kind.CONFIRMED: "Confirmed.", Kind.OPENED: "Opened for our volunteers."}
BUTTONS = {Kind.CONFIRMED: "A professional has confirmed it", Kind.OPENED: "Open it for our volunteers"}
# In the order of the page: (words above the list, what belongs there).
LISTS = {
    "waiting": "Waits for a professional",
    "limited": "Open only where we open it",
    "open": "Volunteers may do this",
    "never": "No volunteer does this",
}
TAGS = {"waiting": "clay", "limited": "sun", "open": "moss", "never": "stone"}


class DecisionForm(forms.Form):
    """Who says so, when, and where it is laid down."""

    professional = forms.CharField(
        label="Who looked at the rule?", max_length=120, help_text="Name and part, such as: Dr A. Example, safeguarding adviser."
    )
    on = forms.DateField(label="When?", widget=date_input())
    source = forms.CharField(
        label="Where is it written?", max_length=300, help_text="A letter, minutes, a policy: so that somebody else finds it."
    )

    def __init__(self, kind: Kind, data: Any = None) -> None:
        super().__init__(data, prefix=kind.value, initial={"on": clock.today()})


@door((Permission.MANAGE_ACCOUNTS, Permission.MATCH))
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activities(request: HttpRequest) -> HttpResponse:
    """All of them, or with ?of= one with what was decided about it; a decision is posted there too."""
    slug = request.GET.get("of", "")
    if not slug and request.method != "POST":
        return _all(request)
    rule = rules_in_force().get(slug)
    if rule is None:
        raise Http404
    if request.method != "POST":
        return _one(request, rule)
    do = request.POST.get("do", "")
    if do == "withdraw":
        return _withdraw(request, rule)
    if do not in VERBS:
        raise Http404
    return _decide(request, rule, Kind(do))


def _all(request: HttpRequest) -> HttpResponse:
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
    for rule in rules_in_force().values():
        waits = rule.professional_review and not rule.confirmed
        lists[list_of(rule)].append({"rule": rule, "check": check_words(rule), "conditions": conditions_of(rule), "waits": waits})
    shown = [(LISTS[name], TAGS[name], rows) for name, rows in lists.items() if rows]
    context = {"lists": shown, "decides": allowed(request.user, Permission.MANAGE_ACCOUNTS)}
    return render(request, "matching/volunteers/activities.html", context)


def list_of(rule: ActivityRule) -> str:
    """Where an activity stands: a name of LISTS."""
    if rule.volunteer == ByVolunteers.NO:
        return "never"
    if rule.open_to_volunteers:
        return "open"
    return "waiting" if rule.professional_review and not rule.confirmed else "limited"


def _decide(request: HttpRequest, rule: ActivityRule, kind: Kind) -> HttpResponse:
    """Sent twice it is decided once; where somebody else was quicker, both are shown."""
    form = DecisionForm(kind, request.POST)
    if not form.is_valid():
        return _one(request, rule, form)
    told = form.cleaned_data
    try:
        made = VERBS[kind](rule.slug, by=user_of(request), **told)
    except ValidationError as error:
        show_errors(form, error)
        return _one(request, rule, form)
    if any(getattr(made, name) != value for name, value in told.items()):
        return _one(request, rules_in_force()[rule.slug], unsaved=told)
    messages.success(request, DONE[kind])
    return _back(rule)


def _withdraw(request: HttpRequest, rule: ActivityRule) -> HttpResponse:
    try:
        decision = ActivityDecision.objects.filter(pk=UUID(request.POST.get("decision", "")), activity=rule.slug).first()
    except ValueError:
        decision = None
    if decision is None:
        raise Http404
    take_back(decision, by=user_of(request))
    messages.success(request, "Taken back, from today on.")
    return _back(rule)


def _back(rule: ActivityRule) -> HttpResponse:
    return redirect(f"{reverse(HERE)}?of={rule.slug}")


def _one(request: HttpRequest, rule: ActivityRule, form: DecisionForm | None = None, unsaved: dict[str, Any] | None = None) -> HttpResponse:
    """unsaved: what somebody wanted to write down when another had just decided."""
    decides = allowed(request.user, Permission.MANAGE_ACCOUNTS)
    standing = in_force(rule.slug)
    acts = [_act(kind, form) for kind in _may_decide(rule, standing)] if decides else []
    now = going_on(rule.slug)
    context = {
        "rule": rule,
        "going_on": _going_on_words(now),
        "stands": LISTS[list_of(rule)],
        "tone": TAGS[list_of(rule)],
        "rows": _rows(rule, now),
        "decisions": [_told(each) for each in standing.values()],
        "decides": decides,
        "acts": acts,
        "unsaved": _unsaved(unsaved) if unsaved else None,
        "wrong": form is not None,
    }
    return render(request, "matching/volunteers/activity.html", context, status=409 if unsaved else 400 if form is not None else 200)


def _may_decide(rule: ActivityRule, standing: dict[str, ActivityDecision]) -> list[Kind]:
    """What is still to decide; a real decision takes the place of one for the demonstration."""
    wanted = [Kind.CONFIRMED] if rule.professional_review else []
    wanted += [Kind.OPENED] if rule.volunteer == ByVolunteers.LIMITED else []
    return [kind for kind in wanted if kind not in standing or standing[kind].demo]


def _act(kind: Kind, form: DecisionForm | None) -> dict[str, Any]:
    bound = form is not None and form.prefix == kind.value
    return {"do": kind.value, "button": BUTTONS[kind], "form": form if bound else DecisionForm(kind), "open": bound}


def _going_on_words(now: GoingOn) -> str:
    """Such as "3 pairs meet for this, 4 visits planned"; empty where nothing goes on."""
    parts = [
        (now.pairs, "pair meets for this", "pairs meet for this"),
        (now.offers, "offer or introduction under way", "offers and introductions under way"),
        (now.groups, "small group", "small groups"),
        (now.visits, "visit planned", "visits planned"),
    ]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count)


def _rows(rule: ActivityRule, now: GoingOn) -> list[dict[str, Any]]:
    need = Need.objects.filter(slug=rule.need).values_list("name", flat=True).first()
    offering = VolunteerActivity.objects.filter(activity=rule.slug).count()
    return [
        {"label": "For the need", "value": need or rule.need},
        {"label": "Check", "value": check_words(rule)},
        {"label": "Besides", "value": needs_of(rule) or "Nothing more"},
        {"label": "By which rule", "value": sources_of(rule)},
        {"label": "Volunteers who offer it", "value": str(offering)},
        {"label": "Going on now", "value": _going_on_words(now) or "Nothing"},
    ]


def _told(decision: ActivityDecision) -> dict[str, Any]:
    by = decision.by.get_full_name() if decision.by is not None else "somebody who is no longer here"
    return {
        "id": decision.pk,
        "title": decision.get_kind_display(),
        "words": f"{decision.professional}, {_day(decision.on)}. {decision.source}",
        "by": by,
        "demo": decision.demo,
    }


def _unsaved(told: dict[str, Any]) -> list[dict[str, Any]]:
    fields = DecisionForm.base_fields
    return [{"label": fields[name].label, "value": _day(value) if isinstance(value, date) else value} for name, value in told.items()]


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
