"""A visit: what happens under a match, in a small group, or on a care worker's round. Hours, figures and the week's plan hang on them."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedTextField
from matching.models.groups import Group, GroupMember
from matching.models.matches import Match
from matching.models.people import Person
from matching.models.volunteers import Volunteer
from matching.states import VisitState


class Visit(models.Model):
    """One visit, planned for a moment; minutes are what was planned, and what it came to once it is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    match = models.ForeignKey(Match, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    came = models.ManyToManyField(GroupMember, verbose_name="who came to a group's meeting", blank=True, related_name="came_to")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="visits")
    volunteer = models.ForeignKey(Volunteer, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    care_worker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    trial = models.BooleanField("one of the first two, to see whether it suits both", default=False)
    by_phone_or_online = models.BooleanField(default=False)
    care_ended = models.BooleanField("the care worker does not go there any more", default=False)
    note = EncryptedTextField(default="", blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by")
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    minutes_done = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in VisitState]), name="visit_state_known"),
            models.CheckConstraint(condition=models.Q(minutes__range=(5, 1440)), name="visit_minutes_in_a_day"),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False, minutes_done__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at=None, minutes_done=None)),
                name="visit_done_at_when_done",
            ),
            models.CheckConstraint(
                condition=models.Q(volunteer__isnull=False, care_worker=None) | models.Q(volunteer=None, care_worker__isnull=False),
                name="visit_of_one_visitor",
            ),
            models.CheckConstraint(condition=models.Q(match=None) | models.Q(group=None), name="visit_of_a_pair_or_a_group"),
            models.UniqueConstraint(
                fields=["group", "starts_at"], condition=models.Q(state="planned"), name="one_planned_meeting_at_a_time"
            ),
            # A double click plans one visit.
            models.UniqueConstraint(fields=["match", "starts_at"], condition=models.Q(state="planned"), name="one_planned_visit_at_a_time"),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="visit_by_state")]

    def __str__(self) -> str:
        return f"Visit {self.pk}"
