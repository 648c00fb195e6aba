"""The four elements and the needs below them: data that the product ships and staff may edit."""

from django.db import models


class Element(models.Model):
    """My Life, My Home, My Community, My Care."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=60)
    plain = models.CharField("one plain sentence", max_length=200, blank=True)
    tone = models.CharField(max_length=20, choices=[(tone, tone) for tone in ("heather", "clay", "moss", "river")])
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class CurrentNeeds(models.Manager["Need"]):
    """Without those that were merged into another: nobody is offered them any more."""

    def get_queryset(self) -> "models.QuerySet[Need]":
        return super().get_queryset().filter(replaced_by=None)


class Need(models.Model):
    """One of the needs that people have, with the words in which they say it.

    `objects` holds those that are offered, `every` also those that were merged into another (`replaced_by`): old links, asks and figures
    still name them.
    """

    slug = models.SlugField(primary_key=True)
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="needs")
    name = models.CharField(max_length=60)
    plain = models.CharField("one plain sentence", max_length=200, blank=True)
    what_counts = models.TextField(blank=True)
    rather_elsewhere = models.TextField(blank=True)
    resident_words = models.TextField("everyday words, one in a line", blank=True)
    professional_words = models.TextField("professionals' words, one in a line", blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces", verbose_name="merged into"
    )

    objects = CurrentNeeds()
    every = models.Manager["Need"]()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(replaced_by=None) | ~models.Q(replaced_by=models.F("slug")), name="need_not_into_itself"
            )
        ]

    def __str__(self) -> str:
        return self.name
