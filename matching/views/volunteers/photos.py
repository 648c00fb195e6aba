"""A volunteer's photo: put there and taken away by themselves or a coordinator, and shown to nobody whom they are not introduced to."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.models import Volunteer
from matching.views.handed_in import InMemory
from matching.views.referrals.steps import show_errors
from matching.views.volunteers.own import not_now, own_volunteer
from matching.volunteering.looks import keep_volunteer_look
from matching.volunteering.photos import KINDS, MOST_BYTES, WHERE, photo_words, remove_photo, set_photo, show_photo


class PhotoForm(forms.Form):
    """A file, and what it shows."""

    photo = forms.FileField(
        label="The photo",
        help_text=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}, at most {MOST_BYTES // 1_000_000} MB. We keep it small, and nothing of where it was taken.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Choose a photo.", "empty": "Choose a photo with something in it."},
    )
    words = forms.CharField(
        label="What does it show?",
        max_length=150,
        required=False,
        help_text="For people who cannot see it. Such as: grey hair, glasses, a red jacket.",
    )


@door(Permission.VOLUNTEER)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_photo(request: HttpRequest) -> HttpResponse:
    """The volunteer's own."""
    # What takes the file stands ready before anything reads the form, the token too.
    request.upload_handlers = [InMemory(MOST_BYTES)]
    return _own(request)


@csrf_protect
def _own(request: HttpRequest) -> HttpResponse:
    found = own_volunteer(request)
    return _page(request, found, reverse("volunteer-photo"), own=True) if found is not None else not_now(request)


@door(Permission.KEEP_RECORDS)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, volunteer_id: UUID) -> HttpResponse:
    """By a coordinator, for a volunteer who asks for it; the look is kept."""
    request.upload_handlers = [InMemory(MOST_BYTES)]
    return _at_desk(request, volunteer_id)


@csrf_protect
def _at_desk(request: HttpRequest, volunteer_id: UUID) -> HttpResponse:
    found = get_object_or_404(Volunteer, pk=volunteer_id)
    keep_volunteer_look(found, by=user_of(request), where=WHERE)
    return _page(request, found, reverse("desk-volunteer-photo", args=[found.pk]), own=False)


def _page(request: HttpRequest, found: Volunteer, here: str, *, own: bool) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" and request.POST.get("do") != "remove" else PhotoForm()
    if request.method == "POST":
        try:
            if not form.is_bound:
                remove_photo(found, by=user_of(request))
                messages.success(request, "The photo is gone.")
                return redirect(here)
            if form.is_valid():
                set_photo(found, form.cleaned_data["photo"].read(), by=user_of(request), words=form.cleaned_data["words"])
                messages.success(request, "The photo is there.")
                return redirect(here)
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect(here)
    context = {"form": form, "volunteer": found, "own": own, "photo": photo_words(found)}
    return render(request, "matching/volunteers/photo.html", context, status=400 if form.errors else 200)


@door((Permission.VOLUNTEER, Permission.KEEP_RECORDS, Permission.SEE_PERSON, Permission.PREPARE_REFERRAL))
@require_safe
def photo_file(request: HttpRequest, volunteer_id: UUID) -> HttpResponse:
    """The picture itself; who may see it, and that they did, is the verb's to say."""
    content = show_photo(volunteer_id, by=user_of(request))
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
