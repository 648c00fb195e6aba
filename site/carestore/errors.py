"""Pages for what went wrong: each says what to do next. Addresses of the API get the API's own shape."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from carestore.context import site_facts

SENTENCES = {
    400: "This request cannot be read.",
    403: "This is not open to you.",
    404: "There is nothing at this address.",
    429: "That was too many times in a row. Wait a little, then try again.",
    500: "Something went wrong on our side.",
}


def page(request: HttpRequest, code: int) -> HttpResponse:
    """The page of an error, or its JSON below /api/ and /oruk/."""
    if request.path.startswith(("/api/", "/oruk/", "/fhir/")):
        return JsonResponse({"errors": {"request": [SENTENCES[code]]}}, status=code)
    return render(request, f"{code}.html", status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without context processors: whatever broke may be one of them."""
    if request.path.startswith(("/api/", "/oruk/", "/fhir/")):
        return JsonResponse({"errors": {"request": [SENTENCES[500]]}}, status=500)
    return HttpResponse(render_to_string("500.html", site_facts()), status=500)
