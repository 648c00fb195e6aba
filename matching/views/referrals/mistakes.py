"""A referral that should never have been: an administrator marks it by its number, and sees nothing of whom it is about."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.models import Referral
from matching.referrals import enter_in_error
from matching.views.referrals.steps import show_errors
from matching.views.typed import NumberField


class MistakeForm(forms.Form):
    """Which one, and why."""

    number = NumberField("R", "The number of the referral", help_text="Such as R-101, as somebody told it to you.")
    note = forms.CharField(
        label="What happened?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is kept with the referral. Write no name.",
    )


@door(Permission.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "POST"])
def entered_in_error(request: HttpRequest) -> HttpResponse:
    """Mark one referral as entered in error: it is left out of every figure, and counted once as data quality."""
    form = MistakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        referral = Referral.objects.filter(number=form.cleaned_data["number"]).first()
        try:
            if referral is None:
                raise ValidationError({"number": ["There is no referral with this number."]})
            enter_in_error(referral, by=user_of(request), text=form.cleaned_data["note"])
        except ValidationError as error:
            show_errors(form, error)
        except WrongState:
            form.add_error("number", "This one is marked already.")
        else:
            messages.success(request, f"{referral} is marked as entered in error. It counts in no figure any more.")
            return redirect("entered-in-error")
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "matching/entered_in_error.html", {"form": form}, status=status)
