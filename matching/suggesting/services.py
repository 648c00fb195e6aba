"""Existing services for a request, best first, with named reasons: wheels are not reinvented. Reads only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count, Q

from directory import clock
from directory.models import Service
from directory.models.organisations import VETTING_FACTS
from matching.eligibility import PersonalCare
from matching.eligibility.parts import Part
from matching.models import Ask, Person, Referral
from matching.reasons import HELPED
from matching.states import REFERRAL_ENDED, ReferralState
from matching.suggesting.facts import age_on
from search.find import find
from search.query import Query
from search.results import Result

MOST = 50
# Where registered providers stand further behind, they are looked for among so many.
WIDEST = 2000
VETTED = 100
LATELY = 100
LATELY_DAYS = 365
# What a card shows and a decision needs, out of the hundred columns of a listing and its organisation.
_READ = (
    *("name", "summary", "notice", "notice_until", "status", "min_age", "max_age", "cqc_location", "is_free"),
    *(f"organisation__{name}" for name in ("name", "ours", "demo", "cqc_provider")),
    *(f"organisation__{fact}_{day}_on" for fact in VETTING_FACTS for day in ("seen", "review")),
)
# Never sent, or sent by mistake: they say nothing about the service.
_NOT_COUNTED = frozenset({ReferralState.DECLINED_BY_PERSON, ReferralState.ENTERED_IN_ERROR})


@dataclass(frozen=True)
class ServiceCandidate:
    """A service that may help. `points` is the sum of the parts in `why`.

    `vetted`: may its organisation receive personal data today; `missing_vetting`: what nobody has seen. `can_refer`: a referral may be
    sent, through the store or, where it has no log-in, by phone or letter; otherwise the person is told of it. `ours`: the co-op's own.
    `fits` is False where what is known speaks against it (age); the text in `why` tells.
    """

    service: Service
    points: int
    why: tuple[Part, ...]
    miles: float | None
    reach: str
    vetted: bool
    missing_vetting: tuple[str, ...]
    can_refer: bool
    ours: bool
    fits: bool


@dataclass(frozen=True)
class Lately:
    """What became of the referrals to a service that ended in the last twelve months."""

    ended: int = 0
    helped: int = 0

    def part(self) -> Part:
        """Half of the points where nothing is known; one ended referral moves it a little, many move it far."""
        points = round(LATELY * (self.helped + 1) / (self.ended + 2))
        if not self.ended:
            return Part("lately", points, "No referrals there in the last year")
        return Part("lately", points, f"{self.helped} of {self.ended} referrals there in the last year led to help")


def services_for(ask: Ask, *, care: PersonalCare) -> list[ServiceCandidate]:
    """The services that search finds for the need around the person, each with its parts; the co-op's own come after the others.

    care: for personal care only registered providers are listed; where it may be personal care, they come first.
    """
    results = {result.id: result for result in _found(ask, _registered(ask) if care != PersonalCare.NO else set())}
    services = list(Service.objects.public().filter(pk__in=results).order_by().select_related("organisation").only(*_READ))
    if care == PersonalCare.YES:
        services = [service for service in services if is_registered(service)]
    lately = lately_of(service.pk for service in services)
    candidates = [_candidate(service, results[str(service.pk)], ask.person, lately[service.pk]) for service in services]
    if care == PersonalCare.POSSIBLE:
        return sorted(candidates, key=lambda candidate: (not is_registered(candidate.service), *_order(candidate)))
    return sorted(candidates, key=_order)


def lately_of(services: Iterable[object]) -> dict[object, Lately]:
    """How referrals to these services ended in the last twelve months; in one question to the database."""
    since = clock.now() - timedelta(days=LATELY_DAYS)
    ended, helped = Q(state__in=REFERRAL_ENDED - _NOT_COUNTED), Q(state=ReferralState.COMPLETED, outcome__in=HELPED)
    # The states stand in what is counted: as a condition SQLite would read every referral that has ended, and not those to these services.
    rows = (
        Referral.objects.filter(service__in=list(services), ended_at__gte=since)
        .order_by()
        .values_list("service")
        .annotate(ended=Count("pk", filter=ended), helped=Count("pk", filter=helped))
    )
    return defaultdict(Lately, {service: Lately(count, good) for service, count, good in rows})


def is_registered(service: Service) -> bool:
    """Is it a provider registered with the Care Quality Commission?"""
    return bool(service.cqc_location or service.organisation.cqc_provider)


def _registered(ask: Ask) -> set[str]:
    """The registered providers' services for the need, the co-op's own care team among them; not all of them may reach the person."""
    registered = Q(cqc_location__gt="") | Q(organisation__cqc_provider__gt="")
    return set(map(str, Service.objects.public().filter(registered, needs=ask.need_id).values_list("pk", flat=True)))


def _found(ask: Ask, wanted: set[str]) -> list[Result]:
    """The best that search finds for the need around the person, and the wanted ones that it finds further behind."""
    position = (ask.person.position if ask.person is not None else None) or {}
    query = Query(need=(ask.need_id,), lat=position.get("lat"), lon=position.get("lon"), page_size=MOST)
    found = find(query, results_only=True)
    missing = wanted - {result.id for result in found.results}
    if not missing or found.total <= MOST:
        return list(found.results)
    further = find(replace(query, page_size=min(found.total, WIDEST)), results_only=True).results
    return [*found.results, *(result for result in further if result.id in missing)]


def _candidate(service: Service, result: Result, person: Person | None, lately: Lately) -> ServiceCandidate:
    organisation = service.organisation
    missing = () if organisation.ours else tuple(organisation.missing_vetting())
    fits, eligibility = _eligibility(service, person)
    running = service.status == Service.Status.ACTIVE
    # That it is full gives no points, and has to be read all the same.
    found = tuple(
        Part(part.part, part.points, part.text) for part in result.why if part.points or (part.part == "open_space" and part.text)
    )
    why = (*found, _vetting(missing, ours=organisation.ours), lately.part(), *eligibility)
    return ServiceCandidate(
        service=service,
        points=sum(part.points for part in why),
        why=why,
        miles=result.miles,
        reach=result.reach,
        vetted=not missing,
        missing_vetting=missing,
        can_refer=not missing and running,
        ours=organisation.ours,
        fits=fits and running,
    )


def _vetting(missing: tuple[str, ...], *, ours: bool) -> Part:
    if ours:
        return Part("vetting", VETTED, "The co-op's own")
    if not missing:
        return Part("vetting", VETTED, "Vetted: a referral can be sent")
    return Part("vetting", 0, "Not vetted: tell the person of it, no data is passed on")


def _eligibility(service: Service, person: Person | None) -> tuple[bool, tuple[Part, ...]]:
    """Only what the listing states and the record knows; it decides whether it fits and never how high it stands."""
    if service.status != Service.Status.ACTIVE:
        return False, (Part("eligibility", 0, "Not running at present"),)
    stated = service.min_age is not None or service.max_age is not None
    if person is None or person.date_of_birth is None or not stated:
        return True, ()
    age = age_on(person.date_of_birth, clock.today())
    # A listing that says "up to 64" means until the 65th birthday.
    too_young = service.min_age is not None and age < service.min_age
    too_old = service.max_age is not None and age >= service.max_age + 1
    if too_young or too_old:
        return False, (Part("eligibility", 0, "Not for the person's age"),)
    return True, (Part("eligibility", 0, "For the person's age"),)


def _order(candidate: ServiceCandidate) -> tuple[object, ...]:
    return (not candidate.fits, candidate.ours, -candidate.points, candidate.service.name.casefold(), str(candidate.service.pk))
