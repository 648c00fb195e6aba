"""Things that tests need, made through the verbs wherever there is one. Every function makes what it stands on, if it is not given."""

import csv
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image
from shapely import box

from directory import clock
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.geodata.locating import normalise_postcode
from directory.geodata.models import Area, AreaKind, AreaSet, Postcode, PostcodeArea
from directory.models import Element, Location, Membership, Need, Organisation, Service, ServiceArea, ServiceAtLocation
from directory.models.organisations import VETTING_FACTS
from matching.agreements import record_agreement
from matching.asking import keeping, sending
from matching.asks import open_ask
from matching.models import Agreement, Ask, Enquiry, Person, Volunteer
from matching.people import register_person
from matching.rules.decisions import confirm_activity
from matching.volunteers import offer_activity, record_check, register_volunteer, set_status

_numbers = count(1)
ALL_WEEK = [[weekday, 8 * 60, 20 * 60] for weekday in range(7)]
HOME_POSTCODE = "HD7 5AA"
HOME = (53.6250, -1.8700)


def user(*roles: Role, email: str = "", name: str = "", **fields: Any) -> User:
    """Somebody who can sign in (without a password unless one is given), with these roles."""
    made = User.objects.create_user(email or f"user{next(_numbers)}@test.example", name=name or "Test User", **fields)
    for role in roles:
        grant(made, role, by=None)
    return made


def coordinator() -> User:
    return user(Role.COORDINATOR)


def administrator() -> User:
    return user(Role.ADMINISTRATOR)


def council_referrer() -> User:
    return user(Role.COUNCIL_REFERRER)


def need(slug: str = "shopping") -> Need:
    """One of the product's 25 needs, with its element."""
    row = _needs()[slug]
    element, _ = Element.objects.get_or_create(
        slug=row["element"], defaults={"name": row["element"].replace("-", " ").title(), "tone": "moss"}
    )
    return Need.objects.get_or_create(slug=slug, defaults={"element": element, "name": row["name"]})[0]


def area(code: str = "T0001", name: str = "Colne Valley", around: tuple[float, float] = HOME, half: float = 0.1) -> Area:
    """A square area of the installed set, in degrees around a position."""
    installed = AreaSet.objects.filter(installed=True).first() or AreaSet.objects.create(
        slug="test-wards", name="Test wards", kind=AreaKind.WARD, year=2026, installed=True
    )
    lat, lon = around
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    made, _ = Area.objects.get_or_create(
        area_set=installed,
        code=code,
        defaults={
            "name": name,
            "kind": AreaKind.WARD,
            "geometry": box(west, south, east, north).wkb,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        },
    )
    return made


def postcode(text: str = HOME_POSTCODE, position: tuple[float, float] = HOME, inside: Area | None = None) -> str:
    """A postcode at a position, inside an area (the one around HOME where left out); its text as written."""
    code = normalise_postcode(text) or text
    row, _ = Postcode.objects.get_or_create(code=code, defaults={"lat": position[0], "lon": position[1]})
    PostcodeArea.objects.get_or_create(postcode=row, area=inside or area(), defaults={"main": True})
    return text


def person(*, by: User | None = None, agreed: bool = True, **fields: Any) -> Person:
    """Somebody in Slaithwaite who needs help, with a general agreement unless agreed=False."""
    fields.setdefault("name", f"Edith Testperson{next(_numbers)}")
    fields.setdefault("postcode", postcode())
    made = register_person(by=by or coordinator(), **fields)
    if agreed:
        agreement(made)
    return made


def agreement(person: Person, *, by: User | None = None, **fields: Any) -> Agreement:
    """The person said yes on the phone, to referrals in general unless told otherwise."""
    values = {"given_by": "person", "how": "phone", "at": clock.now(), **fields}
    return record_agreement(person, by=by or coordinator(), **values)


def ask(person_: Person | None = None, *, by: User | None = None, need_: str = "shopping", **fields: Any) -> Ask:
    """A request for help; for a new person with agreement where none is given."""
    return open_ask(person_ or person(), by=by or coordinator(), need=need(need_), **fields)


def enquiry_answers() -> dict[str, dict[str, Any]]:
    """What somebody answers at /ask/, step by step."""
    return {
        "about": {"words": "Somebody to shop with me", "need": need().pk},
        "where": {"place": ""},
        "answers": {"seen": True},
        "whom": {"whom": "self"},
        "age": {"adult": "yes"},
        "them": {"their_name": "Olive Testperson", "relation": "daughter", "their_phone": "01632 960881", "knows": "no"},
        "often": {"often": "weekly", "urgency": 1},
        "when": {"when": ["mornings"]},
        "you": {"name": "Ada Testperson", "postcode": postcode()},
        "contact": {"phone": "01632 960880", "email": "ada@test.example"},
        "reach": {"ring": "any", "voicemail": "yes", "may_answer": "anybody"},
        "understand": {"codes": [], "more": ""},
        "give": {"give": ""},
    }


