"""/admin/listings/import/: hand in a file, and one's own files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.imports.reading import MOST_BYTES
from directory.sources.models import ImportSource
from directory.uploads import uploads
from directory.uploads.files import Receiver
from directory.uploads.models import Upload

TOO_LARGE = f"That file is larger than {MOST_BYTES // 1_000_000} million bytes. Split it."


@door(Permission.MODERATE)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """The form, and what became of one's own files. What takes the file must stand ready before anything reads the form, the token too."""
    receiver = Receiver()
    request.upload_handlers = [receiver]
    response = _files(request, receiver)
    if response.status_code != 302:
        # Also where the form was refused before we saw it.
        receiver.throw_away()
    return response


@csrf_protect
def _files(request: HttpRequest, receiver: Receiver) -> HttpResponse:
    if request.method != "POST":
        return _page(request, {})
    errors: dict[str, str] = {}
    # Django reads the form, and the file with it, when somebody first asks for what is in it.
    source = request.POST.get("source", "")
    if receiver.too_large:
        errors["file"] = TOO_LARGE
    elif not receiver.size:
        errors["file"] = "Choose a file with something in it."
    else:
        try:
            upload = uploads.receive(receiver.key, receiver.name, source, by=user_of(request))
        except ValidationError as error:
            errors = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        else:
            return redirect("upload", upload.pk)
    return _page(request, errors)


def _page(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    for text in errors.values():
        messages.error(request, text)
    context = {
        "header_title": "Import listings",
        "header_icon": "upload",
        "breadcrumbs_items": [{"url": reverse("wagtailadmin_home"), "label": "Home"}, {"url": "", "label": "Import listings"}],
        "own": Upload.objects.filter(made_by=user_of(request)),
        "sources": ImportSource.objects.values_list("name", flat=True),
        "source": request.POST.get("source", "") if request.method == "POST" else "",
        "errors": errors,
        "most": MOST_BYTES // 1_000_000,
    }
    return render(request, "uploads/files.html", context, status=400 if errors else 200)
