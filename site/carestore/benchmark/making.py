"""Made-up organisations and services as rows of the database, the same ones for the same seed. Nothing is saved here."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model

from directory.geodata.models import Area
from directory.models import (
    Closure,
    Contact,
    CostOption,
    Location,
    Organisation,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from directory.models.organisations import VETTING_FACTS
from search.benchmark.positions import Positions
from search.benchmark.wording import ACTIVITIES, KINDS_OF_GROUP, WHO_FOR, Wording, made_word, rare_word
from search.query import ACCESS_FACTS

# One organisation keeps as many listings as a council does.
LARGE = 60
SOURCES = ("", "", "", "https://one.example/oruk", "https://two.example/oruk", "A council's list")


@dataclass
class Ground:
    """What is there before: the day, sampled postcodes, needs' words, and the area of each sampled postcode."""

    seed: int
    now: datetime
    today: date
    positions: Positions
    wording: Wording
    areas: dict[str, Area]

    def random(self, what: str, number: int) -> Random:
        """A seed of its own for each: the first thousand are the same among however many."""
        return Random(f"{self.seed}:{what}:{number}")


@dataclass
class Made:
    """One service with everything that hangs on it."""

    service: Service
    needs: list[str] = field(default_factory=list)
    rows: list[Model] = field(default_factory=list)


def organisation(number: int, ground: Ground) -> Organisation:
    """A group; one in ten is vetted, one in forty part of another one."""
    choice = ground.random("organisation", number)
    made = Organisation(
        id=_uuid(choice),
        name=f"{rare_word(choice).capitalize()} {choice.choice(KINDS_OF_GROUP)}",
        kind=choice.choice(Organisation.Kind.values),
        description=_text(choice, ground, 4),
        url=f"https://group{number}.example/" if choice.random() < 0.6 else "",
        email=f"group{number}@mail.example" if choice.random() < 0.5 else "",
        phone=_phone(choice) if choice.random() < 0.6 else "",
        charity_number=str(choice.randint(200_000, 1_200_000)) if choice.random() < 0.4 else "",
        created_at=ground.now - timedelta(days=choice.randint(400, 1100)),
        changed_at=ground.now - timedelta(days=choice.randint(1, 400)),
    )
    if choice.random() < 0.1:
        for fact in VETTING_FACTS:
            setattr(made, f"{fact}_seen_on", ground.today)
            setattr(made, f"{fact}_review_on", ground.today + timedelta(days=300))
    return made


def location(number: int, ground: Ground) -> Location:
    """A hall, library or office at a sampled postcode; one in three hundred is a secret."""
    choice = ground.random("location", number)
    at = choice.randrange(len(ground.positions))
    code = str(ground.positions.codes[at])
    town = made_word(int.from_bytes(code[:-3].encode(), "big") * 7919 % 60_000).capitalize()
    facts = {fact: choice.random() < 0.8 for fact in ACCESS_FACTS if choice.random() < 0.3}
    return Location(
        id=_uuid(choice),
        name=f"{rare_word(choice).capitalize()} {choice.choice(('Hall', 'Centre', 'Chapel', 'Library', 'Rooms'))}",
        address=f"{choice.randint(1, 200)} {rare_word(choice).capitalize()} Road, {town}",
        postcode=f"{code[:-3]} {code[-3:]}",
        lat=round(float(ground.positions.lats[at]), 6),
        lon=round(float(ground.positions.lons[at]), 6),
        found_by=Location.FoundBy.POSTCODE,
        transport="Buses stop outside." if choice.random() < 0.3 else "",
        masked=choice.random() < 0.003,
        **facts,
    )


def service(number: int, organisation: Organisation, venues: list[Location], ground: Ground) -> Made:
    """A service with needs, contacts, prices, places, times and areas."""
    choice = ground.random("service", number)
    made = Made(Service(id=_uuid(choice), organisation=organisation, **_words(choice, number, ground), **_terms(choice, ground)))
    needs = choice.sample(ground.wording.needs, choice.choice((1, 1, 1, 2, 2, 3)))
    made.needs = [need.slug for need in needs]
    made.rows += _contacts(choice, made.service, number, ground)
    if choice.random() < 0.35:
        made.rows += [
            CostOption(service=made.service, option=option, amount=choice.randint(1, 20), order=order)
            for order, option in enumerate(choice.choice((("a session",), ("a session", "a term"))))
        ]
    places = [ServiceAtLocation(id=_uuid(choice), service=made.service, location=venue) for venue in _venues(choice, venues)]
    made.service.at_place = bool(places)
    made.rows += [*places, *_times(choice, made.service, places, ground), *_areas(choice, made.service, places, ground)]
    return made


def _words(choice: Random, number: int, ground: Ground) -> dict[str, Any]:
    source = choice.choice(SOURCES)
    what = choice.choice(ACTIVITIES)
    return {
        "name": f"{rare_word(choice).capitalize()} {what}",
        "kind": choice.choices(Service.Kind.values, (40, 25, 25, 5, 5))[0],
        "summary": f"{_text(choice, ground, 1)}."[:300],
        "description": "\n\n".join(_text(choice, ground, choice.randint(6, 18)) for _ in range(choice.randint(1, 4))),
        "what_you_get": "\n".join(_text(choice, ground, 1) for _ in range(choice.randint(0, 4))),
        "who_for": choice.choice(WHO_FOR) if choice.random() < 0.6 else "",
        "how_to_access": _text(choice, ground, 3) if choice.random() < 0.6 else "",
        "next_step": "Somebody rings you back within a week." if choice.random() < 0.3 else "",
        "languages": choice.choice(("", "", "", "English", "English; Urdu", "English; Polish; Welsh")),
        "url": f"https://service{number}.example/" if choice.random() < 0.5 else "",
        "source": source,
        "source_id": str(number) if source else "",
        "licence": "Open Government Licence v3.0" if source else "",
    }


