"""The warning on the dashboard of the editors' admin."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.waiting.kinds import TOO_LONG, all_waiting, too_long_before


class WaitingPanel(Component):
    """How much waits, how much of it for too long."""

    name = "moderation"
    order = 50
    template_name = "waiting/panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"waits": all_waiting().count(), "late": all_waiting(before=too_long_before()).count(), "days": TOO_LONG.days}


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For those who may decide."""
    if allowed(request.user, Permission.MODERATE):
        panels.append(WaitingPanel())
