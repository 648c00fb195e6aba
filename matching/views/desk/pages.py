"""/desk/: the day's work, people and their requests, referrals."""

from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from directory.states import WrongState
from matching import people, referrals
from matching.api import referrals_of
from matching.desk.today import today_for
from matching.models import Ask, Enquiry, Group, Person, Referral, Volunteer
from matching.referring.sharing import SharedPerson, shared_person
from matching.referring.stories import provider_name, story
from matching.states import ReferralState
from matching.views.desk.tasks import task_list
from matching.views.referrals.steps import ToldForm, steps_of, take_step
from matching.views.requests.forms import SearchForm
from matching.views.typed import words_of_error

# What goes by a number, by the letter before it: the page, what is looked up, and what it is called.
PAGES: dict[str, tuple[str, type[models.Model], str]] = {
    "R": ("desk-referral", Referral, "a referral"),
    "A": ("desk-match", Ask, "a request"),
    "V": ("desk-volunteer", Volunteer, "a volunteer"),
    "Q": ("desk-enquiry", Enquiry, "an enquiry from the website"),
    "G": ("desk-group", Group, "a small group"),
}
NUMBERS = ", ".join(f"{letter}-101 for {words}" for letter, (_, _, words) in PAGES.items())


@door(Permission.USE_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Today."""
    context = {
        "tasks": task_list(user_of(request)) if roles_of(user_of(request)) & {Role.COORDINATOR, Role.SAFEGUARDING_LEAD} else None,
        "sections": today_for(user_of(request)),
        "keeps_records": allowed(user_of(request), Permission.KEEP_RECORDS),
        "is_care_worker": Role.CARE_WORKER in roles_of(user_of(request)),
        "is_safeguarding": Role.SAFEGUARDING_LEAD in roles_of(user_of(request)),
        "search": SearchForm(),
        "numbers": NUMBERS,
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
    return render(request, "matching/search.html", {"form": form, "found": found, "searched": request.method == "POST", "numbers": NUMBERS})


def _by_number(words: str) -> HttpResponse | None:
    """The page of what goes by this number: R-101, A-101, V-12, Q-101, G-3."""
    kind, _, number = words.upper().replace(" ", "").partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 9 or kind not in PAGES:
        return None
    name, model, _ = PAGES[kind]
    found = model._default_manager.filter(number=int(number)).first()
    try:
        return redirect(name, found.pk) if found is not None else None
    except NoReverseMatch:  # its room is off
        return None


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
            messages.error(request, words_of_error(error))
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
        "story": story(found, with_notes=about is not None and _notes_too(found, about)),
        "steps": steps_of(found, user_of(request), failed),
        "failed": failed,
        "told_form": ToldForm(about=about) if ended and found.person_told_at is None else None,
        "keeps_records": allowed(user_of(request), Permission.KEEP_RECORDS),
    }
    return render(request, template, context, status=400 if failed else 200)


def _notes_too(referral: Referral, about: SharedPerson) -> bool:
    """Notes speak of the person: who may read the name alone reads what happened, and no note but why a group could not take it on."""
    joined = referral.person is not None and referral.person.merged_from.exists()
    return not about.name_only or (referral.state == ReferralState.REJECTED and not joined)
