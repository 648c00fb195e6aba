"""/find/: the list is the page."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cms.models import FinderPage
from cms.needs import all_needs, doors
from cms.page_life import may_be_kept
from cms.presenting.addresses import Address, address_of
from cms.presenting.finding import ask_box, finding
from cms.public_state import public_state
from cms.standing import finder_words
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
    return answer(request, finder_words(state), state)


def answer(request: HttpRequest, words: FinderPage | None, state: str = "") -> HttpResponse:
    """The finder with these words of the editors, or with the product's own; in this public state, or in that of now."""
    state = state or public_state()
    address = address_of(request.GET)
    found, asked, errors = _ask(request.GET, address) if address else (None, address, {})
    if found is not None and found.total and not found.results:
        return redirect(asked.url(found.pages))
    if found is not None:
        visitor = request.session.session_key or request.META.get("REMOTE_ADDR", "")
        unanswered.note(found, visitor=visitor, agent=request.headers.get("User-Agent", ""))
    needs = all_needs(state)
    shown = finding(found, asked, needs, state=state, points=sees_points(request.user)) if found is not None else None
    context = {
        "words": words,
        "ask": ask_box(address, needs, errors, short=found is not None),
        "finding": shown,
        "doors": [] if found is not None else doors(state),
        "asked": bool(address),
    }
    response = render(request, "cms/finder.html", context, status=200 if TYPED.issuperset(errors) else 400)
    # A search that nothing fits is counted each time, so it is answered each time.
    fine = not errors and (found is None or found.total)
    return may_be_kept(response, shown.until if shown else None) if fine else response


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
