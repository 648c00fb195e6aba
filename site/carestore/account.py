"""Signing in and out, and the page of one's own account."""

import re
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from directory import throttle
from directory.accounts.doors import PUBLIC, SIGNED_IN, door, user_of
from directory.accounts.entering import DEMO_DOMAIN
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role
from matching.views.asking import marks

# Of one address from one place; of all addresses from one place, which may be a whole office.
TRIES = 10
TRIES_FROM_ONE_PLACE = 100
SECONDS = 15 * 60
PLAIN_PATH = re.compile(r"/[^\s\\\x00-\x1f\x7f]*")


class SignInForm(forms.Form):
    """E-mail address and password."""

    login = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class AddressForm(forms.Form):
    """Where the code goes."""

    email = forms.EmailField(label="Your e-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


@door(PUBLIC)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ten wrong tries within a quarter of an hour for one address from one place, a hundred for all from one place, then a pause (429)."""
    target = safe_next(request)
    if request.user.is_authenticated and request.method == "GET":
        return redirect(target or "account")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = throttle.address_of(request)
        who = f"{form.cleaned_data['login'].lower()} {place}"
        # The place first: whoever is shut out leaves no counts for ever new addresses. The rest is counted before it is looked at, which takes
        # long: of many that are sent at once, none slips through.
        shut = throttle.tries("sign-in-from", place) >= TRIES_FROM_ONE_PLACE
        if shut or throttle.count("sign-in", who, seconds=SECONDS) > TRIES:
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(SECONDS)
            return response
        user = None
        if settings.DEMO or not form.cleaned_data["login"].lower().endswith(DEMO_DOMAIN):
            user = authenticate(request, username=form.cleaned_data["login"].lower(), password=form.cleaned_data["password"])
        if user is not None:
            throttle.forget("sign-in", who)
            login(request, user)
            return redirect(target or "account")
        throttle.count("sign-in-from", place, seconds=SECONDS)
        form.add_error(None, "We do not know this e-mail address with this password. Check both and try again, or ring us.")
    return login_page(request, target, by_password=form, status=200 if request.method == "GET" else 400)


def login_page(
    request: HttpRequest, target: str, *, by_code: AddressForm | None = None, by_password: SignInForm | None = None, status: int = 200
) -> HttpResponse:
    """Both ways in, with what was typed into one of them."""
    context = {"by_code": by_code or AddressForm(), "form": by_password or SignInForm(), "next": target}
    return render(request, "account/login.html", context, status=status)


@door(PUBLIC)
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The page editor has no log-in of its own."""
    if request.user.is_authenticated:
        messages.warning(request, "Your account does not open the page editor.")
        return redirect("account")
    return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': safe_next(request) or '/admin/'})}")


@door(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Nothing that was begun stays behind for whoever sits down at the computer next."""
    marks.forget_at_log_out(request)
    logout(request)
    messages.success(request, "You have signed out.")
    return marks.let_go(redirect("home"))


@dataclass(frozen=True)
class Room:
    """One thing this account opens; module: the room that must be open for it."""

    title: str
    text: str
    url: str
    module: str = "casework"


OWN = Room(
    "My requests",
    "What became of what you asked for, who comes and when, and your yes. For family: what you may see.",
    "/account/requests/",
)

ROOMS_BY_ROLE = {
    Role.PERSON: OWN,
    Role.FAMILY: OWN,
    Role.COORDINATOR: Room("The desk", "Today's work: what is late, new and promised.", "/desk/"),
    Role.SAFEGUARDING_LEAD: Room("The desk", "Concerns come here.", "/desk/"),
    Role.CARE_WORKER: Room("The desk", "Prepare a referral and follow it.", "/desk/"),
    Role.PARTNER: Room("Our listings", "Keep your group's services right, and answer who was referred to you.", "/partner/", "directory"),
    Role.VOLUNTEER: Room("My offers and people", "Say yes or no to a request, see whom you help.", "/volunteer/", "volunteers"),
    Role.COUNCIL_REFERRER: Room("Refer someone", "Make a referral and follow your own.", "/council/refer/", "council"),
    Role.ANALYST: Room("Figures", "The published figures.", "/council/figures/", "council"),
    Role.EDITOR: Room("Pages and moderation", "Edit pages, decide on changes to listings.", "/admin/", "directory"),
    Role.ADMINISTRATOR: Room("Accounts", "Who may come in, and as what.", "/account/manage/", "directory"),
}


@door(SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """What this account opens."""
    theirs = dict.fromkeys(ROOMS_BY_ROLE[role] for role in Role if role in roles_of(request.user) and role in ROOMS_BY_ROLE)
    rooms = [room for room in theirs if room.module in settings.MODULES]
    roles = [role.label for role in Role if role in roles_of(request.user)]
    groups = user_of(request).organisations.order_by("name") if Role.PARTNER in roles_of(request.user) else []
    return render(request, "account/account.html", {"rooms": rooms, "roles": roles, "groups": groups})


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or empty."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # A word without a slash would be taken for the name of a view; blanks and control characters read differently in a browser.
    return target if allowed and PLAIN_PATH.fullmatch(target) else ""
