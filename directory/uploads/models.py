"""A file that was handed in, and its rows in parts. What stood in the file is encrypted, and goes after a day."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedJSONField, EncryptedTextField
from directory.uploads.states import UploadState


class Upload(models.Model):
    """One file. Only whoever handed it in sees it. The file itself lies beside the database (files.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=clock.now, db_index=True)
    name = EncryptedTextField()
    source = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.RECEIVED)
    error = EncryptedTextField(default="", blank=True)
    # {"headings": [...], "rows": [[...]]}: the first rows, to see what a column holds.
    begins = EncryptedJSONField(default=dict, blank=True)
    # What the headings are, as it was said for this file; the source's may change meanwhile.
    columns = EncryptedJSONField(default=dict, blank=True)
    rows = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(default=clock.now)
    faults = models.PositiveSmallIntegerField("faults in a row", default=0)

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=UploadState.values), name="upload_state_known")]

    def __str__(self) -> str:
        return f"Upload {self.pk}"


class Part(models.Model):
    """Some rows of a file that are written together. What was written, and that it was, stand in one transaction.

    `told`: what was done, or would be: names of what is made, differences, conflicts, bad rows. The counts tell the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    listings = EncryptedJSONField(default=list)
    unread = EncryptedJSONField("rows that could not be read", default=list)
    told = EncryptedJSONField(default=dict)
    tried_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"Part {self.number} of {self.upload_id}"
