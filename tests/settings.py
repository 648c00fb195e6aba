"""The product's settings with keys that only tests use. DATABASE_URL may name a PostgreSQL server."""

import atexit
import os
import shutil
import tempfile

if "CARESTORE_HOME" not in os.environ:
    os.environ["CARESTORE_HOME"] = tempfile.mkdtemp(prefix="carestore-test-")
    atexit.register(shutil.rmtree, os.environ["CARESTORE_HOME"], ignore_errors=True)
os.environ["SECRET_KEY"] = "test-secret-" + "s" * 40
os.environ["FIELD_KEYS"] = "dGVzdC1maWVsZC1rZXktMDAwMDAwMDAwMDAwMDAwMDA="
os.environ["LOOKUP_KEY"] = "test-lookup-" + "l" * 32
os.environ["JOURNAL_KEY"] = "test-journal-" + "j" * 32
os.environ["EMAIL_URL"] = "console:"
os.environ["DEMO"] = ""
os.environ["SEARCH_URL"] = ""
os.environ["BASE_URL"] = "http://127.0.0.1:8000"
os.environ["OPEN_DATA_LICENCE"] = ""

from carestore.settings import *  # noqa: E402, F403
from carestore.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
DATABASES["default"].setdefault("TEST", {})
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in ("default", "pages")}
