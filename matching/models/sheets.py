"""A spreadsheet that the co-op kept its people and volunteers in, tried out before it is brought in. Encrypted, and gone after 30 days."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedJSONField
from matching.desk_states import SHEET_ENDED, SheetState


class Sheet(models.Model):
    """Rows as they were handed in, and what would become of each."""

    class Kind(models.TextChoices):
        PEOPLE = "people", "People"
        VOLUNTEERS = "volunteers", "Volunteers"
        CHECKS = "checks", "Checks of volunteers"
        PAIRS = "pairs", "Who helps whom"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    rows = EncryptedJSONField(default=list, help_text="[{column: text}, …], with the number of the row in the file.")
    outcome = EncryptedJSONField(default=list, help_text="[{row, does, words}, …]: new, changed, the same, or what is wrong.")
    counts = models.JSONField(default=dict, help_text="{new, changed, same, wrong}")
    state = models.CharField(max_length=12, choices=SheetState.choices, default=SheetState.READ)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in SheetState]), name="sheet_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(SHEET_ENDED)], ended_at__isnull=False)
                | models.Q(state="read", ended_at=None),
                name="sheet_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d}"
