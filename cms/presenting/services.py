"""A service as its page shows it: every answer that a visitor needs, and an honest "not known" where there is none."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from cms.presenting.checked import Checked, checked, source_year
from cms.presenting.maps import Spot, map_of
from cms.presenting.offer import cost_lines, first_steps, what_you_get, who_for
from cms.presenting.opening import Opening, opening_of
from cms.presenting.rich_words import rich_words
from cms.presenting.turning_up import TurningUp, turning_up
from cms.presenting.words import ACCESS_WORDS, day_words, first_up, listed, sentence
from cms.public_state import public_state
from directory import contacts
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.claims.claimable import Standing, standing
from directory.contacts import Where
from directory.models import Contact, Location, Service, ServiceArea
from directory.places_left import spaces_words
from directory.secret_places import told_areas
from directory.served import outlines_of
from directory.suggestions.deciding import SOURCE as SUGGESTED

FOUND_BY_WORDS = {
    Location.FoundBy.POSTCODE: "The pin is in the middle of the postcode.",
    Location.FoundBy.VILLAGE: "The pin is in the middle of the village.",
}


@dataclass(frozen=True)
class Fact:
    """Yes (True), no (False) or not known (None), as components/facts.html takes it."""

    label: str
    value: bool | None
    note: str = ""


@dataclass(frozen=True)
class Venue:
    """A place of the service. A secret one has no name, no address, and nothing else that could give it away."""

    name: str
    address: str = ""
    postcode: str = ""
    transport: str = ""
    pin_words: str = ""
    access: list[Fact] = field(default_factory=list)
    access_words: str = ""
    secret: bool = False

    @property
    def access_known(self) -> bool:
        """Is there a yes or a no among the facts?"""
        return any(fact.value is not None for fact in self.access)


@dataclass(frozen=True)
class Way:
    """A way to reach the service. `phone` and `email` only where they may be shown on the site."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Shown:
    """What templates/cms/service.html shows."""

    id: str
    name: str
    organisation: str
    summary: str
    description: SafeString
    invented: bool
    ours: bool
    notice: str
    notice_until: str
    turning_up: TurningUp
    opening: Opening
    spaces: str
    at_place: bool
    venues: list[Venue]
    map: dict[str, Any] | None
    covers: str
    what_you_get: list[str]
    cost: list[str]
    who_for: list[str]
    first_steps: list[str]
    ways: list[Way]
    web: str
    web_host: str
    checked: Checked
    source: str
    source_url: str
    licence: str
    needs: list[tuple[str, str]]
    suggest_url: str
    claim_url: str
    edit_url: str


def shown(service: Service, user: Any, state: str = "") -> Shown:
    """A service loaded with_everything, as this user sees it, in this public state. Asks the database for little but who may edit."""
    opening, fresh, ways = opening_of(service), checked(service), _ways(service)
    locations = _locations(service)
    source, source_url = _source(service)
    state = state or public_state()
    web = _web(service)
    return Shown(
        id=str(service.pk),
        name=service.name,
        organisation=service.organisation.name,
        summary=service.summary,
        description=rich_words(service.description),
        invented=service.organisation.demo,
        ours=service.organisation.ours,
        notice=service.current_notice,
        notice_until=day_words(service.notice_until) if service.notice_until else "",
        turning_up=turning_up(service, opening, fresh, can_ring=any(way.phone for way in ways)),
        opening=opening,
        spaces=spaces_words(service),
        at_place=service.at_place,
        venues=[_venue(location) for location in locations],
        map=_map(service, locations, state),
        covers=_covers(service),
        what_you_get=what_you_get(service),
        cost=cost_lines(service),
        who_for=who_for(service),
        first_steps=first_steps(service, can_ring=any(way.phone for way in ways), times_known=opening.known),
        ways=ways,
        web=web,
        web_host=urlsplit(web).netloc.removeprefix("www."),
        checked=fresh,
        source=source,
        source_url=source_url,
        licence=service.licence,
        needs=[(need.name, reverse("need", args=[need.slug])) for need in service.needs.all()],
        suggest_url=reverse("suggest-wrong", args=[service.pk]),
        claim_url=reverse("claim", args=[service.pk]) if standing(service) == Standing.OPEN else "",
        edit_url=_edit_url(service, user),
    )


