"""Where things are: postcodes, sets of areas, the areas a postcode lies in, and villages by the names people give them."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from directory import clock
from directory.geodata.spelling import shown_postcode

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class Postcode(models.Model):
    """One postcode of Great Britain and the position of its middle, in WGS84 degrees."""

    code = models.CharField("postcode without its blank", max_length=7, primary_key=True)
    lat = models.FloatField()
    lon = models.FloatField()
    live = models.BooleanField("still in use", default=True)

    class Meta:
        indexes = [models.Index(fields=["lat", "lon"], name="postcode_by_position")]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The way it is written: HD7 5AA."""
        return shown_postcode(self.code)

    @property
    def district(self) -> str:
        """The half postcode: HD7."""
        return self.code[:-3]

    @property
    def sector(self) -> str:
        """The half postcode and the next digit: HD7 5."""
        return f"{self.code[:-3]} {self.code[-3]}"


class AreaKind(models.TextChoices):
    """What sort of areas a set holds."""

    WARD = "ward", "wards"
    DISTRICT = "district", "council districts"
    SECTOR = "sector", "postcode sectors"
    MSOA = "msoa", "middle census areas"
    LSOA = "lsoa", "small census areas"
    CONSTITUENCY = "constituency", "constituencies"
    PARISH = "parish", "parishes"
    NEIGHBOURHOOD = "neighbourhood", "neighbourhoods"


class AreaSet(models.Model):
    """Areas of one kind and year. Lines change, so a new year is a new set beside the old one.

    The installed set is the one that "area" means everywhere in the product; there is at most one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AreaKind.choices)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300, blank=True, default="")
    licence = models.CharField(max_length=300, blank=True, default="")
    installed = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "-year", "slug"]
        constraints = [models.UniqueConstraint(fields=["installed"], condition=Q(installed=True), name="area_set_one_installed")]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})"


class Area(models.Model):
    """One area of a set: its outline as WKB in WGS84 degrees, and the box around it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area_set = models.ForeignKey(AreaSet, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AreaKind.choices)
    geometry = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "code"]
        constraints = [
            models.UniqueConstraint(fields=["area_set", "code"], name="area_code_once_in_set"),
            models.CheckConstraint(condition=Q(west__lt=models.F("east"), south__lt=models.F("north")), name="area_box_has_size"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outline(self) -> "BaseGeometry":
        """The outline as a shapely polygon or multipolygon."""
        import shapely

        return shapely.from_wkb(bytes(self.geometry))


class PostcodeArea(models.Model):
    """A postcode lies in an area.

    `main`: its position does. Otherwise the area's line runs so close by (membership.EDGE_METRES) that some of its doors may be inside:
    that is how one postcode lies across two areas.
    """

    pk = models.CompositePrimaryKey("postcode_id", "area_id")
    postcode = models.ForeignKey(Postcode, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="memberships")
    main = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.postcode_id} in {self.area_id}"


class PlaceKind(models.TextChoices):
    """What sort of place a name stands for, the largest first."""

    TOWN = "town", "town"
    VILLAGE = "village", "village"
    SUBURB = "suburb", "suburb"
    HAMLET = "hamlet", "hamlet"


class Place(models.Model):
    """A town or village by its name, the middle of it, and how else people spell it (`also`, parted by semicolons)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=PlaceKind.choices)
    lat = models.FloatField()
    lon = models.FloatField()
    postcode_district = models.CharField(max_length=4)
    also = models.CharField(max_length=400, blank=True, default="")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "postcode_district"]
        constraints = [models.UniqueConstraint(fields=["name", "postcode_district"], name="place_name_once_in_district")]

    def __str__(self) -> str:
        return self.name

    @property
    def spellings(self) -> list[str]:
        """Every spelling of the name, its own first."""
        return [self.name, *(other.strip() for other in self.also.split(";") if other.strip())]
