"""One field of an organisation of which a source says something else than stands here."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.conflicts.states import ConflictState
from directory.models import Organisation


class Conflict(models.Model):
    """What a source said of one column, beside what stood there then. `source` is the address or name of who says it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="conflicts")
    column = models.CharField(max_length=30)
    ours = models.TextField("what stood here", blank=True)
    theirs = models.TextField("what the source says", blank=True)
    source = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ConflictState.choices)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["found_at", "column", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in ConflictState]), name="conflict_state_known"),
            models.UniqueConstraint(
                fields=["organisation", "column", "source"], condition=models.Q(state="waiting"), name="conflict_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at=None) | (~models.Q(state="waiting") & models.Q(ended_at__isnull=False)),
                name="conflict_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column} of {self.organisation_id}"

    @property
    def label(self) -> str:
        """What the column is called."""
        name = str(Organisation._meta.get_field(self.column).verbose_name)  # type: ignore[union-attr]
        return name[:1].upper() + name[1:]
