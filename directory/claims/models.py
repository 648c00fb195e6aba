"""Claims, and the links by which people without an account come to make one. What they say of themselves is encrypted."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from directory import clock
from directory.claims.states import CLAIM_ENDED, CLAIM_OPEN, CLAIM_PUT, WITH_REASON, ClaimState
from directory.models import Organisation, Service
from directory.personal.fields import EncryptedTextField
from directory.personal.lookup import TOKEN_LENGTH

_OPEN, _PUT, _ENDED, _REASONED = (sorted(map(str, states)) for states in (CLAIM_OPEN, CLAIM_PUT, CLAIM_ENDED, WITH_REASON))


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Named sets of claims."""

    def for_user(self, user: Any) -> "ClaimQuerySet":
        """Those that this user made."""
        return self.filter(user=user)

    def waiting(self) -> "ClaimQuerySet":
        """Those in front of a moderator, the oldest first."""
        return self.filter(state__in=CLAIM_PUT).order_by("put_at", "id")


class Claim(models.Model):
    """A user says that an organisation is theirs to keep; it began at one of its listings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="claims")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="claims")
    name = EncryptedTextField("who they are", default="")
    part = EncryptedTextField("what they do there", default="")
    phone = EncryptedTextField(default="", blank=True)
    words = EncryptedTextField("how we can know, in words", default="", blank=True)

    state = models.CharField(max_length=10, choices=ClaimState.choices)
    made_at = models.DateTimeField(default=clock.now)
    put_at = models.DateTimeField("in front of a moderator since", null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = EncryptedTextField(null=True, blank=True)
    gave_role = models.BooleanField("made the user a partner", default=False)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    # Only a keyed digest of the code is kept, and a token of the address that it was mailed to.
    codes_asked = models.PositiveSmallIntegerField(default=0)
    code_digest = models.CharField(max_length=64, blank=True)
    code_to = models.CharField(max_length=TOKEN_LENGTH, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in ClaimState]), name="claim_state_known"),
            models.UniqueConstraint(fields=["user", "organisation"], condition=models.Q(state__in=_OPEN), name="claim_open_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=_ENDED, ended_at__isnull=False) | models.Q(state__in=_OPEN, ended_at=None),
                name="claim_ended_at_its_end",
            ),
            models.CheckConstraint(condition=~models.Q(state__in=_PUT) | models.Q(put_at__isnull=False), name="claim_put_at"),
            models.CheckConstraint(condition=~models.Q(state="proved") | models.Q(proved_at__isnull=False), name="claim_proved_at"),
            models.CheckConstraint(condition=~models.Q(state__in=_REASONED) | models.Q(reason__isnull=False), name="claim_with_reason"),
        ]
        indexes = [models.Index(fields=["state", "put_at"], name="claim_waits")]

    def __str__(self) -> str:
        return f"Claim {self.pk}"

    def forget(self) -> None:
        """Empty what somebody said of themselves and what was said to them; that there was a claim stays. The caller saves."""
        self.name = self.part = self.phone = self.words = ""
        self.reason = "" if self.reason is not None else None
        self.forgotten_at = clock.now()


class Arrival(models.Model):
    """Somebody without an account who wants to claim a listing: their address, and a digest of the link that was mailed to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    email = EncryptedTextField()
    digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ends_at", "id"]

    def __str__(self) -> str:
        return f"Arrival {self.pk}"
