"""How often a page was looked at in a week. That is all there is: nothing tells who looked, when, or from where."""

import uuid

from django.db import models

from directory.models import Service


class WeekOfLooks(models.Model):
    """The looks of one week at one listing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="looks")
    week = models.DateField("its Monday", db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-week", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "week"], name="looks_once_a_week")]

    def __str__(self) -> str:
        return f"Looks at {self.service_id} from {self.week}"
