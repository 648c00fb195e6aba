"""The site's addresses and one more, for a benchmark's own web server: what the middleware costs by itself."""

import os
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from directory.accounts.doors import PUBLIC, door

_site = import_module(getattr(settings, "BENCHMARKED_URLCONF"))  # noqa: B009 - no setting of the product
handler400, handler403, handler404, handler500 = (getattr(_site, f"handler{code}") for code in (400, 403, 404, 500))


@door(PUBLIC)
def hello(request: HttpRequest) -> HttpResponse:
    """The number of the process that answers, and nothing else."""
    return HttpResponse(str(os.getpid()), content_type="text/plain")


urlpatterns = [path("benchmark/hello/", hello), *_site.urlpatterns]
