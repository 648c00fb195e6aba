"""What cards say of a listing besides the finder's reasons: read once for each public state, and its times once until they change."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Lock

from django.db.models import QuerySet
from django.urls import reverse

from cms.presenting.checked import checked
from cms.presenting.opening import next_words, open_words
from cms.public_state import remember
from directory import clock, contacts
from directory.clock import LONDON
from directory.models import Service
from directory.opening import next_opening, open_until
from directory.places_left import spaces_words
from directory.served import extent_digest

MOST = 5000


@dataclass(frozen=True, slots=True)
class Tag:
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """One listing as visitors see it. `open_now` and `next_open` hold until the moment `until`; `area_url` is that of its outline, if it has one."""

    id: str
    name: str
    url: str
    organisation: str
    summary: str
    tags: tuple[Tag, ...]
    notice: str
    invented: bool
    paused: bool
    spaces: str
    open_now: str
    next_open: str
    until: datetime
    area_url: str
    phone: str


_lock = Lock()
_known: "OrderedDict[str, ListingFacts]" = OrderedDict()
_state = ""


def facts_of(ids: Iterable[str], state: str) -> dict[str, ListingFacts]:
    """The facts of listings by their id, in this public state; what visitors do not see is left out. A constant number of queries, or none."""
    moment = clock.now()
    wanted = list(dict.fromkeys(ids))
    with _lock:
        _begin(state)
        known = {pk: facts for pk in wanted if (facts := _known.get(pk)) is not None and facts.until > moment}
    missing = [pk for pk in wanted if pk not in known]
    if missing:
        read = {str(service.pk): _facts(service, moment) for service in _services(missing)}
        known |= read
        with _lock:
            if state == _state:
                _known.update(read)
                while len(_known) > MOST:
                    _known.popitem(last=False)
    return known


def forget() -> None:
    """Read everything anew."""
    with _lock:
        _known.clear()


def _begin(state: str) -> None:
    """Forget what another state said; called with the lock."""
    global _state
    if state != _state:
        _known.clear()
        _state = state


def _services(ids: list[str]) -> QuerySet[Service]:
    public = Service.objects.public().filter(pk__in=ids)
    return public.select_related("organisation").prefetch_related(
        "schedules__at_location", "closures__at_location", "areas", "at_locations__location", "contacts"
    )


def _facts(service: Service, moment: datetime) -> ListingFacts:
    organisation, fresh = service.organisation, checked(service)
    now = open_words(service, moment)
    digest = extent_digest(service)
    return ListingFacts(
        id=str(service.pk),
        name=service.name,
        url=service.get_absolute_url(),
        organisation=organisation.name,
        summary=service.summary,
        tags=(Tag(fresh.text, fresh.tone), *((Tag("Run by the co-op", "river"),) if organisation.ours else ())),
        notice=service.current_notice,
        invented=organisation.demo,
        paused=service.status == Service.Status.PAUSED,
        spaces=spaces_words(service),
        open_now=now,
        next_open="" if now else next_words(service, moment),
        until=until_of(service),
        area_url=reverse("area-served", args=[service.pk, digest]) if digest else "",
        phone=next((each.phone for each in contacts.shown(service, contacts.Where.SITE) if each.phone), organisation.phone),
    )


def until_of(service: Service) -> datetime:
    """The next moment at which anything about its times is said otherwise: it opens, it closes, or the day ends."""
    moment = clock.now()
    tomorrow = datetime.combine(clock.local(moment).date() + timedelta(days=1), time(), LONDON)
    changes = (open_until(service, moment), next_opening(service, moment))
    return min([tomorrow, *(change for change in changes if change is not None)])


remember(forget)
