"""All addresses. Those of doors.md always answer from code; what is left over goes to the pages that editors make."""

from django.conf import settings
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

import matching.urls
from carestore import account, codes, health, managing, passwords, schema, styleguide
from directory.accounts.doors import PUBLIC, RULES_BY_PREFIX
from directory.accounts.roles import Permission

# Addresses of installed packages.
RULES_BY_PREFIX[:] = [
    ("admin/login/", PUBLIC),
    ("admin/", Permission.EDIT_PAGES),
    ("documents/", PUBLIC),
    # The form under which an editor's page with a password asks for it; Wagtail's own log-in beside it stays shut.
    ("_util/authenticate_with_password/", PUBLIC),
    ("static/", PUBLIC),
    ("media/", PUBLIC),
]

urlpatterns = [
    path("account/login/", account.sign_in, name="login"),
    path("account/login/send/", codes.send, name="login-send"),
    path("account/login/code/", codes.enter, name="login-code"),
    path("account/logout/", account.sign_out, name="logout"),
    path("account/password/", passwords.forgotten, name="password-forgotten"),
    path("account/password/<uidb64>/<token>/", passwords.Choose.as_view(), name="password-choose"),
    path("account/manage/", managing.accounts, name="accounts"),
    path("account/manage/<uuid:user_id>/", managing.one_account, name="account-managed"),
    path("account/", account.account, name="account"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/v1/schema/", schema.Schema.as_view(), name="schema"),
    path("admin/login/", account.admin_sign_in),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("directory.urls")),
    path("", include("directory.freshness.urls")),
    path("", include("directory.suggestions.urls")),
    path("", include("directory.members.urls")),
    path("", include("directory.claims.urls")),
    path("", include("directory.openreferral.urls")),
    path("", include("search.urls")),
    # A room that is off has no addresses; those of the directory and the finder always answer.
    *[path("", include(room)) for name, room in matching.urls.ROOMS.items() if name in settings.MODULES],
    path("", include("cms.urls")),
    *staticfiles_urlpatterns(),
    path("", include(wagtail_urls)),
]

handler400 = "carestore.errors.bad_request"
handler403 = "carestore.errors.not_open"
handler404 = "carestore.errors.not_found"
handler500 = "carestore.errors.broken"

if settings.DEMO:
    # Elsewhere the web server in front serves pictures. Django's own `static()` does so under DEBUG only.
    urlpatterns.insert(-1, path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))
