"""At the desk: records that may be one person, side by side; made one, or told apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.casework.joining import KEPT, OTHER, differences
from matching.casework.merging import merge_people, tell_apart, version_of_two
from matching.models import Person
from matching.people import find_people, keep_looks
from matching.persons.doubles import possible_doubles, records_like, shared_by
from matching.persons.versions import ChangedMeanwhile
from matching.views.persons.record import of_a_person
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import SearchForm
from matching.views.typed import key_in

PAIRS_ON_A_PAGE = 20
CHANGED = "Somebody has changed one of the two meanwhile. Look at both again, then make one of them."


class MergeForm(forms.Form):
    """Which of two is right, for each part in which they differ."""

    def __init__(self, kept: Person, other: Person, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for part in differences(kept, other):
            choices = [(KEPT, f"First: {part.kept}"), (OTHER, f"Second: {part.other}")]
            self.fields[part.name] = forms.ChoiceField(label=part.label, choices=choices, widget=forms.RadioSelect)


@door(Permission.KEEP_RECORDS)
@never_cache
def doubles(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person."""
    page = Paginator(possible_doubles(), PAIRS_ON_A_PAGE).get_page(request.GET.get("page"))
    keep_looks((person for pair in page for person in (pair.one, pair.other)), by=user_of(request), where="desk-doubles")
    return render(request, "matching/doubles.html", {"page": page, "pairs": list(page)})


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "POST"])
@of_a_person
def merge(request: HttpRequest, found: Person) -> HttpResponse:
    """This record and another one. Without a known other one: those that are like it."""
    by = user_of(request)
    if _is_one_already(request, found):
        messages.info(request, "The two records are one now.")
        return redirect("desk-person", found.pk)
    other = _other(request, found)
    if other is None:
        return _choose(request, found, by)
    if request.method == "POST" and request.POST.get("do") == "apart":
        return _apart(request, found, other, by)
    form, version = MergeForm(found, other, request.POST or None), version_of_two(found, other)
    if request.POST.get("version", version) != version:
        form.add_error(None, CHANGED)
    if request.method == "POST" and form.is_valid():
        done = _merged(request, form, found, other, by)
        if done is not None:
            return done
    keep_looks([found, other], by=by, where="desk-merge")
    context = {
        "person": found,
        "other": other,
        "form": form,
        "shared": shared_by(found, other),
    }
    context["sides"] = [_side(found, "First"), _side(other, "Second")]
    context["version"] = version
    return render(request, "matching/merge.html", context, status=400 if form.is_bound and form.errors else 200)


def _choose(request: HttpRequest, found: Person, by: User) -> HttpResponse:
    """Records like this one, and those that a coordinator looks for. Posted, so that no name stands in an address."""
    alike = list(Person.objects.filter(pk__in=records_like(found), merged_into=None))
    keep_looks([found, *alike], by=by, where="desk-doubles")
    form = SearchForm(request.POST if request.POST.get("do") == "find" else None)
    looked_for = find_people(form.cleaned_data["words"], by=by) if form.is_valid() else []
    others = [row for row in looked_for if row.merged_into_id is None and row.pk != found.pk and row not in alike]
    context = {
        "person": found,
        "alike": [(row, shared_by(found, row)) for row in [*others, *alike]],
        "form": form,
        "nobody": form.is_bound and not others,
    }
    return render(request, "matching/merge_with.html", context, status=400 if form.errors else 200)


def _is_one_already(request: HttpRequest, found: Person) -> bool:
    """Was this sent a second time?"""
    written = request.POST.get("other", "")
    return bool(written) and written in {str(row.pk) for row in found.merged_from.all()}


def _other(request: HttpRequest, found: Person) -> Person | None:
    written = request.POST.get("other") or request.GET.get("other") or ""
    key = key_in(written)
    if key is None:
        return None
    return get_object_or_404(Person.objects.filter(merged_into=None).exclude(pk=found.pk), pk=key)


def _merged(request: HttpRequest, form: MergeForm, found: Person, other: Person, by: User) -> HttpResponse | None:
    """Where to go when it is done; None where something is still to be put right on the form."""
    try:
        merged = merge_people(found, other, by=by, chosen=form.cleaned_data, version=request.POST.get("version", ""))
    except ValidationError as error:
        show_errors(form, error)
        return None
    except ChangedMeanwhile:
        messages.error(request, CHANGED)
        return redirect(f"{request.path}?other={other.pk}")
    except WrongState as error:
        messages.error(request, str(error))
        return redirect("desk-doubles")
    messages.success(request, "The two records are one now.")
    for words in merged.told:
        messages.warning(request, words)
    return redirect("desk-person", merged.person.pk)


def _apart(request: HttpRequest, found: Person, other: Person, by: User) -> HttpResponse:
    try:
        tell_apart(found, other, by=by)
        messages.success(request, "Noted: two people. They are not shown as a pair again.")
    except WrongState as error:
        messages.error(request, str(error))
    return redirect("desk-doubles")


def _side(person: Person, which: str) -> dict[str, Any]:
    """What tells two of one name apart, and what hangs on a record."""
    counts = (
        (person.asks.count(), "request", "requests"),
        (person.referrals.count(), "referral", "referrals"),
        (person.agreements.count(), "agreement", "agreements"),
        (person.family.count(), "family member", "family members"),
    )
    hangs = ", ".join(f"{number} {one if number == 1 else more}" for number, one, more in counts if number) or "nothing"
    return {
        "which": which,
        "person": person,
        "rows": [
            {"label": "Lives at", "value": " ".join(filter(None, (person.address, person.postcode))) or "not known"},
            {"label": "Born", "value": f"{person.date_of_birth:%-d %B %Y}" if person.date_of_birth else "not known"},
            {"label": "Written down on", "value": f"{clock.local(person.created_at):%-d %B %Y}"},
            {"label": "Hangs on it", "value": hangs},
            {"label": "Has an account", "value": "yes" if person.user_id else "no"},
        ],
    }
