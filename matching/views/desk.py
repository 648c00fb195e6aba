"""/desk/: the day's work, people and their requests, referrals."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from directory.states import WrongState
from matching import people, referrals
from matching.agreements import record_agreement, valid_agreement, withdraw_agreement
from matching.api import referrals_of
from matching.asks import open_ask
from matching.models import Agreement, Ask, Person, Referral
from matching.sharing import shared_person
from matching.stories import provider_name, story
from matching.today import today_for
from matching.views.forms import AgreementForm, AskForm, PersonForm, SearchForm
from matching.views.steps import ToldForm, show_errors, steps_of, take_step


@door(Permission.USE_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Today."""
    context = {
        "sections": today_for(user_of(request)),
        "keeps_records": allowed(user_of(request), Permission.KEEP_RECORDS),
        "is_care_worker": Role.CARE_WORKER in roles_of(user_of(request)),
        "is_safeguarding": Role.SAFEGUARDING_LEAD in roles_of(user_of(request)),
        "search": SearchForm(),
    }
    return render(request, "matching/desk.html", context)


@door(Permission.KEEP_RECORDS)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """People by name or phone, requests and referrals by their number. Posted, so that no name stands in an address or a log."""
    form = SearchForm(request.POST or None)
    found: list[Person] = []
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"].strip()
        thing = _by_number(words)
        if thing is not None:
            return thing
        found = people.find_people(words, by=user_of(request))
    return render(request, "matching/search.html", {"form": form, "found": found, "searched": request.method == "POST"})


def _by_number(words: str) -> HttpResponse | None:
    kind, _, number = words.upper().replace(" ", "").partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        return None
    if kind == "R" and (referral := Referral.objects.filter(number=int(number)).first()):
        return redirect("desk-referral", referral.pk)
    if kind == "A" and (ask := Ask.objects.filter(number=int(number)).first()):
        return redirect("desk-match", ask.pk)
    return None


@door((Permission.KEEP_RECORDS, Permission.USE_DESK))
@require_http_methods(["GET", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Write somebody down."""
    if not allowed(user_of(request), Permission.PREPARE_REFERRAL):
        raise PermissionDenied("This page is for coordinators and care workers.")
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = people.register_person(by=user_of(request), brought_in_by=user_of(request), **form.values())
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Written down. Now: did they agree to be referred, and what would help?")
            return redirect("desk-person", person.pk)
    return render(request, "matching/person_form.html", {"form": form, "title": "Write somebody down"}, status=_status(form))


def person_or_404(request: HttpRequest, person_id: UUID) -> Person:
    """The person, for coordinators and for a care worker who brought them in."""
    people_here = Person.objects.all()
    if not allowed(user_of(request), Permission.KEEP_RECORDS):
        people_here = people_here.filter(brought_in_by=user_of(request))
    return get_object_or_404(people_here, pk=person_id)


@door(Permission.USE_DESK)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's page; the look is kept."""
    found = person_or_404(request, person_id)
    people.keep_look(found, by=user_of(request), where="desk-person")
    context = {
        "person": found,
        "facts": _facts(found),
        "agreements": found.agreements.select_related("recorded_by", "ask"),
        "agreement": valid_agreement(found, None),
        "agreement_form": AgreementForm(),
        "asks": found.asks.select_related("need"),
        "referrals": [(row, provider_name(row)) for row in found.referrals.select_related("need", "service__organisation")],
        "keeps_records": allowed(user_of(request), Permission.KEEP_RECORDS),
    }
    return render(request, "matching/person.html", context)


def _facts(found: Person) -> list[dict[str, Any]]:
    known = found.facts or {}
    return [
        {"label": "Gets health or social care", "value": known.get("receives_care")},
        {"label": "Needs help because of age, illness or disability", "value": known.get("needs_help_because")},
        {"label": "Somebody smokes there", "value": known.get("smoker")},
    ]


@door(Permission.KEEP_RECORDS)
@require_http_methods(["GET", "POST"])
def edit_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Put right what is written."""
    found = person_or_404(request, person_id)
    people.keep_look(found, by=user_of(request), where="desk-person-edit")
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        kept = {name: value for name, value in (found.facts or {}).items() if name in ("gender", "household", "interests")}
        try:
            people.correct_person(found, by=user_of(request), **{**values, "facts": {**kept, **values["facts"]}})
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Put right.")
            return redirect("desk-person", found.pk)
    return render(
        request, "matching/person_form.html", {"form": form, "title": "Put a record right", "person": found}, status=_status(form)
    )


@door(Permission.KEEP_RECORDS)
@require_POST
def agree(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write down an agreement; with ask=, back to that request."""
    found = person_or_404(request, person_id)
    ask = _own_ask(found, request.POST["ask"]) if request.POST.get("ask") else None
    form = AgreementForm(request.POST)
    if form.is_valid():
        try:
            record_agreement(found, by=user_of(request), **form.values(ask))
        except ValidationError as error:
            show_errors(form, error)
    if form.errors:
        return render(request, "matching/agreement_form.html", {"form": form, "person": found, "ask": ask}, status=400)
    messages.success(request, "The agreement is written down.")
    return redirect("desk-match", ask.pk) if ask else redirect("desk-person", found.pk)


def _own_ask(found: Person, written: str) -> Ask:
    try:
        return get_object_or_404(found.asks, pk=UUID(written))
    except ValueError as error:
        raise Http404 from error


@door(Permission.KEEP_RECORDS)
@require_POST
def withdraw(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """The person takes the yes back."""
    agreement = get_object_or_404(Agreement.objects.select_related("person"), pk=agreement_id)
    withdraw_agreement(agreement, by=user_of(request))
    messages.success(request, "Taken back. What waited for a volunteer has stopped.")
    return redirect("desk-person", agreement.person_id)


@door(Permission.USE_DESK)
@require_http_methods(["GET", "POST"])
def new_ask(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write down what somebody needs."""
    found = person_or_404(request, person_id)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask = open_ask(found, by=user_of(request), **form.values())
        except ValidationError as error:
            show_errors(form, error)
        else:
            return redirect("desk-match", ask.pk)
    return render(request, "matching/ask_form.html", {"form": form, "person": found}, status=_status(form))


@door(Permission.USE_DESK)
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A referral's story, and its next step."""
    found = get_object_or_404(
        referrals_of(user_of(request)).select_related("ask", "person", "need", "service__organisation"), pk=referral_id
    )
    return referral_page(request, found, "matching/referral.html", where="desk-referral", name="desk-referral")


def referral_page(request: HttpRequest, found: Referral, template: str, *, where: str, name: str) -> HttpResponse:
    """The page that desk, partner and council share: who, the story, the steps that are theirs to take."""
    failed = None
    if request.method == "POST":
        try:
            failed = take_step(request, found)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect(name, found.pk)
        if failed is None:
            messages.success(request, "Noted.")
            return redirect(name, found.pk)
    ended = found.state in referrals.REFERRAL_ENDED_TO_TELL
    about = shared_person(found, by=user_of(request), where=where)
    context = {
        "referral": found,
        "provider": provider_name(found),
        "person": about,
        # Notes speak of the person: who may not know them any more reads what happened, and no note.
        "story": story(found, with_notes=about is not None),
        "steps": steps_of(found, user_of(request), failed),
        "failed": failed,
        "told_form": ToldForm() if ended and found.person_told_at is None else None,
        "keeps_records": allowed(user_of(request), Permission.KEEP_RECORDS),
    }
    return render(request, template, context, status=400 if failed else 200)


def _status(form: Any) -> int:
    return 400 if form.is_bound and form.errors else 200
