"""/volunteer/join/: somebody would like to help. Short steps, back always works, "ring me instead" on each; no account, no JavaScript.

What was said so far is locked away in the visitor's session, and gone when it is sent, or after two hours.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock, throttle
from directory.accounts.doors import PUBLIC, door
from directory.personal.crypto import CannotDecrypt, decrypt, encrypt
from directory.suggestions.forms import HONEYPOT
from matching.asking.promises import promise_words, promised_day
from matching.rules.activities import rules
from matching.views.volunteers.forms import LikesForm, RefereesForm, WhenForm, WhoForm
from matching.volunteering.signing_up import apply

KEY, SENT = "volunteer_join", "volunteer_join_sent"
LASTS = timedelta(hours=2)
MOST_BEGUN, MOST_SENT, SECONDS = 60, 10, 60 * 60
MOST_LETTERS = 20_000

STEPS: dict[str, tuple[str, type[forms.Form]]] = {
    "likes": ("What would you like to do?", LikesForm),
    "when": ("When, and how far?", WhenForm),
    "who": ("Who are you?", WhoForm),
    "referees": ("Who knows you?", RefereesForm),
}
TEXTS = {
    "likes": "Tick whatever you might enjoy. Nothing is settled by it: we talk first.",
    "when": "As much or as little as you like.",
    "who": "So that we can ring you back.",
    "referees": "Two people who are not family: a neighbour, somebody from work or a club. You can also tell us later.",
}
LAST = "check"


@door(PUBLIC)
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """The address to begin at; `activity` in it, as on our notices, is already ticked."""
    wished = _wished(request)
    return redirect(reverse("volunteer-join-step", args=[next(iter(STEPS))]) + (f"?activity={wished}" if wished else ""))


@door(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One step; what is not right in an earlier one is asked again at the end."""
    if name == LAST:
        return _check(request)
    if name not in STEPS:
        raise Http404
    draft = _draft(request)
    if request.method != "POST":
        return _page(request, name, _form(name, draft, _wished(request)))
    form = STEPS[name][1](request.POST)
    draft["said"][name] = {key: request.POST.getlist(key) for key in form.fields if key in request.POST}
    if not form.is_valid():
        return _page(request, name, form)
    if KEY not in request.session and not throttle.take(
        "volunteer-join-begun", throttle.address_of(request), most=MOST_BEGUN, seconds=SECONDS
    ):
        return render(request, "429.html", status=429)
    _keep(request, draft)
    return redirect("volunteer-join-step", _after(name))


@door(PUBLIC)
@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """When we ring; nothing of who it is."""
    return render(request, "matching/volunteering/thanks.html", {"promise": promise_words(promised_day(settings.SITE_PHONE_HOURS), "")})


def _check(request: HttpRequest) -> HttpResponse:
    """All that was said, each with a way back to it; then it is sent."""
    draft = _draft(request)
    bound = {name: STEPS[name][1](_data(draft["said"].get(name, {}))) for name in STEPS}
    wrong = next((name for name, form in bound.items() if name not in draft["said"] or not form.is_valid()), None)
    if wrong is not None:
        # Of two clicks the second comes when all is sent, and nothing is left to check.
        if request.method == "POST" and request.session.get(SENT):
            return redirect("volunteer-join-thanks")
        return redirect("volunteer-join-step", wrong)
    if request.method != "POST":
        return render(request, "matching/volunteering/check.html", _context(LAST) | {"rows": _rows(bound)})
    if request.POST.get(HONEYPOT):
        return redirect("volunteer-join-thanks")
    if throttle.count("volunteer-join", throttle.address_of(request), seconds=SECONDS) > MOST_SENT:
        return render(request, "429.html", status=429)
    likes, when, who, referees = (bound[name].values() for name in STEPS)  # type: ignore[attr-defined]
    try:
        apply(UUID(draft["mark"]), referees=referees, **likes, **when, **who)
    except ValidationError as error:
        return _refused(request, bound, error)
    request.session.pop(KEY, None)
    request.session[SENT] = True
    return redirect("volunteer-join-thanks")


