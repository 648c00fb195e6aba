"""A request for help: one need of one person. In code it is an Ask, because request is Django's word."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models

from directory import clock
from directory.geodata.models import Area
from directory.models import Need, Service
from directory.personal.fields import EncryptedTextField
from matching.models.people import Person
from matching.states import MATCH_OPEN, REFERRAL_OPEN, AskState


class StoredArea(models.Model):
    """The area and its set as they were on the day, so that a move or new boundaries never change old figures."""

    area_set = models.CharField(max_length=60, blank=True, editable=False)
    area_code = models.CharField(max_length=20, blank=True, editable=False)
    area_name = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True

    def keep_area(self, area: Area) -> None:
        """Write down the area as it is today."""
        self.area_set, self.area_code, self.area_name = area.area_set.slug, area.code, area.name


class AskQuerySet(models.QuerySet["Ask"]):
    """Named sets of requests."""

    def open(self) -> "AskQuerySet":
        """Those that are not met, withdrawn or recorded as unmet."""
        return self.filter(state=AskState.OPEN)

    def waiting(self) -> "AskQuerySet":
        """Open ones that nobody is on: no volunteer was asked or helps, no referral is under way, no small group has a place for it."""
        of_ask = models.OuterRef("pk")
        taken = self.model.matches.rel.related_model._default_manager.filter(ask=of_ask, state__in=MATCH_OPEN)
        sent = self.model.referrals.rel.related_model._default_manager.filter(ask=of_ask, state__in=REFERRAL_OPEN)
        together = self.model.group_places.rel.related_model._default_manager.filter(ask=of_ask, left_at=None)
        return self.open().filter(~models.Exists(taken), ~models.Exists(sent), ~models.Exists(together))


class Ask(StoredArea):
    """What somebody asked for: a need, perhaps an activity, how often, when, how urgent."""

    class Often(models.TextChoices):
        ONCE = "once", "Once"
        NOW_AND_THEN = "now_and_then", "Now and then"
        WEEKLY = "weekly", "Every week"
        DAILY = "daily", "Most days"

    class Urgency(models.IntegerChoices):
        SOON = 1, "When it can be done"
        THIS_WEEK = 2, "This week"
        TODAY = 3, "Today or tomorrow"

    class Source(models.TextChoices):
        SELF = "self", "The person"
        FAMILY = "family", "Family or friend"
        PARTNER = "partner", "Partner group"
        COUNCIL = "council", "Council"
        COORDINATOR = "coordinator", "Co-op staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="asks")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    activity = models.SlugField(blank=True)
    often = models.CharField(max_length=15, choices=Often.choices, default=Often.ONCE)
    minutes = models.PositiveSmallIntegerField(default=60)
    windows = models.JSONField(
        default=list, blank=True, help_text="[[weekday, start minute, end minute], …]; Monday is 0. Empty: any time."
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.SOON)
    by_phone_or_online = models.BooleanField(default=False)
    gender_required = models.CharField(max_length=20, blank=True)
    two_visitors = models.BooleanField(default=False)
    for_carer = models.BooleanField("for the carer", default=False)
    wishes = EncryptedTextField(default="", blank=True)
    person_choice = EncryptedTextField("the person's own choice", default="", blank=True)
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.OPEN)
    source = models.CharField(max_length=15, choices=Source.choices, default=Source.COORDINATOR)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        ordering = ["-urgency", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in AskState]), name="ask_state_known"),
            models.CheckConstraint(condition=models.Q(minutes__range=(5, 1440)), name="ask_minutes_in_a_day"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None) | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="ask_closed_at_with_state",
            ),
        ]
        indexes = [models.Index(fields=["state", "made_at"], name="ask_by_state")]

    def __str__(self) -> str:
        return f"A-{self.number}"


class Offered(models.Model):
    """The candidates that were shown for a request, with their scores and reasons: ids and codes, nothing about the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="offered")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    services = models.JSONField(default=list)
    volunteers = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"Candidates for {self.ask_id}"


class Signpost(models.Model):
    """The person was told of a service; no personal data passed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="signposts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Signpost to {self.service_id}"


class UnmetNeedQuerySet(models.QuerySet["UnmetNeed"]):
    """Named sets of what was recorded as unmet."""

    def once_each(self, start: datetime, end: datetime) -> "UnmetNeedQuerySet":
        """Each request once, as it was last recorded from `start` to before `end`; what is left of erased requests each by itself.

        Two periods are counted each for itself: a later record never changes what an earlier period, perhaps released long ago, counted.
        """
        within = models.Q(recorded_at__gte=start, recorded_at__lt=end)
        later = models.Q(recorded_at__gt=models.OuterRef("recorded_at"))
        later |= models.Q(recorded_at=models.OuterRef("recorded_at"), pk__gt=models.OuterRef("pk"))
        after = self.model._default_manager.filter(within & later, ask=models.OuterRef("ask"))
        return self.filter(within, ~models.Exists(after))


class UnmetNeed(StoredArea):
    """Nobody could help: with what emptied the list, adult or carer apart. It stays when the request is opened again."""

    class EmptiedBy(models.TextChoices):
        NOBODY = "nobody", "No eligible service or volunteer"
        ALL_DECLINED = "all_declined", "All declined"
        TOO_LONG = "too_long", "Waiting too long"
        NOT_AFFORDABLE = "not_affordable", "Not affordable"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, null=True, on_delete=models.SET_NULL, related_name="unmet")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    activity = models.SlugField(blank=True)
    emptied_by = models.CharField(max_length=20, choices=EmptiedBy.choices)
    nearest_miss = models.CharField(max_length=30, blank=True)
    for_carer = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = UnmetNeedQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "id"]

    def __str__(self) -> str:
        return f"Unmet {self.need_id}"
