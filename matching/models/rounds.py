"""A matching round: a proposal for many requests at once. Ids, points and codes; nothing about anybody."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from matching.desk_states import ROUND_ENDED, RoundState


class Round(models.Model):
    """What was proposed, what a coordinator pinned and struck, and what was confirmed of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.PROPOSED)
    version = models.PositiveIntegerField(default=1, help_text="Goes up with every pin, strike and solution: a stale form is told from it.")
    pins = models.JSONField(default=list, help_text="[[ask, volunteer], …]")
    strikes = models.JSONField(default=list, help_text="[[ask, volunteer], …]")
    rows = models.JSONField(default=list, help_text="[{ask, volunteer, points, parts, flags, state}, …] as proposed and as confirmed.")
    gaps = models.JSONField(default=list, help_text="[{ask, nearest_miss}, …]: requests for which nobody may, or nobody is left.")
    figures = models.JSONField(default=dict, help_text="The comparison with other ways of sharing out: people served, distance, spread.")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in RoundState]), name="round_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(ROUND_ENDED)], ended_at__isnull=False)
                | models.Q(state="proposed", ended_at=None),
                name="round_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"Round {self.number}"
