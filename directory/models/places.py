"""Where and when: places, the times at them, and the areas a service covers."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Lower
from wagtail.models import LockableMixin

from directory.models.services import Service

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

YES_NO_UNKNOWN: dict[str, Any] = {"null": True, "blank": True}


class Location(LockableMixin, models.Model):
    """A place used by any number of services, with what a visitor needs to know to get in."""

    class FoundBy(models.TextChoices):
        POSTCODE = "postcode", "the middle of its postcode"
        SOURCE = "source", "the source it came from"
        MAP = "map", "set by hand on a map"
        VILLAGE = "village", "the middle of its village"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    found_by = models.CharField(max_length=10, choices=FoundBy.choices, blank=True)
    transport = models.CharField(max_length=300, blank=True)
    step_free = models.BooleanField(**YES_NO_UNKNOWN)
    wheelchair = models.BooleanField(**YES_NO_UNKNOWN)
    accessible_toilet = models.BooleanField(**YES_NO_UNKNOWN)
    changing_place = models.BooleanField(**YES_NO_UNKNOWN)
    hearing_loop = models.BooleanField(**YES_NO_UNKNOWN)
    quiet_space = models.BooleanField(**YES_NO_UNKNOWN)
    assistance_dogs = models.BooleanField(**YES_NO_UNKNOWN)
    parking = models.BooleanField(**YES_NO_UNKNOWN)
    access_words = models.CharField("access in words", max_length=300, blank=True)
    masked = models.BooleanField("keep the exact place secret", default=False)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="location_by_name"),
            models.Index(Lower("address"), name="location_by_address"),
            # Refuges are few, and every page of open data asks which they are.
            models.Index(fields=["id"], condition=models.Q(masked=True), name="location_masked"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lat=None, lon=None, found_by="")
                | (models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180) & ~models.Q(found_by="")),
                name="location_position_and_how",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.address or self.postcode or "A place"


class ServiceAtLocation(models.Model):
    """One service at one place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="at_services")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "location"], name="service_once_at_place")]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.location_id}"


class Schedule(models.Model):
    """One regular time, or a one-off. `opening.open_at` alone says whether a service is open; overlapping times are refused."""

    class Every(models.TextChoices):
        WEEK = "week", "every week"
        MONTH_WEEKDAY = "month-weekday", "on the nth weekday of the month"
        MONTH_DATE = "month-date", "on a date of the month"
        ONCE = "once", "once"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="schedules")
    at_location = models.ForeignKey(ServiceAtLocation, null=True, blank=True, on_delete=models.CASCADE, related_name="schedules")
    every = models.CharField(max_length=15, choices=Every.choices, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField("weekday, Monday is 0", null=True, blank=True)
    nth = models.SmallIntegerField("which of the month (-1 the last), or the date", null=True, blank=True)
    on = models.DateField("on this day, for a one-off", null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField(help_text="Earlier than, or the same as, the opening time means the next day.")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    term_time_only = models.BooleanField(default=False)
    closed_on_bank_holidays = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["weekday", "opens", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every="week", weekday__range=(0, 6), nth=None, on=None)
                | models.Q(every="month-weekday", weekday__range=(0, 6), nth__in=[1, 2, 3, 4, 5, -1], on=None)
                | models.Q(every="month-date", weekday=None, nth__range=(1, 31), on=None)
                | models.Q(every="once", weekday=None, nth=None, on__isnull=False),
                name="schedule_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_every_display()} {self.opens:%H:%M}"


class Closure(models.Model):
    """Days on which a service, or one of its places, is closed though its times say otherwise: half term, a holiday, a broken boiler."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="closures")
    at_location = models.ForeignKey(ServiceAtLocation, null=True, blank=True, on_delete=models.CASCADE, related_name="closures")
    first = models.DateField("first day")
    last = models.DateField("last day")
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["first", "last", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="closure_in_order")]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Term(models.Model):
    """A school term of the area, holidays within it left out: what "in term time" means."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    first = models.DateField("first day of school", unique=True)
    last = models.DateField("last day of school")
    source = models.CharField(max_length=300, blank=True, help_text="Where these dates stand, for example the council's page.")

    class Meta:
        ordering = ["first"]
        constraints = [models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="term_in_order")]

    def __str__(self) -> str:
        return self.name


class ServiceAreaManager(models.Manager["ServiceArea"]):
    """Leaves outlines in the database until one is asked for: listings are read by the thousand, and an outline may be large."""

    def get_queryset(self) -> models.QuerySet["ServiceArea"]:
        return super().get_queryset().defer("outline")


class ServiceArea(models.Model):
    """One part of the area a service covers: a known area, a postcode district, so many miles around a point, or an outline of its own.

    With `at_location` it is covered from that place alone; a place with parts of its own does not cover those of the whole service.

    An outline is WKB in WGS84 degrees with the box around it; `drawn` is its code, the same wherever the same outline is drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="areas")
    at_location = models.ForeignKey(ServiceAtLocation, null=True, blank=True, on_delete=models.CASCADE, related_name="areas")
    label = models.CharField(max_length=100, blank=True)
    area = models.ForeignKey("geodata.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    district = models.CharField("postcode district", max_length=4, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    miles = models.FloatField(null=True, blank=True)
    everywhere = models.BooleanField("the whole country", default=False)
    drawn = models.CharField("code of its outline", max_length=40, blank=True, default="", editable=False)
    outline = models.BinaryField(null=True, blank=True)
    west = models.FloatField(null=True, blank=True, editable=False)
    south = models.FloatField(null=True, blank=True, editable=False)
    east = models.FloatField(null=True, blank=True, editable=False)
    north = models.FloatField(null=True, blank=True, editable=False)

    objects = ServiceAreaManager()

    class Meta:
        ordering = ["label", "id"]
        indexes = [models.Index(fields=["west", "east"], condition=~models.Q(drawn=""), name="service_area_drawn_box")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area__isnull=False, district="", miles=None, everywhere=False, drawn="")
                | (models.Q(area=None, miles=None, everywhere=False, drawn="") & ~models.Q(district=""))
                | models.Q(area=None, district="", lat__isnull=False, lon__isnull=False, miles__gt=0, everywhere=False, drawn="")
                | models.Q(area=None, district="", miles=None, everywhere=True, drawn="")
                | (models.Q(area=None, district="", miles=None, everywhere=False) & ~models.Q(drawn="")),
                name="service_area_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(drawn="", outline=None, west=None, south=None, east=None, north=None)
                | (
                    ~models.Q(drawn="")
                    & models.Q(outline__isnull=False, west__isnull=False, south__isnull=False, east__isnull=False, north__isnull=False)
                    & models.Q(west__lt=models.F("east"), south__lt=models.F("north"))
                ),
                name="service_area_outline_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.district or ("An area drawn on a map" if self.drawn else "An area")

    @property
    def shape(self) -> "BaseGeometry":
        """The outline of a drawn area as a shapely polygon or multipolygon."""
        import shapely

        assert self.outline is not None
        return shapely.from_wkb(bytes(self.outline))
