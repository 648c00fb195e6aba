"""Organisations that may be the same, what was merged into what, by whom, and all that is needed to take it back."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from directory import clock
from directory.harvest.models import DuplicatePair
from directory.models import Organisation, Service


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


class OrganisationPair(models.Model):
    """Two organisations that may be the same. A person decides; nothing merges by itself. `first` has the smaller id."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Somebody has to look"
        DIFFERENT = "different", "Two organisations"
        SAME = "same", "The same organisation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField("how likely, of 100")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="organisation_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="organisation_pair_in_order"),
            models.CheckConstraint(condition=models.Q(state__in=["proposed", "different", "same"]), name="organisation_pair_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class OrganisationMerge(models.Model):
    """One organisation that another one took in.

    `before`, `after`, `moved` and `carried` as of a listing. `joined`: who kept the dropped one, with their parts, and what became of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    dropped = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    choices: Any = models.JSONField(default=dict)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)
    moved: Any = models.JSONField(default=dict)
    joined: Any = models.JSONField(default=list)
    carried: Any = models.JSONField(default=list)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    merged_at = models.DateTimeField(default=clock.now)
    parted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    parted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-merged_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=models.Q(parted_at=None), name="organisation_merged_into_one"),
            models.CheckConstraint(condition=~models.Q(kept=models.F("dropped")), name="organisation_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.dropped_id} into {self.kept_id}"
