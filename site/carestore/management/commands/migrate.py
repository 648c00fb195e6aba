from typing import Any

from django.core.management.commands import migrate
from django.db import connections

# Two hundred migrations of the packages run in half the time before ours are there: each of them renders every model it can see.
PACKAGES_FIRST = (
    "accounts",
    "wagtailcore",
    "wagtailadmin",
    "wagtaildocs",
    "wagtailimages",
    "wagtailforms",
    "wagtailredirects",
    "wagtailusers",
    "taggit",
)


class Command(migrate.Command):
    """Django's own migrate; in an empty database the packages' migrations go first."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        everything = not (options["app_label"] or options["plan"] or options["check_unapplied"] or options["prune"])
        if everything and not connections[options["database"]].introspection.table_names():
            for label in PACKAGES_FIRST:
                super().handle(*args, **{**options, "app_label": label, "run_syncdb": False})
        return super().handle(*args, **options)
