"""Other directories' feeds, each going through one of them, what became of each record, and listings that may be the same."""

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models

from directory import clock
from directory.harvest.run_states import OPEN, RunState
from directory.models import Organisation, Service


class Feed(models.Model):
    """Another directory that publishes its services as Open Referral UK. Its address is the `source` of all that comes from it."""

    class Details(models.TextChoices):
        WHEN_THIN = "when-thin", "ask for each service whose record in the list is thin"
        NEVER = "never", "the list says all"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField("short name", unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField("address, without /services", max_length=300, unique=True)
    hosts = models.CharField("other hosts it may send us to", max_length=300, blank=True, help_text="Separated by semicolons.")
    parameters = models.CharField("more for its list's address", max_length=200, blank=True, help_text="For example: full=true")
    per_page = models.PositiveSmallIntegerField("services on a page", default=50)
    details = models.CharField(max_length=10, choices=Details.choices, default=Details.WHEN_THIN)
    licence = models.CharField(max_length=200, blank=True)
    every_days = models.PositiveSmallIntegerField("fetch it every so many days", default=7)
    active = models.BooleanField(default=True)
    version = models.CharField("version found", max_length=10, blank=True, editable=False)
    last_good_at = models.DateTimeField("last time that all of it came", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(per_page__range=(1, 1000)), name="feed_per_page"),
            models.CheckConstraint(condition=models.Q(every_days__range=(1, 365)), name="feed_every_days"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts that are asked for this feed, in small letters."""
        others = (host.strip().lower().rstrip(".") for host in self.hosts.split(";"))
        return frozenset(filter(None, [urlsplit(self.url).hostname or "", *others]))

    @property
    def due(self) -> bool:
        """Is it time to fetch it again?"""
        begun = self.runs.order_by("-started_at").values_list("started_at", flat=True).first()
        return self.active and (begun is None or begun <= clock.now() - timedelta(days=self.every_days))

    @property
    def unfinished(self) -> bool:
        """Did going through it last break off, or was it left lying?"""
        state = self.runs.order_by("-started_at").values_list("state", flat=True).first()
        return state in OPEN


class Run(models.Model):
    """One going through a feed, page by page. Where it stands is written with what was taken, so that it goes on after any end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The page to ask for next, how many of its records are through, and which page that was.
    page = models.PositiveIntegerField(default=1)
    taken_on_page = models.PositiveIntegerField(default=0)
    page_digest = models.CharField(max_length=32, blank=True)
    first_digest = models.CharField(max_length=32, blank=True)
    last_digest = models.CharField(max_length=32, blank=True)
    total_told = models.PositiveIntegerField(null=True, blank=True)
    without_details = models.PositiveSmallIntegerField(default=0)
    read = models.PositiveIntegerField("records read", default=0)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField("ended, and hidden", default=0)
    pairs = models.PositiveIntegerField("possible duplicates", default=0)
    # {what it is: {"count": how often, "ids": the first few records}}
    warnings = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["feed"], condition=models.Q(state="running"), name="one_run_of_a_feed"),
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} on {self.started_at:%Y-%m-%d}"


class Record(models.Model):
    """One record of a feed: when it was seen last, and what became of it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", "It is a listing"
        UNCLEAR = "unclear", "A listing, hidden until somebody has looked"
        REJECTED = "rejected", "It could not be taken"
        ENDED = "ended", "It is not in the feed any more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="records")
    source_id = models.CharField(max_length=300)
    service = models.ForeignKey(Service, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    why = models.CharField(max_length=200, blank=True)
    # Of what stood in the list, and of all that was understood.
    list_digest = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=40, blank=True)
    with_details = models.BooleanField(default=False)
    modified_at = models.DateTimeField(null=True)
    last_run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="records")
    page = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["source_id"]
        constraints = [models.UniqueConstraint(fields=["feed", "source_id"], name="record_once_in_feed")]
        indexes = [models.Index(fields=["feed", "page"], name="record_page")]

    def __str__(self) -> str:
        return self.source_id


class SaidOfOrganisation(models.Model):
    """What a feed said last of an organisation, column by column: what still reads so follows it, what was edited here stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="organisations")
    source_id = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    said = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "source_id"], name="organisation_once_in_feed")]

    def __str__(self) -> str:
        return self.source_id


class PageCopy(models.Model):
    """The marks by which a page is asked for only if it has changed, and what it said about itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="page_copies")
    number = models.PositiveIntegerField()
    address = models.CharField(max_length=600)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    understood_by = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    items = models.PositiveIntegerField()
    said: Any = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "number"], name="page_copy_once")]

    def __str__(self) -> str:
        return f"Page {self.number}"


class DuplicatePair(models.Model):
    """Two listings that may be the same service. A person decides; nothing merges by itself. `first` has the smaller id."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Somebody has to look"
        DIFFERENT = "different", "Two different services"
        SAME = "same", "The same service"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField("how likely, of 100")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="pair_in_order"),
            models.CheckConstraint(condition=models.Q(state__in=["proposed", "different", "same"]), name="pair_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
