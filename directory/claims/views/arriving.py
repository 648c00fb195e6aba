"""For people without an account: a link to their own address, a page with one button behind it, and then the form."""

from uuid import UUID

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import throttle
from directory.accounts.doors import PUBLIC, door
from directory.accounts.entering import BY_CODE
from directory.claims import arriving
from directory.claims.claimable import Standing, standing
from directory.claims.forms import ArrivalForm
from directory.claims.scope import scope_of
from directory.claims.views.claiming import DAY, not_open, us
from directory.models import Service

HOUR = 60 * 60
LINKS_FROM_ONE_PLACE = 10
LINKS_TO_ONE_ADDRESS = 3


@door(PUBLIC)
@never_cache
@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the link mailed. Known address or not, the answer is the same."""
    service = get_object_or_404(Service.objects.select_related("organisation", "replaced_by"), pk=pk)
    if (how := standing(service)) != Standing.OPEN:
        return not_open(request, service, how)
    form = ArrivalForm(request.POST)
    if form.is_valid():
        address = form.cleaned_data["email"].lower()
        fine = throttle.take("claim-link", throttle.address_of(request), most=LINKS_FROM_ONE_PLACE, seconds=HOUR)
        if not fine or not throttle.take("claim-link-to", address, most=LINKS_TO_ONE_ADDRESS, seconds=DAY):
            return render(request, "429.html", status=429)
        try:
            arriving.ask_link(service, address)
        except ValidationError as error:
            form.show(error)
        else:
            return redirect("claim-link-sent")
    return render(request, "claims/arrive.html", {"service": service, "form": form, "scope": scope_of(service), **us()}, status=400)


@door(PUBLIC)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next; nothing of who it is."""
    return render(request, "claims/sent.html", {"hours": arriving.HOURS, **us()})


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link: one button, since mail programmes open links by themselves. It makes the account and signs in."""
    if request.method == "POST":
        made = arriving.arrive(token)
        if made is not None:
            user, service = made
            login(request, user, backend=BY_CODE)
            return redirect("claim", service.pk)
    row = arriving.find(token)
    if row is None:
        return render(request, "claims/over.html", us(), status=404)
    return render(request, "claims/arrived.html", {"service": row.service, "email": row.email, **us()})
