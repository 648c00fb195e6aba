"""From what is asked to rows. Every filter holds for what the records show: what is not told is not searched either.

What hangs on services is asked for once, as a list of keys, never service by service: a database without figures about its tables, or with
them, may read all times anew for each of 40,000 services.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from directory import clock
from directory.models import Element, Need, Organisation, Schedule, Service, ServiceAtLocation
from directory.openreferral.modified import modified_since, running_on
from directory.openreferral.near import places_reaching, places_within, services_reaching
from directory.openreferral.opened import OPEN_PLACE, secret_places
from directory.openreferral.parameters import Asked
from directory.openreferral.taxonomies import TAXONOMY, element_id, slugs_of_terms
from directory.seeding import need_id

_TEXTS = (
    "name",
    "other_names",
    "summary",
    "description",
    "what_you_get",
    "who_for",
    "how_to_access",
)
_GROUP_TEXTS = ("name", "other_names")
_FOR_NEEDS: QuerySet = Service.needs.through.objects.all()
_ORGANISATION_TEXTS = ("name", "other_names", "description")
_PLACE_TEXTS = ("location__name", "location__address", "location__postcode")


def public_now(before: str = "") -> Q:
    """Services that visitors see today: the same rule as `ServiceQuerySet.public`."""
    today = clock.today()
    return (
        (Q(**{f"{before}visible_from": None}) | Q(**{f"{before}visible_from__lte": today}))
        & (Q(**{f"{before}visible_to": None}) | Q(**{f"{before}visible_to__gte": today}))
        & Q(**{f"{before}status__in": [Service.Status.ACTIVE, Service.Status.PAUSED]})
    )


def services(asked: Asked) -> "QuerySet[Service]":
    """Services that fit, public or not: the list decides about that."""
    rows = Service.objects.filter(_of_services(asked))
    if asked.start or asked.end or asked.days:
        rows = rows.filter(pk__in=_times(asked).values("service"))
    if asked.position is not None:
        rows = rows.filter(services_reaching(asked.position))
        if asked.metres is not None:
            rows = rows.filter(pk__in=places_within(asked.position, asked.metres).values("service"))
    return rows


def at_locations(asked: Asked) -> "QuerySet[ServiceAtLocation]":
    """Services at places that are no secret. Times are those that hold there, or everywhere."""
    rows = ServiceAtLocation.objects.filter(OPEN_PLACE)
    if not _is_plain(asked):
        rows = rows.filter(service__in=Service.objects.filter(_of_services(asked)).values("pk"))
    if asked.start or asked.end or asked.days:
        times = _times(asked)
        everywhere, here = times.filter(at_location=None), times.filter(at_location__isnull=False)
        rows = rows.filter(Q(service__in=everywhere.values("service")) | Q(pk__in=here.values("at_location")))
    if asked.position is not None:
        rows = rows.filter(places_reaching(asked.position))
        if asked.metres is not None:
            rows = rows.filter(pk__in=places_within(asked.position, asked.metres).values("pk"))
    return rows


def organisations(asked: Asked) -> "QuerySet[Organisation]":
    """Organisations with these words."""
    return Organisation.objects.filter(*(_anywhere(_ORGANISATION_TEXTS, word) for word in asked.words))


def offering(services: Q) -> Q:
    """Organisations that such services belong to, and those above them. Asked of each: either is found by an index, and pages are short."""
    rows = Service.objects.filter(services)
    return Q(Exists(rows.filter(organisation=OuterRef("pk")))) | Q(Exists(rows.filter(organisation__parent=OuterRef("pk"))))


def those_of(services: Q) -> Q:
    """The same organisations, found from the services, which are few: nobody goes through all organisations for them."""
    rows = Service.objects.filter(services).order_by()
    above = rows.exclude(organisation__parent=None).values("organisation__parent")
    return Q(pk__in=rows.values("organisation")) | Q(pk__in=above)


def elements_and_needs(asked: Asked) -> tuple[list[Element], list[Need]]:
    """The terms that fit."""
    if asked.taxonomies and TAXONOMY not in asked.taxonomies:
        return [], []
    elements = [] if asked.parents else [row for row in Element.objects.all() if _says(row.name, row.plain, asked.words)]
    if asked.top_only:
        return elements, []
    needs = [row for row in Need.objects.all() if _says(row.name, row.plain or row.what_counts, asked.words)]
    return elements, [need for need in needs if not asked.parents or element_id(need.element_id) in asked.parents]


def need_called(term: object) -> Need | None:
    """The need that is this term."""
    return next((need for need in Need.objects.all() if need_id(need.slug) == term), None)


def element_called(term: object) -> Element | None:
    """The element that is this term."""
    return next((element for element in Element.objects.all() if element_id(element.slug) == term), None)


def says_taxonomy(words: Iterable[str], name: str, description: str) -> bool:
    """Whether the taxonomy has these words."""
    return _says(name, description, words)


def _is_plain(asked: Asked) -> bool:
    """Is nothing asked of the services themselves?"""
    ages = asked.minimum_age is not None or asked.maximum_age is not None
    return not (asked.words or asked.terms or asked.taxonomies or asked.organisations or asked.modified_after or ages)


def _of_services(asked: Asked) -> Q:
    fits = Q()
    for word in asked.words:
        fits &= _has_word(word)
    if asked.terms:
        fits &= _for_needs(slugs_of_terms(list(asked.terms)))
    if asked.taxonomies:
        fits &= Q(pk__in=_FOR_NEEDS.values("service")) if TAXONOMY in asked.taxonomies else Q(pk__in=[])
    if asked.organisations:
        fits &= Q(organisation__in=asked.organisations)
    if asked.modified_after is not None:
        fits &= modified_since(asked.modified_after)
    if asked.minimum_age is not None:
        fits &= Q(min_age__gte=Decimal(str(asked.minimum_age)))
    if asked.maximum_age is not None:
        fits &= Q(max_age__lte=Decimal(str(asked.maximum_age)))
    return fits


def _has_word(word: str) -> Q:
    groups = Organisation.objects.filter(_anywhere(_GROUP_TEXTS, word)).order_by()
    places = ServiceAtLocation.objects.filter(_anywhere(_PLACE_TEXTS, word), location__masked=False)
    needs = list(Need.objects.filter(name__icontains=word).values_list("slug", flat=True))
    found = _anywhere(_TEXTS, word) | Q(organisation__in=groups.values("pk")) | Q(pk__in=places.values("service"))
    return found | _for_needs(needs) if needs else found


def _for_needs(slugs: list[str]) -> Q:
    return Q(pk__in=_FOR_NEEDS.filter(need__in=slugs).values("service"))


def _times(asked: Asked) -> "QuerySet[Schedule]":
    """Times as they are told that begin and end within these hours, on such a day. What runs past midnight ends on no clock of the same day."""
    rows = Schedule.objects.filter(running_on(clock.today())).exclude(at_location__in=secret_places().values("pk"))
    if asked.start is not None:
        rows = rows.filter(opens__gte=asked.start)
    if asked.end is not None:
        rows = rows.filter(closes__lte=asked.end, closes__gt=F("opens"))
    return rows.filter(weekday__in=asked.days) if asked.days else rows


def _anywhere(columns: Iterable[str], word: str) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _says(name: str, description: str, words: Iterable[str]) -> bool:
    told = f"{name} {description}".casefold()
    return all(word.casefold() in told for word in words)
