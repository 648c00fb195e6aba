"""The door for a benchmark's own web server: the site with one more address."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.BENCHMARKED_URLCONF = settings.ROOT_URLCONF
settings.ROOT_URLCONF = "search.benchmark.pages_urls"
application = get_wsgi_application()
