"""/partner/claim/ and /partner/claims/: somebody claims a listing, proves it, and sees what became of it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import throttle
from directory.accounts.doors import PUBLIC, SIGNED_IN, door, user_of
from directory.accounts.models import User
from directory.claims import claiming, codes
from directory.claims.claimable import Standing, published_email, standing
from directory.claims.forms import BY_CODE, ArrivalForm, ClaimForm, CodeForm, WordsForm
from directory.claims.keeping import KEPT, LAPSES
from directory.claims.models import Claim
from directory.claims.scope import scope_of
from directory.claims.states import CLAIM_OPEN, ClaimState
from directory.models import Service
from directory.personal.lookup import email_token
from directory.states import WrongState

DAY = 24 * 60 * 60
CLAIMS = 5
CODES_TO_ONE_ADDRESS = 6


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Is this your group? The form; for visitors the ways in; for a listing that cannot be claimed why not."""
    service = get_object_or_404(Service.objects.select_related("organisation", "replaced_by"), pk=pk)
    if isinstance(request.user, User):
        known = _known(request.user, service)
        if known is not None:
            return known
    if (how := standing(service)) != Standing.OPEN:
        return not_open(request, service, how)
    if not isinstance(request.user, User):
        return render(request, "claims/arrive.html", {"service": service, "form": ArrivalForm(), "scope": scope_of(service), **us()})
    form = ClaimForm(published_email(service), request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        answer = _make(request, service, form)
        if answer is not None:
            return answer
    context = {"service": service, "form": form, "scope": scope_of(service), "days": KEPT.days, **us()}
    return render(request, "claims/claim.html", context, status=400 if form.errors else 200)


@door(SIGNED_IN)
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Every claim of one's own, the newest first."""
    found = Claim.objects.for_user(request.user).select_related("service__organisation").order_by("-made_at", "id")
    rows = [{"claim": each, "open": each.state in CLAIM_OPEN, "public": each.service.is_public} for each in found]
    return render(request, "claims/mine.html", {"rows": rows, **us()})


@door(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own claim: the code, words instead of it, taking it back; what was decided, and why."""
    own = get_object_or_404(Claim.objects.for_user(request.user).select_related("service__organisation", "organisation"), pk=pk)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    code = CodeForm(request.POST if do == "prove" else None)
    words = WordsForm(request.POST if do == "words" else None)
    if request.method == "POST":
        if _carry_out(request, do, own, code, words):
            return redirect("claim-shown", own.pk)
        own.refresh_from_db()
    email = published_email(own.service)
    context = {
        "claim": own,
        "service": own.service,
        "scope": scope_of(own.service),
        "can_prove": own.state in (ClaimState.BEGUN, ClaimState.WAITING) and bool(email),
        "can_say": own.state == ClaimState.BEGUN,
        "open": own.state in CLAIM_OPEN,
        "may_ask": own.codes_asked < codes.MOST,
        "hours": codes.HOURS,
        "lapses": LAPSES.days,
        "email": email,
        "code": code,
        "words": words,
        "public": own.service.is_public,
        **us(),
    }
    return render(request, "claims/one.html", context, status=400 if code.errors or words.errors else 200)


def not_open(request: HttpRequest, service: Service, how: Standing) -> HttpResponse:
    """Why this listing cannot be claimed. Of one that visitors do not see nothing is told but that it ended, and what it became."""
    if how == Standing.NOT_SHOWN:
        raise Http404
    into = service.replaced_by if service.replaced_by and service.replaced_by.is_public else None
    context = {"service": service if service.is_public else None, "how": str(how), "into": into, **us()}
    return render(request, "claims/not_open.html", context, status=409)


def us() -> dict[str, str]:
    """Whom to ring."""
    return {"phone": settings.SITE_PHONE, "phone_hours": settings.SITE_PHONE_HOURS}


def _known(user: User, service: Service) -> HttpResponse | None:
    """Where somebody goes who keeps the listing, or has claimed it already."""
    if user.memberships.filter(organisation=service.organisation_id).exists():
        return redirect("partner-service", service.pk)
    own = Claim.objects.for_user(user).filter(organisation=service.organisation_id, state__in=CLAIM_OPEN).first()
    return redirect("claim-shown", own.pk) if own else None


def _make(request: HttpRequest, service: Service, form: ClaimForm) -> HttpResponse | None:
    """Where to go on; None where the form is shown again."""
    user = user_of(request)
    if not throttle.take("claim", str(user.pk), most=CLAIMS, seconds=DAY):
        return render(request, "429.html", status=429)
    try:
        made = claiming.claim(service, by=user, **form.values())
    except claiming.CannotBeClaimed as error:
        return not_open(request, service, error.standing)
    except WrongState:
        return redirect("partner-service", service.pk)
    except ValidationError as error:
        form.show(error)
        return None
    if form.cleaned_data.get("how") == BY_CODE and made.state == ClaimState.BEGUN:
        _ask_code(request, made, user)
    return redirect("claim-shown", made.pk)


def _carry_out(request: HttpRequest, do: str, own: Claim, code: CodeForm, words: WordsForm) -> bool:
    """Was it done? Where not, the page is shown again."""
    user = user_of(request)
    try:
        if do == "code":
            _ask_code(request, own, user)
            return True
        if do == "prove" and code.is_valid():
            claiming.prove(own, code.cleaned_data["code"], by=user)
            messages.success(request, "That is the code. We look at your claim now.")
            return True
        if do == "words" and words.is_valid():
            claiming.say_in_words(own, words.cleaned_data["words"], by=user)
            messages.success(request, "Thank you. We look at it.")
            return True
        if do == "withdraw":
            claiming.withdraw(own, by=user)
            messages.success(request, "You have taken your claim back.")
            return True
    except ValidationError as error:
        (code if do == "prove" else words).show(error)
    except WrongState as error:
        messages.error(request, str(error))
        return True
    return False


def _ask_code(request: HttpRequest, own: Claim, user: User) -> None:
    to: Any = email_token(published_email(own.service))
    if to and not throttle.take("claim-code", to, most=CODES_TO_ONE_ADDRESS, seconds=DAY):
        messages.error(request, "That address has had many codes today. Try tomorrow, say it in words, or ring us.")
        return
    try:
        claiming.ask_code(own, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "A code is on its way. It may take a few minutes.")
