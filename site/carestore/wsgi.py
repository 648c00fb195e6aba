"""The door for web servers."""

import gc
import os
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path[:0] = [path for path in (str(root), str(root / "site")) if path not in sys.path]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carestore.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

# What is loaded by now stays to the end, and is not looked through again and again for what could be thrown away.
gc.collect()
gc.freeze()
