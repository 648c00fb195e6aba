"""/find/: the list is the page."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cms.models import FinderPage
from cms.needs import all_needs, doors
from cms.page_life import may_be_kept
from cms.presenting.addresses import Address, address_of
from cms.presenting.finding import Finding, ask_box, finding
from cms.previewing import previews
from cms.public_state import public_state
from cms.standing import finder_words
from directory import throttle
from directory.accounts.doors import PUBLIC, door
from search import unanswered
from search.find import find as ask_finder
from search.points import sees_points
from search.query import BadQuery, parse_query
from search.results import Found

# Faults come in two rounds: what cannot be read, then what is not known.
ROUNDS = 3
# What a person may mistype in the form: the page answers as a form does. Anything else came from a broken link.
TYPED = frozenset(("q", "place", "need", "radius"))


@door(PUBLIC)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The answer to a question; without one, the question."""
    state = public_state()
    words = finder_words(state)
    address = address_of(request.GET)
    if not address:
        return may_be_kept(_page(request, words, address, state))
    found, asked, errors = _ask(request.GET, address)
    if found is None:
        return _page(request, words, address, state, errors=errors)
    if found.total and not found.results:
        return redirect(asked.url(found.pages))
    visitor = request.session.session_key or throttle.address_of(request)
    unanswered.note(found, visitor=visitor, agent=request.headers.get("User-Agent", ""))
    shown = finding(found, asked, all_needs(state), state=state, points=sees_points(request.user))
    response = _page(request, words, address, state, shown=shown, errors=errors)
    # A search that nothing fits is counted each time, so it is answered each time.
    return may_be_kept(response, shown.until) if found.total and not errors else response


@previews(FinderPage)
def answer(request: HttpRequest, words: FinderPage) -> HttpResponse:
    """The preview of an editor's words: the finder before anything was asked. It is theirs, and nothing keeps it."""
    return _page(request, words, Address(), public_state())


def _page(
    request: HttpRequest,
    words: FinderPage | None,
    address: Address,
    state: str,
    *,
    shown: Finding | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """The finder with these words of the editors, or with the product's own; what was asked in its form, and what was found below."""
    errors = errors or {}
    context = {
        "words": words,
        "ask": ask_box(address, all_needs(state), errors, short=shown is not None),
        "finding": shown,
        "doors": [] if shown is not None else doors(state),
        "asked": bool(address),
    }
    return render(request, "cms/finder.html", context, status=200 if TYPED.issuperset(errors) else 400)


def _ask(params: QueryDict, address: Address) -> tuple[Found | None, Address, dict[str, list[str]]]:
    """The answer, the question it answers, and what could not be read: that is taken away and the rest is answered."""
    errors: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        try:
            return ask_finder(parse_query(params)), address, errors
        except BadQuery as error:
            errors.update(error.errors)
        wrong = {*errors, *(("lat", "lon") if errors.keys() & {"lat", "lon"} else ()), "page"}
        address = address.without(*(name for name in wrong if address.get(name)))
        params = params.copy()
        for name in wrong:
            params.pop(name, None)
        if not address:
            break
    return None, address, errors
