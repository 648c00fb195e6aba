"""What the finder keeps of its own: how often nothing was found, and nothing about who asked; and searches that somebody asked it to keep."""

import uuid

from django.db import models

from directory import clock
from directory.personal.fields import EncryptedJSONField, EncryptedTextField
from directory.personal.lookup import TOKEN_LENGTH


class SearchWithoutAnswer(models.Model):
    """How often in a month nothing fitted a need in an area. No words, no person; both may be unknown ("")."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    need = models.SlugField(blank=True)
    area_set = models.SlugField(max_length=60, blank=True)
    area_code = models.CharField(max_length=20, blank=True)
    month = models.DateField(help_text="Its first day.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month", "need", "area_code"]
        verbose_name_plural = "searches without an answer"
        constraints = [
            models.UniqueConstraint(fields=["need", "area_set", "area_code", "month"], name="search_without_answer_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="search_without_answer_month"),
        ]

    def __str__(self) -> str:
        return f"{self.need or 'unknown need'}, {self.month:%Y-%m}: {self.count}"


class SavedSearch(models.Model):
    """A search whose asker is told when something new fits. Without `confirmed_at` nobody has said yes yet, and nothing is ever sent.

    `question` are the finder's parameters; `known` the ids of the services that need not be told any more. `mailed_at` and `retired_at` are
    written before the mail goes out, so that no crash sends it twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = EncryptedTextField()
    email_token = models.CharField(max_length=TOKEN_LENGTH, db_index=True)
    question = EncryptedJSONField(default=dict)
    known = EncryptedJSONField(default=list)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="The day on which it was last looked whether something is new.")
    mailed_at = models.DateTimeField(null=True, blank=True)
    unreadable_since = models.DateField(null=True, blank=True, help_text="Since when a need or place of it is not known any more.")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        verbose_name_plural = "saved searches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mailed_at=None) | models.Q(confirmed_at__isnull=False), name="saved_search_mails_after_yes"
            ),
            models.CheckConstraint(
                condition=models.Q(retired_at=None) | models.Q(unreadable_since__isnull=False), name="saved_search_retired_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Saved search {self.pk}"
