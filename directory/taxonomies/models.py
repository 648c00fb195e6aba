"""Vocabularies that others keep, their terms, and how a term stands to one of our needs."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Need


class Taxonomy(models.Model):
    """A list of terms that somebody else keeps, by the address under which they publish it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uri = models.CharField("address of the list", max_length=300, unique=True)
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=60, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    loaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "taxonomies"

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One term. `gone`: the newest list does not hold it any more; it stays for the mappings and for those who still write it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.CASCADE, related_name="terms")
    uri = models.CharField("address of the term", max_length=300, unique=True)
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    gone = models.BooleanField("not in the newest list", default=False)

    class Meta:
        ordering = ["taxonomy", "name", "code"]
        constraints = [models.UniqueConstraint(fields=["taxonomy", "code"], name="term_code_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class NeedMapping(models.Model):
    """What a term is to a need. Nobody's word yet until a professional has confirmed it, and marked so wherever it shows."""

    class Kind(models.TextChoices):
        EXACT = "exact", "The term means the same"
        BROADER = "broader", "The term is wider than the need"
        NARROWER = "narrower", "The term is a part of the need"
        RELATED = "related", "The two have to do with each other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="mappings")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField("who says so", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["need", "kind", "term"]
        constraints = [
            models.UniqueConstraint(fields=["need", "term"], name="mapping_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["exact", "broader", "narrower", "related"]), name="mapping_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.need} – {self.term}"

    @property
    def is_confirmed(self) -> bool:
        """Has a professional said that it is so? Their account may be gone since."""
        return self.confirmed_at is not None
