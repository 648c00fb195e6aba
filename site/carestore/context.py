"""What every page knows: the name over the door, the telephone, the ways in, and which of them is open now."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from directory.accounts.policy import roles_of
from directory.accounts.roles import Role


@dataclass(frozen=True)
class Way:
    """One link of the header; `current` when the visitor is inside it."""

    label: str
    url: str
    current: bool = False


# (module that must be on, label, address)
PUBLIC_WAYS = (
    ("finder", "Find help", "/find/"),
    ("volunteers", "I can help", "/volunteer/"),
    ("directory", "Worried about someone?", "/worried/"),
)

# Addresses that the header itself leads to.
PLACES = frozenset((*(url for _, _, url in PUBLIC_WAYS), "/saved/"))

# (module that must be on, roles that see it, label, address): the rooms behind the counter.
ROOMS = (
    ("casework", {Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.CARE_WORKER}, "Desk", "/desk/"),
    ("directory", {Role.PARTNER}, "Partner", "/partner/"),
    ("council", {Role.COUNCIL_REFERRER}, "Refer someone", "/council/refer/"),
    ("council", {Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR}, "Council figures", "/council/figures/"),
    ("directory", {Role.EDITOR, Role.ADMINISTRATOR}, "Admin", "/admin/"),
)


def site_facts() -> dict[str, str | bool]:
    """Name, telephone and its hours, and whether this is the demonstration: from settings alone, so an error page can show them."""
    return {
        "site_name": settings.SITE_NAME,
        "phone": settings.SITE_PHONE,
        "phone_hours": settings.SITE_PHONE_HOURS,
        "demo": settings.DEMO,
        "source_url": settings.SOURCE_URL,
    }


def roof(request: HttpRequest) -> dict[str, Any]:
    """Context processor. A view never overwrites `roof`; `site_name`, `phone`, `phone_hours` and `demo` are shortcuts that it may."""
    facts = site_facts()
    user = getattr(request, "user", None)
    path = request.path
    if user is None or not user.is_authenticated:
        return {**facts, "roof": _for_visitors(tuple(facts.items()), settings.MODULES, path if path in PLACES else _within(path))}
    roles = roles_of(user)
    rooms = [
        Way(label, url, path.startswith(url)) for module, seen_by, label, url in ROOMS if module in settings.MODULES and seen_by & roles
    ]
    return {**facts, "roof": {**facts, "nav": _ways(settings.MODULES, path), "rooms": rooms, "signed_in": True, "path": path}}


class Roof(dict[str, Any]):
    """The roof of everybody who has not signed in: made once and shared, equal only to itself, so that it is drawn once, too."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__  # type: ignore[assignment]


@lru_cache(maxsize=64)
def _for_visitors(facts: tuple[tuple[str, str | bool], ...], modules: tuple[str, ...], path: str) -> Roof:
    return Roof({**dict(facts), "nav": _ways(modules, path), "rooms": [], "signed_in": False, "path": path})


def _ways(modules: tuple[str, ...], path: str) -> list[Way]:
    return [Way(label, url, path.startswith(url)) for module, label, url in PUBLIC_WAYS if module in modules]


def _within(path: str) -> str:
    """An address inside the same way in: all of them have the same roof."""
    return next((f"{url}…" for _, _, url in PUBLIC_WAYS if path.startswith(url)), "")
