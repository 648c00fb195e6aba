"""/account/manage/: an administrator's page of accounts. It shows who may come in, never whom the co-op helps."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.http import require_http_methods

from directory import keeping_accounts
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission, Role
from directory.accounts.system import SYSTEM_EMAIL
from directory.models import Organisation

PER_PAGE = 50
MOST_GROUPS = 30


class NewAccountForm(forms.Form):
    """Somebody new, or a program."""

    email = forms.EmailField(label="Their e-mail address")
    name = forms.CharField(label="Their name", max_length=200)
    roles = forms.MultipleChoiceField(
        label="What are they here?", choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    is_service = forms.BooleanField(label="This is a program: it gets keys, no password", required=False)


class AccountForm(forms.Form):
    """Roles, groups and whether the account is open. Every group may be sent, only those of `offered` are shown: there may be thousands."""

    roles = forms.MultipleChoiceField(label="Roles", choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False)
    groups = forms.ModelMultipleChoiceField(
        label="Groups whose listings they keep",
        queryset=Organisation.objects.filter(replaced_by=None),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For partners. To add one that is not here, find it by its name below.",
    )
    active = forms.BooleanField(label="The account is open", required=False)

    def __init__(self, *args: Any, offered: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].widget.choices = [(group.pk, group.name) for group in offered]  # type: ignore[attr-defined]


@door(Permission.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, page by page (?q= of their address), and a new one."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping_accounts.open_account(by=user_of(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not made.is_service:
                send_link(made)
                messages.success(request, "The account is open. A mail with a link to choose a password is on its way.")
            return redirect("account-managed", made.pk)
    q = _asked(request, "q")
    users = User.objects.exclude(email=SYSTEM_EMAIL).filter(email__icontains=q).prefetch_related("grants").order_by("email")
    page = Paginator(users, PER_PAGE).get_page(request.GET.get("page"))
    columns = ["Who", "Name", "Roles", "Open"]
    context = {"form": form, "rows": [_row(user) for user in page], "columns": columns, "page": page, "q": q, "query": urlencode({"q": q})}
    return render(request, "account/manage.html", context, status=400 if form.is_bound and form.errors else 200)


def _row(user: User) -> dict[str, Any]:
    roles = ", ".join(str(Role(grant.role).label) for grant in user.grants.all())
    who = {"text": user.email, "url": reverse("account-managed", args=[user.pk])}
    return {"cells": [who, user.name + (" (program)" if user.is_service else ""), roles, "yes" if user.is_active else "closed"]}


@door(Permission.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def one_account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One account: its roles and groups, a new password link, keys of a program."""
    found = get_object_or_404(User.objects.exclude(email=SYSTEM_EMAIL), pk=user_id)
    held = {"roles": list(found.grants.values_list("role", flat=True)), "groups": found.organisations.all(), "active": found.is_active}
    changing = request.method == "POST" and request.POST.get("do") == "change"
    group = _asked(request, "group")
    form = AccountForm(request.POST if changing else None, initial=held, offered=_offered(found, group))
    key = ""
    if request.method == "POST":
        try:
            key = _do(request, found, form)
        except ValidationError as error:
            form.add_error(None, error) if changing else messages.error(request, " ".join(error.messages))
        else:
            if not key and not form.errors:
                return redirect("account-managed", found.pk)
    context = {"found": found, "form": form, "key": key, "keys": found.keys.filter(revoked=False).count(), "group": group}
    return render(request, "account/managed.html", context, status=400 if changing and form.errors else 200)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:100]


def _offered(user: User, text: str) -> list[Organisation]:
    """The groups to tick: those the account keeps, and MOST_GROUPS whose name holds a text; all of them where there are no more."""
    held = list(user.organisations.order_by("name", "id"))
    more = Organisation.objects.filter(replaced_by=None, name__icontains=text).exclude(pk__in=[group.pk for group in held])
    found = list(more.only("id", "name")[: MOST_GROUPS + 1])
    return held + (found[:MOST_GROUPS] if text or len(found) <= MOST_GROUPS else [])


def _do(request: HttpRequest, found: User, form: AccountForm) -> str:
    """What was pressed; a new key is given back, to be shown once. Raises ValidationError."""
    by, what = user_of(request), request.POST.get("do", "")
    if what == "change" and form.is_valid():
        keeping_accounts.set_roles(found, form.cleaned_data["roles"], by=by)
        keeping_accounts.set_groups(found, form.cleaned_data["groups"], by=by)
        if form.cleaned_data["active"] != found.is_active:
            keeping_accounts.set_active(found, form.cleaned_data["active"], by=by)
        messages.success(request, "Changed.")
    elif what == "link" and not found.is_service:
        send_link(found)
        messages.success(request, "A mail with a link to choose a password is on its way.")
    elif what == "key":
        return keeping_accounts.make_key(found, by=by)
    elif what == "revoke":
        messages.success(request, f"{keeping_accounts.revoke_keys(found, by=by)} keys ended.")
    return ""


def send_link(user: User) -> None:
    """A mail with a link, good for one use, to choose a password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = settings.BASE_URL + reverse("password-choose", args=[uid, default_token_generator.make_token(user)])
    text = (
        f"Choose a password for {settings.SITE_NAME}:\n\n{link}\n\n"
        "The link works once, for three days. If you did not ask for it, you need do nothing.\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    send_mail(f"Your password for {settings.SITE_NAME}", text, None, [user.email], fail_silently=True)
