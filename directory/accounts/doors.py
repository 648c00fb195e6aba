"""Deny by default: every address says who may open it, and one that says nothing is closed.

A view carries its rule (`@door(PUBLIC)`, `@door(SIGNED_IN)`, `@door(Permission.USE_DESK)`); addresses of installed packages get theirs by
prefix (`RULES_BY_PREFIX`, set up by the roof). A test walks all addresses and fails for one without a rule.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Open(Enum):
    """Rules that are not a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


PUBLIC = Open.PUBLIC
SIGNED_IN = Open.SIGNED_IN
Rule = Open | Permission | tuple[Permission, ...]

View = TypeVar("View", bound=Callable[..., Any])

# Addresses of installed packages: (path prefix without the leading slash, rule), filled by the roof.
RULES_BY_PREFIX: list[tuple[str, Rule]] = []


def door(rule: Rule) -> Callable[[View], View]:
    """Mark a view, or a class of views, with the rule of its address. Several permissions: one of them is enough."""

    def mark(view: View) -> View:
        view.door_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., Any], path: str) -> Rule | None:
    """The rule of an address, or None where there is none (then it is closed)."""
    for holder in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        rule = getattr(holder, "door_rule", None)
        if rule is not None:
            return rule
    return next((rule for prefix, rule in RULES_BY_PREFIX if path.startswith(prefix)), None)


def may_open(user: Any, rule: Rule | None) -> bool:
    """Does this rule let this user in?"""
    if rule is None:
        return False
    if rule is PUBLIC:
        return True
    if rule is SIGNED_IN:
        return bool(user.is_authenticated and user.is_active)
    permissions = rule if isinstance(rule, tuple) else (rule,)
    return any(isinstance(permission, Permission) and allowed(user, permission) for permission in permissions)


def _asks_itself(view: Callable[..., Any]) -> bool:
    """Is it a view of our API, which asks the same rule after its own log-in? Those of installed packages do not."""
    from rest_framework.views import APIView

    of_api = isinstance(getattr(view, "cls", None), type) and issubclass(view.cls, APIView)  # type: ignore[attr-defined]
    return of_api and DoorPermission in view.cls.permission_classes  # type: ignore[attr-defined]


class DoorMiddleware:
    """Asks the rule of every page before its view runs. Views of the API ask for themselves, after their own log-in by key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Let through, send to the log-in page, or refuse."""
        if _asks_itself(view):
            return None
        rule = rule_of(view, request.path.lstrip("/"))
        if may_open(request.user, rule):
            return None
        if rule is not None and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied("This page is not open to you.")


def user_of(request: "HttpRequest | Request") -> User:
    """Who is signed in, for verbs that need somebody. Raises PermissionDenied where nobody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


class DoorPermission(BasePermission):
    """The same rules for views of the API."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return may_open(request.user, rule_of(type(view), request.path.lstrip("/")))
