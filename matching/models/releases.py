"""Releases of figures: frozen when made, seen inside, made public by a step of its own."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from matching.states import ReleaseState


class Release(models.Model):
    """The tables of one closed period. `tables` holds what is shown only: no true count is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.CharField(max_length=10)
    revision = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.PREPARED)
    tables = models.JSONField(help_text="[{measure, dims, period, rows: [{dim: code, …, count, shown}]}]")
    digest = models.CharField(max_length=64)
    area_set = models.CharField(max_length=60, blank=True)
    head_seq = models.BigIntegerField()
    head_mac = models.CharField(max_length=64)
    audit = models.TextField(blank=True)
    erratum = models.TextField(blank=True)
    prepared_at = models.DateTimeField(default=clock.now)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    public_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-period", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["period", "revision"], name="release_once"),
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in ReleaseState]), name="release_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.period} r{self.revision}"
