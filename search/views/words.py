"""Everyday words inside the editors' admin: how each need is said, and where searches ended without an answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.models import Element, Need
from directory.states import WrongState
from search.everyday_words import phrases_of, set_words, version_of
from search.known import vocabulary_of_needs
from search.needs_training import Phrase
from search.phrase_rules import Voice, also_elsewhere, same_as, unheard
from search.phrasebook import shipped_phrases
from search.unanswered import last_months
from search.views.furniture import furniture
from search.views.words_forms import WordsForm

VOICES = {"resident": "Residents", "carer": "Family and friends who care", "professional": "Professionals"}
FIND_MOST = 100


@door(Permission.MODERATE)
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """The needs by element with how many phrases each has, and the searches that nothing fitted."""
    shipped: dict[str, int] = {}
    for phrase in shipped_phrases():
        shipped[phrase.needs[0]] = shipped.get(phrase.needs[0], 0) + 1
    elements = [
        {
            "name": element.name,
            "rows": [
                {"need": need, "counts": [len(phrases_of(need, voice)) for voice in Voice], "shipped": shipped.get(need.slug, 0)}
                for need in element.needs.all()
            ],
        }
        for element in Element.objects.prefetch_related("needs")
    ]
    return render(request, "search/words/words.html", {"elements": elements, **_unanswered(), **furniture()})


@door(Permission.MODERATE)
@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, slug: str) -> HttpResponse:
    """The phrases of one need, to read and to change."""
    shown = get_object_or_404(Need.objects.select_related("element"), pk=slug)
    form = WordsForm(request.POST if request.method == "POST" else None, initial=_as_text(shown))
    stale: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            set_words(shown, form.words, by=user_of(request), seen=form.cleaned_data["seen"])
        except ValidationError as error:
            for name, found in error.message_dict.items():
                form.add_error(name, found)
        except WrongState:
            shown = Need.objects.select_related("element").get(pk=slug)
            stale = _differences(shown, form.words)
            form = WordsForm({"seen": version_of(shown)} | {voice.value: "\n".join(mine) for voice, mine in form.words.items()})
        else:
            messages.success(request, f"The words of {shown.name} are kept. The next question is understood by them.")
            return redirect("words-need", slug)
    context = {"need": shown, "form": form, "stale": stale, **_notes(shown), **_examples(request, slug), **furniture(shown.name)}
    return render(request, "search/words/need.html", context, status=409 if stale else 400 if form.errors else 200)


def _as_text(need: Need) -> dict[str, str]:
    return {"seen": version_of(need)} | {voice.value: "\n".join(phrases_of(need, voice)) for voice in Voice}


def _differences(now: Need, words: dict[Voice, tuple[str, ...]]) -> list[dict[str, Any]]:
    """What somebody else kept meanwhile beside what stands in a form."""
    rows = []
    for voice, mine in words.items():
        theirs = phrases_of(now, voice)
        rows.append({"label": voice.label, "only_theirs": _without(theirs, mine), "only_mine": _without(mine, theirs)})
    return rows


def _without(phrases: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    known = set(map(same_as, others))
    return [phrase for phrase in phrases if same_as(phrase) not in known]


def _notes(need: Need) -> dict[str, Any]:
    kept = [phrase for voice in Voice for phrase in phrases_of(need, voice)]
    return {"elsewhere": also_elsewhere(dict.fromkeys(kept), need.slug, vocabulary_of_needs()), "unheard": unheard(kept)}


def _examples(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The phrases that ship for a need, by voice, less those without the words that are looked for."""
    sought = request.GET.get("with", "")[:FIND_MOST]
    fitting = [phrase for phrase in shipped_phrases() if phrase.needs[0] == slug and _holds(phrase, sought)]
    voices = [{"label": label, "phrases": [phrase.text for phrase in fitting if phrase.voice == voice]} for voice, label in VOICES.items()]
    return {"sought": sought, "voices": voices, "fitting": len(fitting)}


def _holds(phrase: Phrase, sought: str) -> bool:
    return all(word in phrase.text.casefold() for word in sought.casefold().split())


def _unanswered() -> dict[str, Any]:
    months, counts = last_months()
    names = dict(Need.objects.values_list("slug", "name"))
    rows = [{"name": names.get(slug, slug) or "Not understood", "counts": row, "total": sum(row)} for slug, row in counts.items()]
    return {"months": months, "unanswered": sorted(rows, key=lambda row: (-row["total"], row["name"]))}
