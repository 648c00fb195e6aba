"""Our own entries in the editors' menu."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission


class ModeratorsItem(MenuItem):
    """Shown to those who may decide on listings."""

    def is_shown(self, request: HttpRequest) -> bool:
        return allowed(request.user, Permission.MODERATE)
