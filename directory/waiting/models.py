"""Who answers for a thing that waits, where the thing has no column of its own for it."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock


class InHand(models.Model):
    """A moderator answers for one thing of one kind, until somebody else does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["since", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="in_hand_once")]

    def __str__(self) -> str:
        return f"In hand {self.pk}"
