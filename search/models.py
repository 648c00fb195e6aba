"""What the finder keeps of its own: how often nothing was found, and nothing about who asked."""

import uuid

from django.db import models


class SearchWithoutAnswer(models.Model):
    """How often in a month nothing fitted a need in an area. No words, no person; both may be unknown ("")."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    need = models.SlugField(blank=True)
    area_set = models.SlugField(max_length=60, blank=True)
    area_code = models.CharField(max_length=20, blank=True)
    month = models.DateField(help_text="Its first day.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month", "need", "area_code"]
        verbose_name_plural = "searches without an answer"
        constraints = [
            models.UniqueConstraint(fields=["need", "area_set", "area_code", "month"], name="search_without_answer_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="search_without_answer_month"),
        ]

    def __str__(self) -> str:
        return f"{self.need or 'unknown need'}, {self.month:%Y-%m}: {self.count}"
