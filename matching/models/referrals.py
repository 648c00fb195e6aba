"""Referrals: one request, passed to a service or to the co-op's volunteers, followed to its end."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Need, Service
from directory.personal.fields import EncryptedTextField
from matching.models.asks import Ask, StoredArea
from matching.models.people import Agreement, LawfulBasis, Person
from matching.states import REFERRAL_OPEN, ReferralState


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Named sets of referrals."""

    def open(self) -> "ReferralQuerySet":
        """Those that have not ended."""
        return self.filter(state__in=REFERRAL_OPEN)

    def overdue(self, at: datetime | None = None) -> "ReferralQuerySet":
        """Sent, not answered, and past the day by which an answer was promised."""
        return self.filter(state=ReferralState.REQUESTED, due_at__lt=at or clock.now())

    def for_provider(self, user: Any) -> "ReferralQuerySet":
        """Those that were sent to an organisation of this partner; a draft has not reached anybody."""
        return self.filter(service__organisation__memberships__user=user, sent_at__isnull=False)


class Referral(StoredArea):
    """One referral. Its own columns are a cache of the journal's last row; free text lies in erasable rows beside it."""

    class Channel(models.TextChoices):
        STORE = "store", "Through the store"
        PHONE = "phone", "Phone"
        TEXT = "text", "Text message"
        EMAIL = "email", "E-mail"
        LETTER = "letter", "Letter"
        IN_PERSON = "in_person", "In person"

    class Priority(models.TextChoices):
        ROUTINE = "routine", "Routine"
        SOON = "soon", "Soon"
        URGENT = "urgent", "Urgent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    ask = models.ForeignKey(Ask, null=True, on_delete=models.SET_NULL, related_name="referrals")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="referrals")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    to_volunteers = models.BooleanField(default=False)
    state = models.CharField(max_length=30, choices=ReferralState.choices, default=ReferralState.DRAFT)
    lawful_basis = models.CharField(max_length=20, choices=LawfulBasis.choices, default=LawfulBasis.SOCIAL_CARE)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=15, choices=Ask.Source.choices, default=Ask.Source.COORDINATOR)
    candidates = models.JSONField(default=list, help_text="What was offered, with scores and reasons: ids and codes only.")

    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="referrals_made")
    council_case_ref = EncryptedTextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.ROUTINE)
    due_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    hold_from = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    held_seconds = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    reason_side = models.CharField(max_length=10, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    person_told_at = models.DateTimeField(null=True, blank=True)
    person_told_how = models.CharField(max_length=20, blank=True)
    person_told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    possible_double = models.BooleanField(default=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in ReferralState]), name="referral_state_known"),
            models.CheckConstraint(
                condition=models.Q(service__isnull=False, to_volunteers=False) | models.Q(service=None, to_volunteers=True),
                name="referral_has_one_target",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None, state__in=["draft", "declined_by_person", "entered_in_error"])
                | models.Q(sent_at__isnull=False, due_at__isnull=False),
                name="referral_sent_before_moving",
            ),
            models.CheckConstraint(condition=~models.Q(state="completed") | ~models.Q(outcome=""), name="referral_completed_with_outcome"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["rejected", "failed", "cancelled", "on_hold", "declined_by_person"]) | ~models.Q(reason=""),
                name="referral_reason_given",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="on_hold") | models.Q(review_on__isnull=False, hold_from__isnull=False),
                name="referral_hold_reviewed",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="referral_by_due"),
            models.Index(fields=["sent_at"], name="referral_by_sent"),
        ]

    def __str__(self) -> str:
        return f"R-{self.number}"

    @property
    def is_overdue(self) -> bool:
        """Sent, not answered, past the promised day: computed, never a state. The same rule as `ReferralQuerySet.overdue`."""
        return self.state == ReferralState.REQUESTED and self.due_at is not None and self.due_at < clock.now()


class ReferralNote(models.Model):
    """Free text beside a referral: a note, or the words of a reason. Erased with the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = EncryptedTextField()
    for_provider = models.BooleanField(default=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Note on {self.referral_id}"


class Attempt(models.Model):
    """One dated try to reach the person; three are needed to close a referral as "could not contact"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=Referral.Channel.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.how} {self.at:%Y-%m-%d}"


class RememberedRequest(models.Model):
    """An Idempotency-Key of one account: the same key and body again make nothing new. The body is kept as a keyed digest only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="A keyed digest of the header's value.")
    body = models.CharField(max_length=64)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"Remembered for {self.user_id}"
