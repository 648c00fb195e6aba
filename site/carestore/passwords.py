"""Choosing a password: by a link in a mail, asked for by its owner or sent by an administrator."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods
from django_tasks import task

from carestore.managing import send_link
from directory import throttle
from directory.accounts.doors import PUBLIC, door
from directory.accounts.models import User

ASKS = 5
ASKS_FROM_ONE_PLACE = 30
SECONDS = 60 * 60


class ForgottenForm(forms.Form):
    """The address of the account."""

    email = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


@task()
def _mail_link(user_id: str) -> int:
    return mail_link(user_id)


def mail_link(user_id: str) -> int:
    """Send the link to an account that is open; to nobody where there is none. How many mails went out."""
    user = User.objects.filter(pk=user_id, is_active=True, is_service=False).first() if user_id else None
    if user is None:
        return 0
    send_link(user)
    return 1


@door(PUBLIC)
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """The same answer whether there is such an account or not; at most five mails an hour for one address, sent by the worker."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not throttle.take("forgotten-from", throttle.address_of(request), most=ASKS_FROM_ONE_PLACE, seconds=SECONDS):
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(SECONDS)
            return response
        address = form.cleaned_data["email"].strip().lower()
        if throttle.count("forgotten", address, seconds=SECONDS) <= ASKS:
            user = User.objects.filter(email=address, is_active=True, is_service=False).first()
            # Queued for everybody: a mail that is sent while somebody waits tells by its time who has an account.
            _mail_link.enqueue(str(user.pk) if user is not None else "")
        messages.success(request, "If this address has an account, a mail with a link is on its way.")
        return redirect("login")
    return render(request, "account/forgotten.html", {"form": form, "phone": settings.SITE_PHONE})


@door(PUBLIC)
class Choose(PasswordResetConfirmView):
    """Choose the password by the link of the mail."""

    template_name = "account/choose.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        messages.success(self.request, "Your password is set. Sign in with it.")
        return super().form_valid(form)
