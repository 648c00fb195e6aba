"""Somebody who asked to be rung. They are no person of ours yet: what they wrote goes 30 days after it is done, or given up."""

import uuid

from django.db import models

from directory import clock
from directory.models import Need, Service
from directory.personal.fields import EncryptedTextField
from matching.models.asks import StoredArea
from matching.states import CALL_BACK_ENDED, CallBackState


class CallBack(StoredArea):
    """A call that the co-op has promised. The area comes from the search before it, never from an address."""

    class Kind(models.TextChoices):
        ASK = "ask", "Help"
        SUGGEST = "suggest", "Something missing or wrong in the lists"
        VOLUNTEER = "volunteer", "Helping a neighbour"

    class When(models.TextChoices):
        MORNING = "morning", "In the morning"
        AFTERNOON = "afternoon", "In the afternoon"
        EVENING = "evening", "In the evening"
        ANY = "any", "Any time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = EncryptedTextField()
    phone = EncryptedTextField()
    when = models.CharField("when to ring", max_length=10, choices=When.choices)
    voicemail = models.BooleanField("a message on voicemail is fine", default=False)
    about = EncryptedTextField(default="", blank=True)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    once = models.CharField("digest of the form's own mark", max_length=64, null=True, unique=True, editable=False)

    state = models.CharField(max_length=10, choices=CallBackState.choices, default=CallBackState.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    promised_on = models.DateField(null=True, blank=True, help_text="By the end of this day; empty where our hours name no days.")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in CallBackState]), name="call_back_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(CALL_BACK_ENDED)], ended_at__isnull=False)
                | (~models.Q(state__in=[str(state) for state in sorted(CALL_BACK_ENDED)]) & models.Q(ended_at=None)),
                name="call_back_ended_at_its_end",
            ),
            models.CheckConstraint(condition=models.Q(tries=0) | models.Q(tried_at__isnull=False), name="call_back_tried_when"),
        ]

    def __str__(self) -> str:
        return f"Call-back {self.pk}"
