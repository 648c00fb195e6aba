"""What of a listing may leave as open data. Records, the table of all listings and the filters ask here, and nowhere else.

A masked place is absent altogether, with what hangs on it and with an area that would tell where it is. A contact is shown only while its
tick for open data is set.
"""

from django.db.models import Prefetch, Q, QuerySet

from directory.contacts import Where, shown
from directory.models import Closure, Contact, Location, Schedule, Service, ServiceArea, ServiceAtLocation
from directory.secret_places import IN_OPEN_DATA, tells

# Refuges are few: asked this way round, nobody reads every place for them.
OPEN_PLACE = ~Q(location__in=Location.objects.filter(masked=True).values("pk"))
NOT_TOLD = ("internal_note", "imported")


def secret_places() -> "QuerySet[ServiceAtLocation]":
    """Services at places that are a secret."""
    return ServiceAtLocation.objects.filter(location__masked=True)


def open_contacts(service: Service) -> list[Contact]:
    """Contacts that somebody ticked for open data (loaded by one of the functions below), but for those of a place that is a secret."""
    return shown(service, Where.OPEN_DATA)


def _contacts() -> Prefetch:
    return Prefetch("contacts", Contact.objects.exclude(at_location__in=secret_places().values("pk")))


def with_all_that_is_open(services: "QuerySet[Service]") -> "QuerySet[Service]":
    """With what a full record is made of, in a constant number of queries. Outlines stay in the database."""
    return (
        services.select_related("organisation__logo")
        .defer(*NOT_TOLD)
        .prefetch_related(
            "needs",
            "costs",
            _contacts(),
            Prefetch("closures", Closure.objects.select_related("at_location")),
            Prefetch("schedules", Schedule.objects.select_related("at_location")),
            Prefetch("areas", areas_with_names()),
            Prefetch("at_locations", ServiceAtLocation.objects.select_related("location").order_by("location__name", "pk")),
        )
    )


def with_one_to_one(services: "QuerySet[Service]") -> "QuerySet[Service]":
    """With what a record in a list is made of: the organisation, and the contacts for the e-mail address."""
    return services.select_related("organisation__logo").defer(*NOT_TOLD).prefetch_related(_contacts())


def areas_with_names() -> "QuerySet[ServiceArea]":
    """Parts of areas with the areas they name, but for the outlines."""
    return ServiceArea.objects.select_related("area__area_set").defer("outline", "area__geometry")


def open_places(service: Service) -> list[ServiceAtLocation]:
    """Its places that are no secret (loaded with its places)."""
    return [at for at in service.at_locations.all() if not at.location.masked]


def open_schedules(service: Service) -> list[Schedule]:
    """Its times, but for those at a place that is a secret."""
    hidden = _hidden(service)
    return [row for row in service.schedules.all() if row.at_location_id not in hidden]


def open_closures(service: Service) -> list[Closure]:
    """The days on which it is closed, but for those of a place that is a secret."""
    hidden = _hidden(service)
    return [row for row in service.closures.all() if row.at_location_id not in hidden]


def open_areas(service: Service) -> list[ServiceArea]:
    """The parts of the area it covers that do not tell where a secret place is (loaded with its places and areas)."""
    secret = [at.location for at in service.at_locations.all() if at.location.masked]
    rows = list(service.areas.all())
    if not secret:
        return rows
    hidden = _hidden(service)
    return [row for row in rows if row.at_location_id not in hidden and not tells(row, secret, IN_OPEN_DATA)]


def hidden_areas() -> list[ServiceArea]:
    """Every part of an area that stays inside, of all listings: what a filter must not answer by."""
    services = (
        Service.objects.filter(pk__in=secret_places().values("service"))
        .only("pk")
        .prefetch_related(
            Prefetch("areas", areas_with_names()), Prefetch("at_locations", ServiceAtLocation.objects.select_related("location"))
        )
    )
    told = ((service, {row.pk for row in open_areas(service)}) for service in services)
    return [row for service, open_ in told for row in service.areas.all() if row.pk not in open_]


def _hidden(service: Service) -> set[object]:
    return {at.pk for at in service.at_locations.all() if at.location.masked}
