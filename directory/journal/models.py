"""The journal's table, and the bookmarks of those who follow it."""

from django.db import models

from directory import clock


class EventQuerySet(models.QuerySet["Event"]):
    """Named selections; always in the order in which things happened."""

    def about(self, obj: models.Model) -> "EventQuerySet":
        """The history of one object."""
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk).order_by("seq")

    def of_kind(self, *kinds: str) -> "EventQuerySet":
        """Events of these kinds."""
        return self.filter(kind__in=kinds).order_by("seq")

    def after(self, seq: int) -> "EventQuerySet":
        """What was written later than this number."""
        return self.filter(seq__gt=seq).order_by("seq")


class Event(models.Model):
    """One thing that happened: ids, codes and digests, never a name or a free text.

    `seq` runs from 1 without gaps, in the order of commits. Rows have no foreign keys, so that erasing a person leaves the chain whole.
    Only `directory.journal.recording.record` makes one; triggers refuse every change.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    object_type = models.CharField(max_length=100)
    object_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    by_role = models.CharField(max_length=32, blank=True)
    codes = models.JSONField(default=dict, blank=True)
    prev_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_id", "seq"], name="journal_object"),
            models.Index(fields=["kind", "seq"], name="journal_kind"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(seq__gte=1), name="journal_seq_from_one")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Bookmark(models.Model):
    """How far one follower has read: the number and the seal of the last event it has worked through."""

    name = models.CharField(max_length=64, unique=True)
    seq = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)
    moved_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.name} at {self.seq}"