def _terms(choice: Random, ground: Ground) -> dict[str, Any]:
    """On what terms, and since when it is known to be right."""
    day = timedelta(days=1)
    checked = ground.today - day * int(700 * choice.random() ** 2) if choice.random() < 0.85 else None
    created = ground.now - day * choice.randint(1, 1100) - timedelta(seconds=choice.randint(0, 80_000))
    return {
        "status": choice.choices(Service.Status.values, (93, 2, 5))[0],
        "visible_to": ground.today + day * choice.randint(-30, 90) if choice.random() < 0.02 else None,
        "min_age": choice.choice((16, 18, 50, 60)) if choice.random() < 0.25 else None,
        "is_free": choice.choices((None, True, False), (50, 35, 15))[0],
        "online": choice.random() < 0.1,
        "by_phone": choice.random() < 0.1,
        "spaces": choice.randint(0, 12) if (counted := choice.random() < 0.1) else None,
        "spaces_on": ground.today - day * choice.randint(0, 40) if counted else None,
        "notice": "Closed for half term." if (noticed := choice.random() < 0.03) else "",
        "notice_until": ground.today + day * choice.randint(-5, 20) if noticed else None,
        "rhythm_days": choice.choice((60, 365)) if choice.random() < 0.05 else None,
        "checked_at": checked,
        "checked_how": choice.choice(Service.CheckedHow.values) if checked else "",
        "created_at": created,
        "changed_at": min(ground.now - day * choice.randint(1, 60), created + day * choice.randint(0, 400)),
        "version": choice.randint(1, 9),
    }


def _contacts(choice: Random, service: Service, number: int, ground: Ground) -> list[Model]:
    own = choice.random() < 0.15
    first = Contact(
        service=service,
        role=choice.choice(("", "Secretary", "Office")),
        phone=_phone(choice) if choice.random() < 0.8 else "",
        email=f"service{number}@mail.example" if choice.random() < 0.55 else "",
        is_personal=own,
        agreed_on=ground.today if own else None,
        show_in_open_data=not own,
    )
    second = Contact(service=service, role="Treasurer", phone=_phone(choice), order=1, show_in_open_data=choice.random() < 0.5)
    return [first, second] if choice.random() < 0.15 else [first]


def _venues(choice: Random, venues: list[Location]) -> list[Location]:
    return choice.sample(venues, min(len(venues), choice.choice((0, 1, 1, 1, 1, 1, 1, 1, 2, 3))))


def _times(choice: Random, service: Service, places: list[ServiceAtLocation], ground: Ground) -> list[Model]:
    if choice.random() < 0.2:
        return []
    days = (0, 1, 2, 3, 4) if choice.random() < 0.4 else tuple(choice.sample(range(7), choice.choice((1, 1, 2))))
    opens = time(choice.randint(8, 18), choice.choice((0, 30)))
    at = places[0] if len(places) > 1 and choice.random() < 0.5 else None
    rows: list[Model] = [
        Schedule(
            service=service, at_location=at, weekday=day, opens=opens, closes=time(opens.hour + choice.choice((1, 2, 4)), opens.minute)
        )
        for day in days
    ]
    if choice.random() < 0.05:
        first = ground.today + timedelta(days=choice.randint(-20, 40))
        rows.append(Closure(service=service, first=first, last=first + timedelta(days=7), reason="half term"))
    return rows


def _areas(choice: Random, service: Service, places: list[ServiceAtLocation], ground: Ground) -> list[Model]:
    """Which area it covers: for half of them nobody says."""
    kind, place = choice.random(), places[0].location if places else None
    if kind < 0.5:
        return []
    if kind < 0.54 or place is None:
        return [ServiceArea(service=service, label="Everywhere", everywhere=True)]
    code = place.postcode.replace(" ", "")
    if kind < 0.65:
        return [
            ServiceArea(service=service, label=f"Around {place.name}", lat=place.lat, lon=place.lon, miles=choice.choice((2, 3, 5, 10)))
        ]
    if kind < 0.8 and code in ground.areas:
        area = ground.areas[code]
        return [ServiceArea(service=service, label=area.name, area=area)]
    letters = code[:-3].rstrip("0123456789")
    more = {code[:-3], *(f"{letters}{choice.randint(1, 20)}" for _ in range(choice.randint(0, 4)))}
    return [ServiceArea(service=service, label=district, district=district) for district in sorted(more) if len(district) <= 4]


def _text(choice: Random, ground: Ground, pieces: int) -> str:
    said = [choice.choice(choice.choice(ground.wording.needs).said).text for _ in range(pieces)]
    text = ", ".join([*said, rare_word(choice)])
    return text[0].upper() + text[1:]


def _phone(choice: Random) -> str:
    # Numbers that the regulator keeps for stories.
    return f"0{choice.choice((113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161, 191))}4960{choice.randint(0, 999):03}"


def _uuid(choice: Random) -> UUID:
    return UUID(int=choice.getrandbits(128), version=4)
