"""Wagtail asks this who may do what with listings: the house's own policy answers, and nothing that others point to is ever deleted there."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from directory.accounts.models import User
from directory.accounts.policy import POLICY, allowed
from directory.accounts.roles import Permission
from directory.models import Location, Need, Organisation, Service, Term

ACTIONS = frozenset({"add", "change", "view", "choose", "lock", "unlock"})


class ModeratorsOnly(BasePermissionPolicy):
    """Moderators add and change; a listing is withdrawn, never deleted, so that links and figures that point to it stay whole."""

    def __init__(self, model: type[Model], actions: frozenset[str] = ACTIONS) -> None:
        super().__init__(model)
        self.actions = actions

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.actions and allowed(user, Permission.MODERATE)

    def users_with_any_permission(self, actions: Iterable[str]) -> "QuerySet[User]":
        if not self.actions & set(actions):
            return User.objects.none()
        roles = [role for role, permissions in POLICY.items() if Permission.MODERATE in permissions]
        return User.objects.filter(grants__role__in=roles, is_active=True).distinct()


def register() -> None:
    """Tell Wagtail; called once when the apps are ready, before it makes policies of its own."""
    for model in (Service, Organisation, Location, Need):
        register_permission_policy(model, ModeratorsOnly(model))
    register_permission_policy(Term, ModeratorsOnly(Term, ACTIONS | {"delete"}))