def _locations(service: Service) -> list[Location]:
    return sorted((at.location for at in service.at_locations.all()), key=lambda location: (location.name, str(location.pk)))


def _venue(location: Location) -> Venue:
    if location.masked:
        return Venue("The address is kept secret, so that people there are safe. Ring, and they tell you what to do.", secret=True)
    return Venue(
        name=location.name,
        address=location.address if location.address != location.name else "",
        postcode=location.postcode,
        transport=sentence(location.transport),
        pin_words=FOUND_BY_WORDS.get(Location.FoundBy(location.found_by), "") if location.found_by else "",
        access=[Fact(first_up(words), getattr(location, name)) for name, words in ACCESS_WORDS.items()],
        access_words=sentence(location.access_words),
    )


def _map(service: Service, locations: list[Location], state: str) -> dict[str, Any] | None:
    placed = [each for each in locations if not each.masked and each.lat is not None and each.lon is not None]
    spots = tuple(
        Spot(number, "", str(each), each.lat or 0.0, each.lon or 0.0, url=f"#place-{number}") for number, each in enumerate(placed, 1)
    )
    served = tuple(outlines_of(service))
    what = "where it is and which area it covers" if spots and served else "the area it covers" if served else "where it is"
    return map_of(
        spots,
        label=f"Map of {service.name}: {what}",
        state=state,
        rest=_line_words([each.name for each in served], [str(area) for area in told_areas(service)]),
        served=served,
    )


def _line_words(drawn: list[str], covered: list[str]) -> str:
    """What the dashed line of the map holds, and what it does not: nobody draws the line of a half postcode."""
    if not drawn:
        return ""
    left_out = [name for name in dict.fromkeys(covered) if name not in drawn]
    return (
        f"The dashed line: {listed(list(dict.fromkeys(drawn)))}. Not drawn: {listed(left_out)}."
        if left_out
        else "The dashed line: the area it covers."
    )


def _covers(service: Service) -> str:
    """The area it says it serves; empty where it says nothing."""
    areas = told_areas(service)
    whole = _names([area for area in areas if area.at_location_id is None])
    own = [(at, _names([area for area in areas if area.at_location_id == at.pk])) for at in service.at_locations.all()]
    parts = [f"{names} from {at.location}" for at, names in own if names and not at.location.masked]
    hidden = listed([names for at, names in own if names and at.location.masked])
    return "; ".join(filter(None, (whole, *parts, hidden)))


def _names(areas: list[ServiceArea]) -> str:
    if any(area.everywhere for area in areas):
        return "The whole country"
    return listed(list(dict.fromkeys(map(str, areas))))


def _ways(service: Service) -> list[Way]:
    """Those that may be shown on the site; the group's own number where the service has none."""
    ways = [Way(_called(contact), contact.phone, contact.email) for contact in contacts.shown(service, Where.SITE)]
    organisation = service.organisation
    if not any(way.phone for way in ways) and organisation.phone:
        ways.append(Way(organisation.name, organisation.phone, "" if any(way.email for way in ways) else organisation.email))
    elif not ways and organisation.email:
        ways.append(Way(organisation.name, "", organisation.email))
    return ways


def _called(contact: Contact) -> str:
    return ", ".join(part for part in (contact.name, contact.role) if part)


def _web(service: Service) -> str:
    """Its own page, or its group's; only an ordinary web address."""
    return next((url for url in (service.url, service.organisation.url) if url.startswith(("http://", "https://"))), "")


def _source(service: Service) -> tuple[str, str]:
    """Where the listing comes from, in words, and its address where it has one."""
    if service.source == SUGGESTED:
        return "Somebody who knows it told us of it", ""
    address = service.source if service.source.startswith(("http://", "https://")) else ""
    where = urlsplit(address).netloc.removeprefix("www.") if address else service.source
    year = source_year(service)
    if not where:
        return "", ""
    if service.checked_at is None and year:
        return f"As reported in {year} by {where}" if address else f"As reported in {year}: {where}", address
    return f"From {where}{f', {year}' if year else ''}", address


def _edit_url(service: Service, user: Any) -> str:
    """Where its partner edits it; empty for everybody else."""
    if not allowed(user, Permission.EDIT_LISTINGS, service):
        return ""
    try:
        return reverse("partner-service", args=[service.pk])
    except NoReverseMatch:
        return ""
