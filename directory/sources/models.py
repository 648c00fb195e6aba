"""A source of files, with its columns."""

import uuid
from typing import Any

from django.db import models

from directory import clock


class ImportSource(models.Model):
    """Somebody's files always have the same columns: `columns` says what each of their headings is here ("" for: leave it out).

    `defaults` stand for blank cells of a field; `licence` for listings that name none; `key_column` is the heading that tells their rows apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True, help_text="Listings remember it: where it changes, they are other listings.")
    columns: Any = models.JSONField(default=dict)
    defaults: Any = models.JSONField(default=dict, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    key_column = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
