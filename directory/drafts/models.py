"""Forms that were begun. Whatever is typed is encrypted as a whole: nobody can say what people write into a form before they send it."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Service
from directory.personal.fields import EncryptedJSONField


class Draft(models.Model):
    """One section of one listing, as one person has filled it in so far.

    `answers` are the form's own inputs, {name: [text]}; `seen` the listing fields that stood before their eyes when they began.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    section = models.CharField(max_length=20)
    answers = EncryptedJSONField()
    seen = EncryptedJSONField()
    began_at = models.DateTimeField(default=clock.now, editable=False)
    kept_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "service", "section"], name="draft_one_for_each_section")]

    def __str__(self) -> str:
        return f"Draft {self.pk}"
