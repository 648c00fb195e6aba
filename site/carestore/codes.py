"""Signing in by a code sent to one's mail. Whether an address is known makes no difference to any page here."""

from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from carestore import account
from directory import signing_in
from directory.accounts.doors import PUBLIC, door
from directory.accounts.entering import BY_CODE
from directory.signing_in import TooOften, WrongCode
from directory.views import code_tries
from directory.views.code_tries import CodeForm

HELD = "mail_code"
PAUSE = "Too many codes were asked for. Wait an hour, or until tomorrow; sign in with your password, or ring us."


@door(PUBLIC)
@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer is the same for every address; the mail goes out later."""
    target, form = account.safe_next(request), account.AddressForm(request.POST)
    if not form.is_valid():
        return account.login_page(request, target, by_code=form, status=400)
    if not code_tries.may_send(request):
        return _pause(request, target, form, code_tries.SENT_SECONDS)
    try:
        row = signing_in.ask_code(form.cleaned_data["email"])
    except TooOften as error:
        return _pause(request, target, form, error.seconds)
    request.session[HELD] = str(row.pk)
    return redirect(_with_next(reverse("login-code"), target))


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The six digits, in the browser in which they were asked for: nobody else can use the tries up."""
    target, held = account.safe_next(request), request.session.get(HELD)
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(target or "account")
    if held is None:
        return redirect(_with_next(reverse("login"), target))
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if not code_tries.may_try(request):
            return code_tries.pause(request)
        if form.is_valid():
            if _sign_in(request, UUID(held), form.cleaned_data["code"]):
                return redirect(target or "account")
            form.add_error("code", code_tries.WRONG)
    minutes = int(signing_in.LASTS.total_seconds()) // 60
    return render(request, "account/code.html", {"form": form, "next": target, "minutes": minutes}, status=status)


def _sign_in(request: HttpRequest, ask: UUID, code: str) -> bool:
    try:
        user = signing_in.account_of(signing_in.use_code(ask, code))
    except WrongCode:
        return False
    request.session.pop(HELD, None)
    if user is None:
        return False
    login(request, user, backend=BY_CODE)
    return True


def _pause(request: HttpRequest, target: str, form: "account.AddressForm", seconds: int) -> HttpResponse:
    form.add_error(None, PAUSE)
    response = account.login_page(request, target, by_code=form, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _with_next(path: str, target: str) -> str:
    return f"{path}?{urlencode({'next': target})}" if target else path
