"""The finder's doors as the OpenAPI document shows them; the shapes themselves are made by search.results."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from search.query import (
    ACCESS_FACTS,
    DAYS,
    KINDS,
    MODES,
    PAGE_MAX,
    PAGE_SIZE,
    PAGE_SIZE_MAX,
    QUESTION_MAX,
    RADIUS_LEAST,
    RADIUS_MAX,
    WORD_MAX,
    Sort,
)
from search.reach import Reach


class FinderErrorsSerializer(serializers.Serializer):
    """Every error: per parameter, what is wrong with it."""

    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


class UnderstoodNeedSerializer(serializers.Serializer):
    """One need that the words speak of."""

    slug = serializers.CharField()
    confidence = serializers.FloatField(min_value=0, max_value=1)


class UnderstoodPlaceSerializer(serializers.Serializer):
    """Where the question is about."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(["postcode", "half_postcode", "village", "point"])
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class UnderstoodSerializer(serializers.Serializer):
    """What was made of the question."""

    words = serializers.ListField(child=serializers.CharField())
    corrected = serializers.CharField(allow_null=True)
    needs = UnderstoodNeedSerializer(many=True)
    place = UnderstoodPlaceSerializer(allow_null=True)
    filters = serializers.DictField()


class PlaceSerializer(serializers.Serializer):
    """Where a service is offered; a secret place is never among them."""

    name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class WhySerializer(serializers.Serializer):
    """One named part of the score."""

    part = serializers.CharField()
    points = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)


class ResultSerializer(serializers.Serializer):
    """One service with the reasons why it is shown; `score` is the sum of the points in `why`."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    organisation = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    needs = serializers.ListField(child=serializers.CharField())
    reach = serializers.ChoiceField([reach.value for reach in Reach], allow_null=True)
    miles = serializers.FloatField(allow_null=True)
    by_road = serializers.BooleanField(help_text="Whether the miles are by road, or as the crow flies.")
    open = serializers.BooleanField(allow_null=True)
    checked_at = serializers.DateField(allow_null=True)
    places = PlaceSerializer(many=True)
    score = serializers.IntegerField()
    why = WhySerializer(many=True)


class NearMissSerializer(ResultSerializer):
    """A service that nearly fits, and why it does not."""

    why_not = serializers.CharField()


class FacetSerializer(serializers.Serializer):
    """How many services choosing this value would give."""

    slug = serializers.CharField()
    count = serializers.IntegerField()


class FoundSerializer(serializers.Serializer):
    """A page of results."""

    understood = UnderstoodSerializer()
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    results = ResultSerializer(many=True)
    near_misses = NearMissSerializer(many=True)
    facets = serializers.DictField(child=FacetSerializer(many=True))


class ClusterSerializer(serializers.Serializer):
    """Several places drawn as one."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()
    count = serializers.IntegerField()
    bbox = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)


class PointSerializer(serializers.Serializer):
    """One service at one place; `id` is the service's."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class MapSerializer(serializers.Serializer):
    """What a map shows."""

    clusters = ClusterSerializer(many=True)
    points = PointSerializer(many=True)
    without_place = serializers.IntegerField()


class SuggestionSerializer(serializers.Serializer):
    """One name; `url` is the page or the list that it stands for."""

    kind = serializers.ChoiceField(["need", "place", "service", "organisation", "venue"])
    name = serializers.CharField()
    url = serializers.CharField()


class SuggestionsSerializer(serializers.Serializer):
    """At most eight names: needs, places, services, then groups and venues."""

    suggestions = serializers.ListField(child=SuggestionSerializer(), max_length=8)


_NUMBER = r"[-+]?[0-9]+(\.[0-9]+)?"
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"


def _text(name: str, about: str, longest: int = WORD_MAX, pattern: str = "") -> OpenApiParameter:
    """A text; an empty one, as forms send it, is always allowed."""
    shape: dict[str, object] = {"type": "string", "maxLength": longest}
    if pattern:
        shape["pattern"] = f"^({pattern})?$"
    return OpenApiParameter(name, shape, description=about)


def _one_of(name: str, values: tuple[str, ...], about: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, enum=("", *values), description=about)


def _many_of(name: str, values: tuple[str, ...], about: str) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": list(values)}}
    return OpenApiParameter(name, schema, description=about, explode=False, style="form")


FILTER_PARAMETERS = [
    _text("q", "What is looked for, in everyday words; a place may stand among them.", QUESTION_MAX),
    _text("place", "A postcode (HD7 5AA), half a postcode (HD7), or a village or town."),
    OpenApiParameter("lat", {"type": "number", "minimum": -90, "maximum": 90}, description="Degrees north; together with lon."),
    OpenApiParameter("lon", {"type": "number", "minimum": -180, "maximum": 180}, description="Degrees east; together with lat."),
    _text("need", "Short names of needs, joined by commas: any of them.", pattern=f"{_SLUG}(,{_SLUG})*"),
    OpenApiParameter(
        "radius",
        {"type": "number", "minimum": RADIUS_LEAST, "maximum": RADIUS_MAX},
        description="Miles that people would travel to a service with an address.",
    ),
    _one_of("open", ("now", *DAYS), "Open at this moment, or on a day of the week."),
    _many_of("mode", MODES, "How it is offered: any of them."),
    _many_of("kind", KINDS, "What sort of listing it is: any of them."),
    _text("who", "Whom it is for: an age in years, or words."),
    OpenApiParameter("free", OpenApiTypes.BOOL, description="Free of charge only."),
    _many_of("access", ACCESS_FACTS, "What the place must surely have: all of them."),
    _text("language", "A language, by its English name or its code."),
]
BOX_PARAMETER = _text("bbox", "west,south,east,north in degrees. Services without an address stay.", pattern=f"{_NUMBER}(,{_NUMBER}){{3}}")
PAGE_PARAMETERS = [
    _one_of("sort", tuple(Sort), "fit (best first), distance or name."),
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": 1}),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE}),
]
SUGGEST_PARAMETER = _text("q", "The beginning of a name or an everyday word; nothing is suggested before two letters.", QUESTION_MAX)
ZOOM_PARAMETER = OpenApiParameter("zoom", {"type": "integer", "minimum": 0, "maximum": 22, "default": 10})
