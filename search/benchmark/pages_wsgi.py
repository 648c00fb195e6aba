"""The door for a benchmark's own web server: the site with one more address, and without any middleware of a cache where BENCHMARK_CACHE is off."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.BENCHMARKED_URLCONF = settings.ROOT_URLCONF
settings.ROOT_URLCONF = "search.benchmark.pages_urls"
if os.environ.get("BENCHMARK_CACHE") == "off":
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "cache" not in name.lower()]
application = get_wsgi_application()
