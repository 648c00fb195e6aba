"""A small group formed from several requests that share an interest: at most eight people and one volunteer."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from matching.desk_states import GROUP_ENDED, GroupState
from matching.models.asks import Ask, StoredArea
from matching.models.volunteers import Volunteer


class Group(StoredArea):
    """What brings them together and when; where they meet is a public place, never somebody's home."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    activity = models.SlugField()
    interest = models.CharField(max_length=60, blank=True)
    windows = models.JSONField(default=list, help_text="Times that suit all: [[weekday, start minute, end minute], …].")
    by_phone_or_online = models.BooleanField(default=False)
    meets_at = models.CharField("where it meets", max_length=200, blank=True)
    volunteer = models.ForeignKey(Volunteer, null=True, blank=True, on_delete=models.PROTECT, related_name="groups")
    state = models.CharField(max_length=10, choices=GroupState.choices, default=GroupState.FORMING)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in GroupState]), name="group_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(GROUP_ENDED)], ended_at__isnull=False)
                | (~models.Q(state__in=[str(state) for state in sorted(GROUP_ENDED)]) & models.Q(ended_at=None)),
                name="group_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"G-{self.number}"


class GroupMember(models.Model):
    """One request in a group; whoever asked says yes for themselves."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="group_places")
    said_yes_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "ask"], name="group_member_once"),
            models.UniqueConstraint(fields=["ask"], condition=models.Q(left_at=None), name="one_group_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.ask}"
