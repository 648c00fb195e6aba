"""People at the desk: written down, put right, looked at; who else looked."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from matching import people
from matching.agreements import valid_agreement
from matching.api import referrals_of
from matching.casework.family import family_of
from matching.models import Person
from matching.persons.ages import TooYoung
from matching.persons.doubles import records_like
from matching.persons.gaps import gaps_of
from matching.persons.home_facts import home_lines
from matching.persons.looks import in_words, looks_at
from matching.referring.stories import provider_name
from matching.states import REFERRAL_OPEN, AskState
from matching.views.persons.forms import PersonForm
from matching.views.persons.saving import put_right
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import AgreementForm

LOOKS_ON_A_PAGE = 100
# What nobody looks for any more; what is recorded as unmet is still kept in mind.
ENDED = frozenset({AskState.MET, AskState.WITHDRAWN})
NAMES = {
    "facts": "Home and facts for the checks",
    "contact": "How we reach them, and what helps them to understand",
    "part": "Needs help or cares for someone",
    "safe_contact": "What makes contact safe",
    "communication_needs": "What helps them to understand, in words",
    "email": "E-mail",
}

View = Callable[..., HttpResponse]


def person_or_404(request: HttpRequest, person_id: UUID) -> Person:
    """The person, for coordinators and for a care worker who brought them in: of a record that was joined with another one, no more."""
    rows, user = Person.objects.all(), user_of(request)
    if not allowed(user, Permission.KEEP_RECORDS):
        own = rows.filter(brought_in_by=user, merged_into=None, merged_from=None)
        rows = own if Role.CARE_WORKER in roles_of(user) else rows.none()
    return get_object_or_404(rows, pk=person_id)


def of_a_person(view: View) -> View:
    """A page of one person: who it is instead of the id. A record that became part of another leads there."""

    @wraps(view)
    def find(request: HttpRequest, person_id: UUID, **more: Any) -> HttpResponse:
        found = person_or_404(request, person_id)
        if found.merged_into is not None:
            messages.info(request, "This record has become part of another one: here it is.")
            return redirect("desk-person", found.merged_into.pk)
        return view(request, found, **more)

    return find


@door((Permission.KEEP_RECORDS, Permission.USE_DESK))
@never_cache
@require_http_methods(["GET", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Write somebody down. Of somebody under 18 nothing is kept: the page names who helps instead."""
    if not allowed(user_of(request), Permission.PREPARE_REFERRAL):
        raise PermissionDenied("This page is for coordinators and care workers.")
    if request.method != "POST":
        return _form_page(request, PersonForm(initial={"once": uuid4()}))
    form = PersonForm(request.POST)
    if form.is_young:
        return under_18(request)
    if form.is_valid():
        try:
            person = people.register_person(by=user_of(request), brought_in_by=user_of(request), **form.values())
        except TooYoung:
            return under_18(request)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Written down. Now: did they agree to be referred, and what would help?")
            return redirect("desk-person", person.pk)
    return _form_page(request, form)


def under_18(request: HttpRequest) -> HttpResponse:
    """Who helps children and young people; nothing that was typed stands on it."""
    return render(request, "matching/under_18.html", {"young_carers": settings.YOUNG_CARERS})


def _form_page(request: HttpRequest, form: PersonForm, **more: Any) -> HttpResponse:
    context = {"form": form, "title": "Write somebody down", **more}
    return render(request, "matching/person_form.html", context, status=400 if form.is_bound and form.errors else 200)


@door(Permission.USE_DESK)
@never_cache
@of_a_person
def person(request: HttpRequest, found: Person) -> HttpResponse:
    """A person's page; the look is kept."""
    people.keep_look(found, by=user_of(request), where="desk-person")
    keeps = allowed(user_of(request), Permission.KEEP_RECORDS)
    referrals = referrals_of(user_of(request)).filter(person=found).select_related("need", "service__organisation")
    asks = found.asks.select_related("need").filter(**({} if keeps else {"made_by": user_of(request)}))
    context = {
        "person": found,
        "facts": _facts(found),
        "home": home_lines(found.facts),
        "gaps": gaps_of(found),
        "family": family_of(found) if keeps else [],
        "alike": len(records_like(found)) if keeps else 0,
        "agreements": found.agreements.select_related("recorded_by", "ask"),
        "agreement": valid_agreement(found, None),
        "agreement_form": AgreementForm(initial=AgreementForm.initial_of(found)),
        "asks": [row for row in asks if row.state not in ENDED],
        "ended_asks": [row for row in asks if row.state in ENDED],
        "referrals": [(row, provider_name(row)) for row in referrals if row.state in REFERRAL_OPEN],
        "ended_referrals": [(row, provider_name(row)) for row in referrals if row.state not in REFERRAL_OPEN],
        "keeps_records": keeps,
    }
    return render(request, "matching/person.html", context)


def _facts(found: Person) -> list[dict[str, Any]]:
    known = found.facts or {}
    return [
        {"label": "Gets health or social care", "value": known.get("receives_care")},
        {"label": "Needs help because of age, illness or disability", "value": known.get("needs_help_because")},
    ]


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "POST"])
@of_a_person
def edit_person(request: HttpRequest, found: Person) -> HttpResponse:
    """Put right what is written; what a colleague wrote meanwhile is not lost."""
    people.keep_look(found, by=user_of(request), where="desk-person-edit")
    initial = {**PersonForm.initial_of(found), "version": people.version_of_person(found)}
    form = PersonForm(request.POST or None, corrects=True, initial=initial)
    theirs: list[dict[str, Any]] = []

    def write() -> None:
        people.correct_person(found, by=user_of(request), **form.values(found))

    def anew(changed: Iterable[str]) -> PersonForm:
        found.refresh_from_db()
        theirs.extend(_as_written(found, name) for name in changed)
        return PersonForm({**request.POST.dict(), **_lists(request), "version": people.version_of_person(found)}, corrects=True)

    if request.method == "POST" and form.is_valid():
        try:
            saved = put_right(request, form, found.pk, write, anew=anew)
        except TooYoung:
            return redirect("desk-person-under-18", found.pk)
        if isinstance(saved, HttpResponse):
            return saved
        form = saved
    return _form_page(request, form, title="Put a record right", person=found, theirs=theirs)


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    """Questions with several ticks, which a plain dictionary of the form would cut down to the last."""
    return {name: request.POST.getlist(name) for name in ("codes", "times")}


def _as_written(found: Person, name: str) -> dict[str, Any]:
    """What stands in the record now, for the one who wrote something else at the same time."""
    value = getattr(found, name)
    if isinstance(value, dict):
        value = [f"{key.replace('_', ' ')}: {_plain(told)}" for key, told in sorted(value.items())]
    return {"label": NAMES.get(name, name.replace("_", " ").capitalize()), "value": value if isinstance(value, list) else _plain(value)}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value or "nothing")


@door(Permission.KEEP_RECORDS)
@never_cache
@of_a_person
def looks(request: HttpRequest, found: Person) -> HttpResponse:
    """Who looked at the record, when and where; this look is kept too."""
    people.keep_look(found, by=user_of(request), where="desk-person-looks")
    page = Paginator(looks_at(found, by=user_of(request)), LOOKS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [[f"{clock.local(seen.at):%-d %B %Y, %H:%M}", seen.who, seen.role, seen.where] for seen in in_words(list(page))]
    columns = ["When", "Who", "As", "Where"]
    return render(request, "matching/person_looks.html", {"person": found, "columns": columns, "rows": rows, "page": page})
