"""The test bench inside the editors' admin: how a phrase is understood and why, and what new words would change before they are kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.models import Need
from directory.states import WrongState
from search import bench as comparing
from search import engines
from search.everyday_words import phrases_of, set_words, version_of
from search.find import find
from search.known import need_words, words_of
from search.phrase_rules import also_elsewhere
from search.phrasebook import nearest
from search.points import points_of
from search.query import BadQuery, Query
from search.results import Result
from search.understand import Words
from search.views.furniture import furniture
from search.views.words_forms import DraftForm, QuestionForm
from search.vocabulary import NeedWords

RESULTS = 5
LISTED = 100
WISH_WORDS = {
    "mode": "How it reaches people",
    "free": "Costs nothing",
    "open": "When",
    "language": "Language",
    "access": "Access",
    "who": "Who for",
    "radius": "Within miles",
}
VERDICT_WORDS = {
    comparing.Verdict.BROKEN: "was right, would be wrong",
    comparing.Verdict.MENDED: "was wrong, would be right",
    comparing.Verdict.LOWER: "the right need comes later",
    comparing.Verdict.HIGHER: "the right need comes earlier",
    comparing.Verdict.BESIDE: "only the needs beside it change",
}


@door(Permission.MODERATE)
@require_http_methods(["GET", "POST"])
def bench(request: HttpRequest) -> HttpResponse:
    """Read a phrase; try new words; publish them."""
    needs = list(Need.objects.order_by("order", "slug"))
    if request.method == "POST":
        return _tried(request, needs)
    question = QuestionForm(request.GET)
    q = question.cleaned_data["q"] if question.is_valid() else ""
    context = {"question": question, "draft": DraftForm(needs=needs, initial={"q": q, "need": request.GET.get("need", "")})}
    return _page(request, needs, q, context)


def _tried(request: HttpRequest, needs: list[Need]) -> HttpResponse:
    """What a draft changes; published only where it was tried on the words that still stand."""
    form = DraftForm(request.POST, needs=needs)
    stale = form.chosen is not None and request.POST.get("do") == "publish" and request.POST.get("seen") != version_of(form.chosen)
    valid = form.is_valid()
    q = form.cleaned_data.get("q", "")
    context: dict[str, Any] = {"question": QuestionForm(initial={"q": q}), "draft": form, "stale": stale}
    if valid and request.POST.get("do") == "publish" and not stale:
        try:
            return _published(request, form)
        except WrongState:
            # Somebody was quicker by less than a moment: everything is read again.
            return _tried(request, list(Need.objects.order_by("order", "slug")))
        except ValidationError as error:
            form.add_error("add", error.messages)
            valid = False
    if valid:
        context["tried"] = _comparison(form, needs, q)
    status = 409 if stale else 200 if valid else 400
    return _page(request, needs, q, context, status=status)


def _published(request: HttpRequest, form: DraftForm) -> HttpResponse:
    """Keep exactly the draft. Raises WrongState, ValidationError."""
    need, draft = form.chosen, form.draft
    assert need is not None
    phrases = draft.applied(phrases_of(need, draft.voice))
    set_words(need, {draft.voice: phrases}, by=user_of(request), seen=form.cleaned_data["seen"])
    messages.success(request, f"Published: {len(draft.add)} added, {len(draft.take)} taken away. The next question is understood by them.")
    return redirect("words-need", need.slug)


def _page(request: HttpRequest, needs: list[Need], q: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    if q:
        context |= {"q": q, "read": _read(q, needs)}
    return render(request, "search/words/bench.html", {**context, **furniture("Test bench")}, status=status)


def _read(q: str, needs: list[Need]) -> dict[str, Any]:
    """Everything that is understood of a phrase, why, and what is found by it."""
    words = words_of(engines.current())
    query = comparing.read(q, words, now=clock.now())
    names = {need.slug: need.name for need in needs}
    return {
        "query": query,
        "needs": _whys(query, words, list(need_words(needs))),
        "nearest": [
            {"text": phrase.text, "needs": ", ".join(names.get(slug, slug) for slug in phrase.needs)}
            for phrase in nearest(query.corrected or q)
        ],
        "facts": _facts(query),
        "results": [{"result": result, "points": points_of(result)} for result in _results(q)],
    }


def _whys(query: Query, words: Words, needs: list[NeedWords]) -> list[dict[str, Any]]:
    return [
        {
            **_bar(why.guess.name, why.guess.confidence),
            "faint": why.guess in query.faint,
            "phrases": why.phrases,
            "reasons": [f"{plain} +{weight:.1f}" for plain, weight in why.reasons],
        }
        for why in comparing.why(query, words, needs)
    ]


def _bar(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "share": f"{confidence:.3f}", "percent": f"{100 * confidence:.0f} %"}


def _facts(query: Query) -> list[tuple[str, str]]:
    """The rest of what is understood, each with its name."""
    place = f"{query.place.name} ({query.place.kind.replace('_', ' ')})" if query.place else "none"
    wishes = [f"{WISH_WORDS.get(wish.field, wish.field)}: {'yes' if wish.field == 'free' else wish.value}" for wish in query.wishes]
    return [
        ("Place", place),
        ("Wishes, as filters", "; ".join(wishes) or "none"),
        ("Offers help", "yes, it leads to volunteering" if query.offer else "no"),
        ("Spelling", f"read as “{query.corrected}”" if query.corrected else "nothing to repair"),
        ("Words that are searched for", ", ".join(query.typed) or "none"),
    ]


def _results(q: str) -> tuple[Result, ...]:
    try:
        return find(Query(q=q, page_size=RESULTS)).results
    except BadQuery:
        return ()


def _comparison(form: DraftForm, needs: list[Need], q: str) -> dict[str, Any]:
    words, known, draft, need = words_of(engines.current()), list(need_words(needs)), form.draft, form.chosen
    assert need is not None
    after = comparing.drafted(words, known, draft)
    compared = comparing.compare_golden(words, after)
    names = {each.slug: each.name for each in needs}
    return {
        "draft": draft,
        "need": need,
        "seen": version_of(need),
        "add": "\n".join(draft.add),
        "take": "\n".join(draft.take),
        "before": [_bar(guess.name, guess.confidence) for guess in comparing.told(comparing.read(q, words))] if q else [],
        "after": [_bar(guess.name, guess.confidence) for guess in comparing.told(comparing.read(q, after))] if q else [],
        "figures": _figures(compared),
        "count": compared.before.count,
        "changes": [_row(change, names) for change in _ordered(compared.changes)[:LISTED]],
        "more": max(0, len(compared.changes) - LISTED),
        "broken": compared.count(comparing.Verdict.BROKEN),
        "mended": compared.count(comparing.Verdict.MENDED),
        "elsewhere": also_elsewhere(draft.add, need.slug, after.vocabulary),
        "back": reverse("words-need", args=[need.slug]),
    }


def _figures(compared: comparing.Comparison) -> list[tuple[str, str, str]]:
    """Name, before and after, each share with its standard error."""

    def shown(share: float) -> str:
        return f"{100 * share:.1f} % ± {100 * comparing.standard_error(share, compared.before.count):.1f}"

    names = {"first": "Main need first", "three": "Main need among three", "any": "Any right need among three"}
    return [(label, shown(getattr(compared.before, name)), shown(getattr(compared.after, name))) for name, label in names.items()]


def _ordered(changes: tuple[comparing.Change, ...]) -> list[comparing.Change]:
    """What breaks first, then what is mended."""
    order = list(VERDICT_WORDS)
    return sorted(changes, key=lambda change: order.index(change.verdict))


def _row(change: comparing.Change, names: dict[str, str]) -> dict[str, Any]:
    def named(slugs: tuple[str, ...]) -> str:
        return ", ".join(names.get(slug, slug) for slug in slugs) or "nothing"

    return {
        "q": change.asked.text,
        "right": named(change.asked.needs),
        "before": named(change.before),
        "after": named(change.after),
        "verdict": change.verdict.value,
        "words": VERDICT_WORDS[change.verdict],
    }
