"""Who was asked to keep a group's listings, and to whom its lead was offered."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Organisation
from directory.personal.fields import EncryptedTextField
from directory.personal.lookup import TOKEN_LENGTH


class State(models.TextChoices):
    """What became of an invitation or an offer. One whose days are over stays open and does nothing any more."""

    OPEN = "open", "Waits"
    TAKEN = "taken", "Yes"
    DECLINED = "declined", "No"
    WITHDRAWN = "withdrawn", "Taken back"


def _ended() -> models.Q:
    return models.Q(state=State.OPEN, ended_at=None) | models.Q(
        state__in=[State.TAKEN, State.DECLINED, State.WITHDRAWN], ended_at__isnull=False
    )


class Invitation(models.Model):
    """Somebody is asked, at one address, to keep a group's listings. The address is gone as soon as it ends; its token stays to count.

    `as_lead`: they lead, if nobody leads the group when they say yes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = EncryptedTextField(default="")
    email_token = models.CharField(max_length=TOKEN_LENGTH)
    as_lead = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True, db_index=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email_token"], condition=models.Q(state="open"), name="one_open_invitation"),
            models.CheckConstraint(condition=_ended(), name="invitation_state"),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class LeadOffer(models.Model):
    """The lead of a group asks another member to lead it from now on. Nothing changes before they say yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="lead_offers")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lead_offers")
    made_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(state="open"), name="one_open_lead_offer"),
            models.CheckConstraint(condition=~models.Q(made_by=models.F("to")), name="lead_offered_to_another"),
            models.CheckConstraint(condition=_ended(), name="lead_offer_state"),
        ]

    def __str__(self) -> str:
        return f"Offer {self.pk}"
