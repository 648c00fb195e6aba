"""The desk's menu for its templates: `{% load desk %}{% desk_menu %}`."""

from typing import Any

from django import template
from django.template.context import RequestContext

from matching.desk.menu import parts_for

register = template.Library()


@register.inclusion_tag("components/tabs.html", takes_context=True)
def desk_menu(context: RequestContext) -> dict[str, Any]:
    """The parts of the desk that are open to this user; nothing where there is only one."""
    request = context["request"]
    parts = parts_for(request.user, request.path)
    return {"tabs": parts if len(parts) > 1 else [], "label": "Parts of the desk"}
