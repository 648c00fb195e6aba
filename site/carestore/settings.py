"""Settings, read once from the environment (docs/settings.md lists them). Wrong values raise."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from carestore import env

ROOT = Path(__file__).resolve().parents[2]
CARESTORE_HOME = Path(os.environ.get("CARESTORE_HOME") or ROOT / "var").resolve()
# Database, mails and keys are not everybody's on this machine; a web server in the group reaches the pictures.
CARESTORE_HOME.mkdir(mode=0o750, parents=True, exist_ok=True)

DEMO = env.boolean("DEMO")
# Links in the demonstration's mails lead to the port at which it answers.
BASE_URL = env.web_address("BASE_URL", f"http://127.0.0.1:{env.integer('PORT', 8000, 1, 65535) if DEMO else 8000}")
BASE_HOST = urlsplit(BASE_URL).hostname or ""
if DEMO and BASE_HOST not in ("127.0.0.1", "localhost", "::1"):
    raise ImproperlyConfigured("DEMO=1 opens well-known passwords, so it works on this machine only: take DEMO or BASE_URL away.")
# `manage.py setup` and the demonstration make the keys of a new installation; nothing else ever does.
env.load_keys(CARESTORE_HOME, make=DEMO or sys.argv[1:2] == ["setup"])

SECRET_KEY = env.text("SECRET_KEY")
FIELD_KEYS = [key.strip() for key in env.text("FIELD_KEYS").split(",")]
for _key in FIELD_KEYS:
    try:
        Fernet(_key)
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS: each key is 32 bytes in url-safe base64 ('manage.py setup' makes one).") from error
LOOKUP_KEY = env.text("LOOKUP_KEY")
JOURNAL_KEY = env.text("JOURNAL_KEY")
if min(len(LOOKUP_KEY), len(JOURNAL_KEY), len(SECRET_KEY)) < 32:
    raise ImproperlyConfigured("SECRET_KEY, LOOKUP_KEY and JOURNAL_KEY: at least 32 characters each ('manage.py setup' makes them).")
if len({LOOKUP_KEY, JOURNAL_KEY, SECRET_KEY, *FIELD_KEYS}) < 3 + len(FIELD_KEYS):
    raise ImproperlyConfigured("SECRET_KEY, FIELD_KEYS, LOOKUP_KEY and JOURNAL_KEY: each must be a different key.")

DEBUG = False
ALLOWED_HOSTS = [BASE_HOST, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "carestore.errors.stale_form"
_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 60 * 60 * 12
# What is told may hold words about somebody: locked away in the session on the server, never in a cookie, which is signed but readable.
MESSAGE_STORAGE = "carestore.told.LockedMessages"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

BUILT_MODULES = ("directory", "finder", "casework", "volunteers", "council")
KNOWN_MODULES = frozenset(
    [
        "directory",
        "finder",
        "casework",
        "volunteers",
        "visits",
        "concerns",
        "council",
        "booklet",
        "circles",
        "groups",
        "timebank",
        "members",
        "votes",
        "shares",
        "questions",
        "federation",
    ]
)
# The directory and the finder are what everything else stands on; referrals to volunteers and from the council are casework.
MODULES = tuple(dict.fromkeys(("directory", "finder", *env.words("MODULES", KNOWN_MODULES, BUILT_MODULES))))
if "casework" not in MODULES and (standing := [name for name in ("volunteers", "council") if name in MODULES]):
    raise ImproperlyConfigured(f"MODULES: {' and '.join(standing)} cannot be open without casework.")

INSTALLED_APPS = [
    "carestore",
    "cms",
    "matching",
    "search",
    "directory",
    "directory.merging",
    "directory.harvest",
    "directory.taxonomies",
    "directory.uploads",
    "directory.sources",
    "directory.geodata",
    "directory.openreferral",
    "directory.freshness",
    "directory.looks",
    "directory.suggestions",
    "directory.members",
    "directory.claims",
    "directory.conflicts",
    "directory.drafts",
    "directory.waiting",
    "directory.journal",
    "directory.accounts",
    "leaflet",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "directory.looks.noting.CountLooks",
    "carestore.page_cache.PageCache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "carestore.middleware.AdminContentSecurity",
    "carestore.middleware.NoCopies",
    "carestore.errors.WrongMethod",
    "directory.accounts.doors.DoorMiddleware",
]

ROOT_URLCONF = "carestore.urls"
WSGI_APPLICATION = "carestore.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "carestore.context.roof",
            ],
        },
    },
]

# Measured under 16 writers: Django's defaults fail 23 % of writes with "database is locked", WAL alone 93 %, these none.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
}
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL", f"sqlite:///{CARESTORE_HOME / 'carestore.sqlite3'}"))}
# A thread keeps its connection: opening one costs more than a page that is kept in memory.
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL compiles what it takes for a long query: 1.3 s for lists that it then answers in 0.1 s. An address with options keeps its own.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# The constraint on Lower("email") keeps an address unique in any case; the check looks for the plain kind only.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
AUTHENTICATION_BACKENDS = ["directory.accounts.entering.Accounts", "directory.accounts.entering.ByCode"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/account/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CARESTORE_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_URL = "/media/"
MEDIA_ROOT = CARESTORE_HOME / "media"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

for _name, _value in env.email_settings(env.text("EMAIL_URL", f"file://{CARESTORE_HOME / 'mail'}")).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Care Store <care-store@localhost>")

# Shared by all processes of one machine, so that what is counted is counted once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(CARESTORE_HOME / "cache"),
        # Django throws a third away, whichever it is, from 300 entries on: counts of wrong passwords would go with them.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Whole pages of up to 50 kB, in each process for itself.
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 400}},
}
PAGE_CACHE_SECONDS = env.integer("PAGE_CACHE_SECONDS", 300, 0, 300)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SEARCH_URL = env.web_address("SEARCH_URL", "")
SEARCH_INDEX_DIR = CARESTORE_HOME / "index"
TILE_URL = env.text("TILE_URL", "")
TILE_ATTRIBUTION = env.text("TILE_ATTRIBUTION", "")

SITE_NAME = env.text("SITE_NAME", "Colne Valley Care Store")
SITE_PHONE = env.text("SITE_PHONE", "01632 960 123")
SITE_PHONE_HOURS = env.text("SITE_PHONE_HOURS", "Monday to Friday, 9 to 4")
SITE_ADDRESS = env.text("SITE_ADDRESS", "1 Example Street, Slaithwaite, Huddersfield")
# Who helps children and young people who care for somebody: nobody under 18 is written down here, and this is whom we name instead.
YOUNG_CARERS = env.text("YOUNG_CARERS", "the young carers' team of Kirklees Council (kirklees.gov.uk, look for young carers)")
# A request that is open for longer than so many days is proposed as an unmet need.
UNMET_AFTER_DAYS = env.integer("UNMET_AFTER_DAYS", 28, 1, 1_000)
# How volunteers are asked: not too often, with a rest after a no, and with time to answer.
OFFERS_IN_A_WEEK = env.integer("OFFERS_IN_A_WEEK", 3, 1, 50)
REST_AFTER_NO_DAYS = env.integer("REST_AFTER_NO_DAYS", 2, 0, 60)
OFFER_HOURS_URGENT = env.integer("OFFER_HOURS_URGENT", 4, 1, 720)
OFFER_HOURS_ERRAND = env.integer("OFFER_HOURS_ERRAND", 48, 1, 720)
OFFER_HOURS_REGULAR = env.integer("OFFER_HOURS_REGULAR", 120, 1, 720)
# Where visitors find the source of the running version (AGPL section 13).
SOURCE_URL = env.web_address("SOURCE_URL", "")
# Under which others may use what was written here. It is the co-op's to choose; the words to each are in directory/openreferral/licences.py.
OPEN_DATA_LICENCES = ("OGL-3.0", "CC-BY-4.0", "CC0-1.0")
OPEN_DATA_LICENCE = env.choice("OPEN_DATA_LICENCE", OPEN_DATA_LICENCES)

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"

_own = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _own,
        "style-src": _own,
        "img-src": ["'self'", "data:", *([f"{urlsplit(TILE_URL).scheme}://{urlsplit(TILE_URL).netloc}"] if TILE_URL else [])],
        "font-src": _own,
        "connect-src": _own,
        "form-action": _own,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", 1_200, 1, 1_000_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["directory.accounts.keys.ApiKeyAuthentication", "directory.accounts.keys.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["directory.accounts.doors.DoorPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["carestore.api.StrictJSONParser"],
    "EXCEPTION_HANDLER": "carestore.api.errors",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["carestore.limits.EachMinute"],
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Community Care Store",
    "DESCRIPTION": "Find local help, make and follow referrals, read published figures.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "PREPROCESSING_HOOKS": ["carestore.schema.own_doors"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "carestore.schema.may_be_too_often"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {"ReferralStateEnum": "matching.states.ReferralState"},
}

# Request lines carry what people typed; nothing that logs one is switched on.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "carestore": {"level": "INFO"},
        "django.request": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
        # Its debug lines hold the whole context of a page, with whoever stands on it.
        "django.template": {"level": "INFO"},
    },
}
