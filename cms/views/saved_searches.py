"""/saved/searches/: "tell me when something new fits". A form with an address, the yes and the end by links of mails."""

from contextlib import suppress

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.presenting.addresses import address_of
from directory import throttle
from directory.accounts.doors import PUBLIC, door
from directory.personal.lookup import email_token
from search.query import BadQuery, parse_query
from search.saved import searches, tokens
from search.saved.questions import FITS_MOST, TooWide, asks_something, called, glance, kept_params

ASKS = 20
SECONDS = 60 * 60


class AddressForm(forms.Form):
    """Where to write to."""

    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="We write to it for this and for nothing else.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email_token(email) is None:
            raise forms.ValidationError("Part of this e-mail address is missing. It looks like name@example.org.")
        return email


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """The form, with the finder's parameters carried along; the answer is the same for every address.

    Showing it costs no more than a page of the finder; everything that fits is looked up for a form that was sent, and those are counted.
    """
    params = request.POST if request.method == "POST" else request.GET
    form = AddressForm(request.POST or None)
    try:
        query = parse_query(params)
        kept = kept_params(query)
        if not asks_something(kept):
            return redirect("find")
        if request.method == "POST" and form.is_valid():
            if throttle.count("search-save", throttle.address_of(request), seconds=SECONDS) > ASKS:
                return render(request, "429.html", status=429)
            with suppress(TooWide):
                searches.ask_for(query, form.cleaned_data["email"])
                return redirect("search-sent")
        asked, total = glance(kept)
    except BadQuery:
        return render(request, "cms/saved/search_unreadable.html", {"back": address_of(params).url()}, status=400)
    context = {
        "form": form,
        "pairs": [(name, value) for name, values in kept.items() for value in values],
        "back": address_of(params).url(),
        "called": called(asked),
        "total": total,
        "too_wide": total > FITS_MOST,
        "now_left_out": query.open == "now",
    }
    return render(request, "cms/saved/search_save.html", context, status=400 if form.errors else 200)


@door(PUBLIC)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everybody."""
    return render(request, "cms/saved/search_sent.html", {"days": tokens.YES_WITHIN.days})


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The yes: a page with a button, because mail programmes open links by themselves."""
    pk = tokens.of_yes(token)
    if pk is None:
        return render(request, "cms/saved/search_late.html", status=404)
    if request.method != "POST":
        return render(request, "cms/saved/search_confirm.html")
    search = searches.confirm(pk)
    if search is None:
        return render(request, "cms/saved/search_late.html", status=404)
    return render(request, "cms/saved/search_on.html", {"end_url": tokens.end_path(search.pk)})


@door(PUBLIC)
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """The end, by a button here or by the one of a mail programme (RFC 8058), which knows of no token but the address itself."""
    pk = tokens.of_end(token)
    if pk is None:
        return render(request, "cms/saved/not_whole_end.html", {"phone": settings.SITE_PHONE}, status=404)
    if request.method == "POST":
        searches.end(pk)
    return render(request, "cms/saved/search_end.html", {"ended": request.method == "POST"})