def _refused(request: HttpRequest, bound: dict[str, forms.Form], error: ValidationError) -> HttpResponse:
    """Back to the step whose question it is."""
    for field, texts in error.message_dict.items():
        name = next((name for name, form in bound.items() if field in form.fields), "who")
        for text in texts:
            bound[name].add_error(field if field in bound[name].fields else None, text)
    name = next(name for name, form in bound.items() if form.errors)
    return _page(request, name, bound[name])


def _page(request: HttpRequest, name: str, form: forms.Form) -> HttpResponse:
    context = _context(name) | {"form": form, "text": TEXTS[name], "days": form.days() if isinstance(form, WhenForm) else None}
    return render(request, "matching/volunteering/step.html", context, status=400 if form.errors else 200)


def _context(name: str) -> dict[str, Any]:
    names = [*STEPS, LAST]
    place = names.index(name)
    back = reverse("volunteer-join-step", args=[names[place - 1]]) if place else reverse("volunteer")
    title = STEPS[name][0] if name in STEPS else "Is this right?"
    return {
        "title": title,
        "name": name,
        "place": f"Step {place + 1} of {len(names)}",
        "back": back,
        "here": reverse("volunteer-join-step", args=[name]),
        "honeypot": HONEYPOT,
    }


def _after(name: str) -> str:
    names = [*STEPS, LAST]
    return names[names.index(name) + 1]


def _form(name: str, draft: dict[str, Any], wished: str = "") -> forms.Form:
    """As it was left; a new one with what a notice asked for."""
    form = STEPS[name][1]
    return form(_data(draft["said"][name])) if name in draft["said"] else form(initial={"activities": [wished]} if wished else {})


def _wished(request: HttpRequest) -> str:
    """The activity that the address names, if there is such a one."""
    named = request.GET.get("activity", "")
    return named if named in rules() else ""


def _data(said: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, values in said.items():
        data.setlist(key, values)
    return data


def _draft(request: HttpRequest) -> dict[str, Any]:
    """{mark, at, said: {step: {field: [text]}}}; an empty one where there is none, it is too old, or no key opens it."""
    try:
        held = json.loads(decrypt(request.session[KEY]))
        if clock.now().timestamp() - held["at"] < LASTS.total_seconds():
            return dict(held)
    except (KeyError, TypeError, ValueError, CannotDecrypt):
        pass
    return {"mark": str(uuid4()), "said": {}}


def _keep(request: HttpRequest, draft: dict[str, Any]) -> None:
    text = json.dumps({**draft, "at": clock.now().timestamp()})
    if len(text) <= MOST_LETTERS:
        request.session[KEY] = encrypt(text)


def _rows(bound: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """In the shape of the summary component."""
    return [
        {"label": label, "value": value, "change_url": reverse("volunteer-join-step", args=[name])} for name, label, value in _said(bound)
    ]


def _said(bound: dict[str, Any]) -> list[tuple[str, str, Any]]:
    likes, when, who, referees = (bound[name] for name in STEPS)
    labels = {value: text for key in likes.groups for value, text in likes.fields[key].choices}
    done, ways = likes.values(), dict(when.fields["ways"].choices)
    week = dict(when.fields["when"].choices)
    told = when.cleaned_data
    people = dict(when.fields["capacity"].choices)
    data = who.cleaned_data
    born = data["date_of_birth"]
    return [
        ("likes", "You would like to", [labels[slug] for slug in done["activities"]] + ([done["likes"]] if done["likes"] else [])),
        ("likes", "Interests", ", ".join(done["interests"])),
        ("when", "When", [week[value] for value in told["when"]]),
        ("when", "How", ", ".join(ways[value] for value in told["ways"]) or "Any way"),
        ("when", "How far", dict(when.fields["miles"].choices)[told["miles"]]),
        ("when", "How many people", people[told["capacity"]]),
        ("who", "Your name", data["name"]),
        ("who", "How we reach you", [text for text in (data["phone"], data["email"], data["postcode"]) if text]),
        ("who", "Your age", f"Born on {born:%-d %B %Y}" if born else "18 or over"),
        (
            "referees",
            "Who knows you",
            [f"{row['name']}, {row['relation']}".rstrip(", ") for row in referees.values()] or "You tell us later",
        ),
    ]