def enquiry(whom: str = "self", **steps: dict[str, Any]) -> Enquiry:
    """Somebody asked on the website and sent it; steps: what they answered in each, where it matters."""
    row, _ = keeping.begin()
    for step, said in {**enquiry_answers(), "whom": {"whom": whom}, **steps}.items():
        row = keeping.keep(row, step, said, whom=whom, need=need())
    return sending.send(row)


def confirmed(activity: str) -> str:
    """The activity, with its rule confirmed by an administrator."""
    confirm_activity(activity, by=administrator(), professional="A. Professional", source="Tested rules, section 1")
    return activity


def volunteer(
    *activities: str, by: User | None = None, level: str = "enhanced_barred", status: str = "active", trained: bool = False, **fields: Any
) -> Volunteer:
    """An active volunteer with an account in Slaithwaite, free all week, with a check seen, who offers these activities (or shopping).

    level: "none" for nobody has seen a check. trained: for every activity.
    """
    by = by or coordinator()
    fields.setdefault("name", f"Vernon Testhelper{next(_numbers)}")
    fields.setdefault("postcode", postcode())
    fields.setdefault("windows", ALL_WEEK)
    fields.setdefault("date_of_birth", date(1980, 5, 17))
    fields.setdefault("languages", ["english"])
    if "user" not in fields:
        fields["user"] = user(Role.VOLUNTEER)
    made = register_volunteer(by=by, **fields)
    for activity in activities or ("shop-for-someone",):
        offer_activity(made, activity, by=by, trained_on=clock.today() if trained else None)
    if level != "none":
        made = record_check(made, by=by, level=level, seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=3 * 365))
    # Nobody pauses who was not active.
    for step in {"applied": [], "paused": ["active", "paused"]}.get(status, [status]):
        # A pause is their own: one that a coordinator decided is not theirs to end.
        made = set_status(made, step, by=(made.user or by) if step == "paused" else by, reason="conduct" if step == "removed" else "")
    return made


def photo(size: tuple[int, int] = (40, 30), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture as a camera or a program writes it. options: what Pillow's `save` takes."""
    written = BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(written, kind, **options)
    return written.getvalue()


def organisation(*, vetted: bool = False, **fields: Any) -> Organisation:
    """A group; vetted=True has all four facts seen today and a review next year, or on `vetting_review_on`."""
    fields.setdefault("name", f"Test Group {next(_numbers)}")
    if vetted:
        review_on = fields.pop("vetting_review_on", clock.today() + timedelta(days=365))
        for fact in VETTING_FACTS:
            fields.setdefault(f"{fact}_seen_on", clock.today())
            fields.setdefault(f"{fact}_review_on", review_on if fields[f"{fact}_seen_on"] else None)
    return Organisation.objects.create(**fields)


def partner(organisation_: Organisation) -> User:
    """A partner user who is a member of this organisation."""
    made = user(Role.PARTNER)
    Membership.objects.create(organisation=organisation_, user=made)
    return made


def service(
    *needs: str,
    organisation_: Organisation | None = None,
    vetted: bool = False,
    at: tuple[float, float] | None = HOME,
    covers: str = "",
    **fields: Any,
) -> Service:
    """A running service for these needs (shopping where left out). at: where its place is, None for none. covers: a postcode district."""
    fields.setdefault("name", f"Test Service {next(_numbers)}")
    fields.setdefault("summary", "Something that helps.")
    fields.setdefault("at_place", at is not None)
    made = Service.objects.create(organisation=organisation_ or organisation(vetted=vetted), **fields)
    made.needs.set([need(slug) for slug in needs or ("shopping",)])
    if at is not None:
        place = Location.objects.create(name="A hall", lat=at[0], lon=at[1], found_by=Location.FoundBy.POSTCODE)
        ServiceAtLocation.objects.create(service=made, location=place)
    if covers:
        ServiceArea.objects.create(service=made, district=covers)
    return made


@lru_cache(maxsize=1)
def _needs() -> dict[str, dict[str, str]]:
    path = Path(__file__).parents[1] / "directory" / "data" / "needs.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return {row["slug"]: row for row in csv.DictReader(file)}
