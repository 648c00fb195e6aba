"""/saved/: the visitor's own list of services, and lists that somebody sent them."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.presenting.keeping import came_from, safe_back
from cms.presenting.shortlist import COLUMNS, COMPARED_MOST, compared, count_words, gone_words, kept_cards, mail_link
from directory.accounts.doors import PUBLIC, door
from directory.models import Service
from search.saved import shortlist
from search.saved.shortlist import BadList, FullList, Ids

FULL = f"Your list holds {shortlist.MOST} already. Take one off first."


@door(PUBLIC)
@never_cache
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """What this visitor keeps."""
    return _list(request, shortlist.kept(request), own=True)


@door(PUBLIC)
@never_cache
@require_safe
def shared(request: HttpRequest, signed: str) -> HttpResponse:
    """A list that somebody sent. It shows what its listings are today."""
    try:
        ids = shortlist.unsigned(signed)
    except BadList:
        return render(request, "cms/saved/not_whole.html", status=404)
    return _list(request, ids, own=False)


def _list(request: HttpRequest, ids: Ids, *, own: bool) -> HttpResponse:
    cards, gone = kept_cards(ids)
    text = shortlist.signed([UUID(card.id) for card in cards])
    link = settings.BASE_URL + reverse("saved-shared", args=[text]) if cards else ""
    context = {
        "own": own,
        "cards": cards,
        "gone": gone,
        "gone_words": gone_words(len(gone)),
        "link": link,
        "mail_link": mail_link(link, settings.SITE_NAME) if link else "",
        "signed": text,
        "compared_most": COMPARED_MOST,
    }
    return render(request, "cms/saved/list.html", context)


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Put one service on the list: a page with one button, and what the button does. A script asks for JSON."""
    service = _public(request.POST.get("service") or request.GET.get("service") or "")
    back = safe_back(request.POST.get("next") or request.GET.get("next") or came_from(request), service.get_absolute_url())
    if request.method != "POST":
        return render(request, "cms/saved/keep.html", {"service": service, "back": back})
    ids = shortlist.kept(request)
    try:
        longer = shortlist.with_more(ids, [service.pk])
    except FullList:
        return _answer(request, ids, back, FULL, fine=False)
    words = f"Kept. {count_words(len(longer))}." if longer != ids else f"It was there already. {count_words(len(ids))}."
    return _answer(request, longer, back, words)


@door(PUBLIC)
@never_cache
@require_POST
def take_off(request: HttpRequest) -> HttpResponse:
    """Take one off the list, or all that is gone."""
    ids = shortlist.kept(request)
    for text in request.POST.getlist("service"):
        ids = shortlist.without(ids, _uuid(text))
    return _answer(request, ids, reverse("saved"), f"Taken off. {count_words(len(ids))}.")


@door(PUBLIC)
@never_cache
@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Take all off; nothing of the list stays in the browser."""
    return _answer(request, (), reverse("saved"), "Your list is empty now.")


@door(PUBLIC)
@never_cache
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """Put all of a list that somebody sent on one's own."""
    try:
        more = shortlist.unsigned(request.POST.get("list", ""))
    except BadList:
        return render(request, "cms/saved/not_whole.html", status=404)
    ids = shortlist.kept(request)
    try:
        longer = shortlist.with_more(ids, more)
    except FullList:
        return _answer(
            request, ids, reverse("saved"), f"Together they are more than {shortlist.MOST}. Take some off your list first.", fine=False
        )
    return _answer(request, longer, reverse("saved"), f"Kept. {count_words(len(longer))}.")


@door(PUBLIC)
@never_cache
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to ten beside each other: those that were ticked, or the first of the visitor's own list."""
    ticked = tuple(dict.fromkeys(_uuid(text) for text in request.GET.getlist("service")[: shortlist.MOST]))
    ids = ticked or shortlist.kept(request)
    cards, _ = kept_cards(ids)
    context = {"columns": COLUMNS, "rows": compared(cards[:COMPARED_MOST]), "left_out": max(0, len(cards) - COMPARED_MOST)}
    return render(request, "cms/saved/compare.html", context)


def _answer(request: HttpRequest, ids: Ids, back: str, words: str, *, fine: bool = True) -> HttpResponse:
    """Where the visitor was, with what was done; for a script the same as JSON."""
    response: HttpResponse
    if request.headers.get("Accept", "").startswith("application/json"):
        response = JsonResponse({"kept": fine, "count": len(ids), "words": words, "url": reverse("saved")})
    else:
        at_the_list = back == reverse("saved")
        link = "" if at_the_list else format_html(' <a href="{}">See your list</a>', reverse("saved"))
        (messages.success if fine else messages.warning)(request, format_html("{}{}", words, link))
        response = redirect(back)
    shortlist.remember(response, ids)
    return response


def _public(text: str) -> Service:
    service = Service.objects.public().filter(pk=_uuid(text)).first()
    if service is None:
        raise Http404("There is no such service.")
    return service


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404("There is no such service.") from None
