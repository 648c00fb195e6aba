"""The reminder on the dashboard of the editors' admin that a licence is still to be chosen."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.openreferral import licences


class LicencePanel(Component):
    """Shown until one is chosen."""

    name = "open_data_licence"
    order = 60
    template_name = "openreferral/licence_panel.html"


@hooks.register("construct_homepage_panels")
def add_licence_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For those who decide about listings."""
    if licences.chosen() is None and allowed(request.user, Permission.MODERATE):
        panels.append(LicencePanel())
