"""Edits by partners: one change, one row per field, each decided by itself."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from directory import clock
from directory.change_states import FieldState
from directory.models.services import Service


class ChangeQuerySet(models.QuerySet["Change"]):
    """Named sets of changes."""

    def waiting(self) -> "ChangeQuerySet":
        """Those with a field that a moderator has still to decide, the oldest first."""
        undecided = ChangeField.objects.filter(state__in=[FieldState.WAITING, FieldState.CONFLICT])
        return self.filter(models.Exists(undecided.filter(change=models.OuterRef("pk")))).order_by("made_at", "id")

    def for_member(self, user: Any) -> "ChangeQuerySet":
        """Those on services of the organisations whose listings this user keeps."""
        return self.filter(service__organisation__memberships__user=user)


class Change(models.Model):
    """What somebody proposed for a service, in one go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="changes")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    note = models.TextField(blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "id"]

    def __str__(self) -> str:
        return f"Change {self.pk}"


class ChangeField(models.Model):
    """One field of a change: what it was, what it shall be, what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="fields")
    name = models.CharField(max_length=40)
    old_value = models.JSONField(null=True)
    new_value = models.JSONField(null=True)
    written_on_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=FieldState.choices)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["change", "name"], name="field_once_per_change"),
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in FieldState]), name="field_state_known"),
            models.CheckConstraint(condition=~models.Q(state="declined") | ~models.Q(reason=""), name="field_declined_with_reason"),
        ]

    def __str__(self) -> str:
        return self.name
