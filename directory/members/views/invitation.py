"""/invitation/: yes or no to keeping a group's listings. A GET shows the buttons and a POST does it: mail programmes open links by themselves."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from directory import signing_in
from directory.accounts.doors import PUBLIC, door, user_of
from directory.accounts.entering import BY_CODE
from directory.accounts.models import MailCode, User
from directory.accounts.names import clean_name
from directory.members import invitations
from directory.members.models import Invitation
from directory.members.tokens import of_invitation
from directory.signing_in import TooOften, WrongCode
from directory.states import WrongState
from directory.views import code_tries
from directory.views.code_tries import CodeForm

PURPOSE = MailCode.Purpose.INVITATION
NAME_MISSING = "Write what the group calls you."


class NameForm(CodeForm):
    """For who has no account yet."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="The others of the group see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": NAME_MISSING},
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


@door(PUBLIC)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """One invitation: for whoever is signed in with its address two buttons, for everybody else a code to that address first."""
    row = _row(token)
    if row is None:
        return _over(request)
    what = request.POST.get("do", "") if request.method == "POST" else ""
    try:
        if what == "no":
            invitations.decline(row)
            return render(request, "members/declined.html", {"organisation": row.organisation})
        if request.user.is_authenticated:
            return _signed_in(request, row, what)
        if what == "send":
            return _send(request, row)
        if what == "yes":
            return _by_code(request, row)
    except WrongState:
        return _over(request)
    return _page(request, row, _form(row)() if _held(request, row) else None)


def _signed_in(request: HttpRequest, row: Invitation, what: str) -> HttpResponse:
    user = user_of(request)
    if what == "yes" and user.email == row.email:
        invitations.accept(row, by=user)
        return _welcome(request, row)
    return render(request, "members/invitation_signed_in.html", {"invitation": row, "theirs": user.email == row.email})


def _send(request: HttpRequest, row: Invitation) -> HttpResponse:
    if not code_tries.may_send(request):
        return code_tries.pause(request, code_tries.SENT_SECONDS)
    try:
        asked = signing_in.ask_code(row.email, purpose=PURPOSE)
    except TooOften as error:
        return code_tries.pause(request, error.seconds)
    request.session[_key(row)] = str(asked.pk)
    return redirect(request.path)


def _by_code(request: HttpRequest, row: Invitation) -> HttpResponse:
    held, form = _held(request, row), _form(row)(request.POST)
    if held is None:
        return _page(request, row, None)
    if not code_tries.may_try(request):
        return code_tries.pause(request)
    # The whole form first: a code works once, and is not to be lost by a missing name.
    if form.is_valid():
        try:
            email = signing_in.use_code(UUID(held), form.cleaned_data["code"], purpose=PURPOSE)
            user = invitations.accept_by_code(row, email=email, name=form.cleaned_data.get("name", ""))
        except (WrongCode, PermissionDenied):
            form.add_error("code", code_tries.WRONG)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            request.session.pop(_key(row), None)
            login(request, user, backend=BY_CODE)
            return _welcome(request, row)
    return _page(request, row, form, status=400)


def _page(request: HttpRequest, row: Invitation, form: CodeForm | None, status: int = 200) -> HttpResponse:
    minutes = int(signing_in.LASTS.total_seconds()) // 60
    context = {"invitation": row, "form": form, "minutes": minutes, "here": request.path}
    return render(request, "members/invitation.html", context, status=status)


def _welcome(request: HttpRequest, row: Invitation) -> HttpResponse:
    messages.success(request, f"Thank you. You keep the listings of {row.organisation.name} now.")
    return redirect("partner")


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "members/invitation_over.html", status=404)


def _row(token: str) -> Invitation | None:
    pk = of_invitation(token)
    row = Invitation.objects.select_related("organisation", "made_by").filter(pk=pk).first() if pk else None
    return row if row is not None and invitations.works(row) else None


def _form(row: Invitation) -> type[CodeForm]:
    return CodeForm if User.objects.filter(email=row.email).exists() else NameForm


def _held(request: HttpRequest, row: Invitation) -> str | None:
    return request.session.get(_key(row))


def _key(row: Invitation) -> str:
    return f"invitation_code_{row.pk.hex}"
