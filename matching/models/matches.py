"""A match: a volunteer and a person, from the offer to the end of it."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from matching.models.asks import Ask
from matching.models.volunteers import Volunteer
from matching.states import MatchState


class Match(models.Model):
    """One volunteer for one request. Its columns are a cache of the journal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="matches")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="matches")
    state = models.CharField(max_length=10, choices=MatchState.choices, default=MatchState.OFFERED)
    offered_at = models.DateTimeField(default=clock.now)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    explanation = models.JSONField(default=list, help_text="[[part, points], …] at the time of the offer.")
    answered_at = models.DateTimeField(null=True, blank=True)
    introduced_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField("when the volunteer was written to", null=True, blank=True)
    times = models.JSONField(
        "when they meet, as agreed",
        default=list,
        blank=True,
        help_text="[[weekday, start minute], …] on a clock in Europe/London; Monday is 0. Empty: as it comes.",
    )
    review_on = models.DateField("when both are asked how it goes", null=True, blank=True)

    class Meta:
        ordering = ["-offered_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in MatchState]), name="match_state_known"),
            models.UniqueConstraint(
                fields=["ask", "volunteer"],
                condition=models.Q(state__in=["offered", "accepted", "introduced", "active"]),
                name="one_open_match_of_two",
            ),
            models.UniqueConstraint(
                fields=["ask"], condition=models.Q(state__in=["accepted", "introduced", "active"]), name="one_volunteer_takes_it"
            ),
        ]

    def __str__(self) -> str:
        return f"Match {self.pk}"
