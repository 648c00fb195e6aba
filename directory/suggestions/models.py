"""What somebody told us about the listings. Whatever they typed is encrypted: it may name people, and the address is their own."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Change, Service
from directory.personal.fields import EncryptedTextField
from directory.suggestions.states import SUGGESTION_ENDED, SUGGESTION_OPEN, SuggestionState

_ENDED = [str(state) for state in sorted(SUGGESTION_ENDED)]


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Named sets of suggestions."""

    def waiting(self) -> "SuggestionQuerySet":
        """Those that nobody has settled, the oldest first."""
        return self.filter(state__in=SUGGESTION_OPEN).order_by("told_at", "id")


class Suggestion(models.Model):
    """A group that is missing, a problem of a listing, or a problem with what would be right."""

    class Kind(models.TextChoices):
        LISTING = "listing", "A group that is missing"
        PROBLEM = "problem", "Something is wrong"
        CHANGE = "change", "Something is wrong, and what is right"

    class Part(models.TextChoices):
        """What of a listing is wrong, as visitors say it."""

        GONE = "gone", "It does not run any more"
        TIMES = "times", "The days or times"
        PLACE = "place", "The place"
        PHONE = "phone", "The telephone number"
        EMAIL = "email", "The e-mail address"
        WEB = "web", "The web page"
        COST = "cost", "What it costs"
        WHO = "who", "Who it is for"
        ACCESS = "access", "Getting in: steps, toilets, parking"
        NAME = "name", "The name"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="suggestions")
    part = models.CharField(max_length=10, choices=Part.choices, blank=True)
    name = EncryptedTextField("what it is called", default="", blank=True)
    words = EncryptedTextField("what it is, or what is wrong", default="", blank=True)
    where = EncryptedTextField(default="", blank=True)
    phone = EncryptedTextField(default="", blank=True)
    web = EncryptedTextField("web page", default="", blank=True)
    right = EncryptedTextField("what is right", default="", blank=True)
    known = EncryptedTextField("how they know", default="", blank=True)
    email = EncryptedTextField("where they want to hear of it", default="", blank=True)
    once = models.CharField("digest of the form's own mark", max_length=64, null=True, unique=True, editable=False)

    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.NEW)
    told_at = models.DateTimeField(default=clock.now, db_index=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    became = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    change = models.OneToOneField(Change, null=True, blank=True, on_delete=models.SET_NULL, related_name="suggestion")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["told_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in SuggestionState]), name="suggestion_state_known"),
            models.CheckConstraint(
                condition=models.Q(kind="listing", service=None) | (~models.Q(kind="listing") & models.Q(service__isnull=False)),
                name="suggestion_about_a_service_or_none",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_ENDED, ended_at__isnull=False) | (~models.Q(state__in=_ENDED) & models.Q(ended_at=None)),
                name="suggestion_ended_at_its_end",
            ),
            models.CheckConstraint(condition=~models.Q(state="declined") | ~models.Q(reason=""), name="suggestion_declined_with_reason"),
        ]

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"
