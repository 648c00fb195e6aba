"""What was merged into what, by whom, and all that is needed to take it back."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from directory import clock
from directory.harvest.models import DuplicatePair
from directory.models import Service


class Merge(models.Model):
    """One listing that another one took in.

    `before` and `after`: the fields of the kept listing that the merge wrote. `moved`: what was pointed at the kept one, by model and
    field, with its ids; `carried`: pairs that were made for the kept one because the dropped one stood in them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    dropped = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    pair = models.ForeignKey(DuplicatePair, null=True, on_delete=models.SET_NULL, related_name="+")
    choices: Any = models.JSONField(default=dict)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)
    moved: Any = models.JSONField(default=dict)
    carried: Any = models.JSONField(default=list)
    dropped_status = models.CharField(max_length=10)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    merged_at = models.DateTimeField(default=clock.now)
    parted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    parted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-merged_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=models.Q(parted_at=None), name="merged_into_one"),
            models.CheckConstraint(condition=~models.Q(kept=models.F("dropped")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.dropped_id} into {self.kept_id}"
