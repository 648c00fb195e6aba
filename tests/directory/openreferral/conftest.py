"""What the tests of /oruk/ share: the published schemas, and one of everything."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from directory import clock, listings, seeding
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.models import Contact, Location, Service, ServiceAtLocation
from tests import factories

STANDARDS = Path(__file__).resolve().parents[4] / "shared" / "standards"
SCHEMAS = STANDARDS / "oruk-3.0" / "schema"
HSDS = STANDARDS / "hsds-3.1-dev"
SECRET = {"name": "Rosehip House", "address": "9 Hidden Ginnel", "postcode": "HD7 5ZZ", "lat": 53.6251, "lon": -1.8702}


def _published(uri: str) -> Any:
    """The schemas name each other by the address at which they are published; here they come from the folder."""
    return json.loads((SCHEMAS / uri.rpartition("/")[2]).read_text())


@lru_cache
def validator(name: str) -> jsonschema_rs.Validator:
    """One of the published schemas, with formats checked."""
    return jsonschema_rs.validator_for(json.loads((SCHEMAS / f"{name}.json").read_text()), retriever=_published, validate_formats=True)


@lru_cache
def wider(name: str) -> jsonschema_rs.Validator:
    """One of the schemas of HSDS 3.1, whose parts name each other by file."""

    def read(uri: str) -> Any:
        return json.loads((HSDS / uri.rpartition("/")[2]).read_text())

    schema = {"$id": f"https://hsds.example/{name}.json", **read(f"{name}.json")}
    return jsonschema_rs.validator_for(schema, retriever=read, validate_formats=True)


def faults(record: Any, name: str) -> list[str]:
    """What is wrong with a record by both standards, and every key that is there without a value."""
    found = [f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in validator(name).iter_errors(record)]
    if (HSDS / f"{name}.json").exists():
        found += [f"3.1 {'/'.join(map(str, each.instance_path))}: {each.message}" for each in wider(name).iter_errors(record)]
    return found + list(_without_value(record))


def _without_value(found: Any, where: str = "") -> Any:
    if found is None or found in ("", [], {}):
        yield f"{where} is {found!r}"
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from _without_value(value, f"{where}/{name}")
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from _without_value(value, f"{where}/{place}")


Get = Callable[..., Any]


@pytest.fixture
def get(client: Client) -> Get:
    """Ask below /oruk/ and read the JSON; another status than 200 is expected by name."""

    def ask(path: str, status: int = 200, **params: Any) -> Any:
        answer = client.get(f"/oruk/{path}", params)
        assert answer.status_code == status, answer.content[:500]
        assert answer["Access-Control-Allow-Origin"] == "*"
        return answer.json()

    return ask


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.fixture
def lunch(system: User) -> Service:
    """A listing with something in every part, made through the verbs."""
    seeding.load_needs()
    factories.postcode("HD7 5AA")
    group = listings.create_organisation(
        by=system,
        name="Golcar Lunch Club",
        description="We eat together.",
        url="https://lunch.example/",
        email="club@lunch.example",
        phone="01484 960001",
        charity_number="SC012345",
        company_number="01234567",
        coop_number="IP12345R",
        social="https://social.example/lunch\nnot an address",
        networks="Lunches United",
    )
    service = listings.create_service(
        group,
        by=system,
        name="Tuesday lunch",
        other_names="Lunch Club",
        kind="group",
        summary="A hot lunch with others.",
        description="Soup, *pie* and cake.",
        needs=["friendships", "nutrition"],
        times="Tu 12:00-14:00 term time; Th[1] 10:00-11:30 not bank holidays; day 5 09:00-10:00; 2031-05-05 18:00-23:00",
        phone="01484 223197",
        email="lunch@lunch.example",
        delivery=["place", "home"],
        places=[{"name": "Town Hall", "address": "Town End, Golcar", "postcode": "HD7 5AA"}],
        access={"step_free": True, "parking": False, "words": "Side door"},
        area="HD7; everywhere",
        min_age="60",
        max_age="99.5",
        who_for="People who like company",
        not_for="Dogs",
        how_to_access="Ring first.",
        next_step="We ring back.",
        wait_time="A week",
        what_to_bring="An appetite",
        what_you_get="Soup\nCake",
        is_free=False,
        cost="Five pounds",
        costs=[{"option": "A meal", "amount": "5"}, {"option": "With a carer", "amount": "2.50", "concession": True}],
        languages="English; Urdu",
        interpretation="Sign language on request",
        url="https://lunch.example/tuesday",
        spaces={"left": 3, "on": clock.today().isoformat()},
        notice={"text": "No pie this week", "until": clock.today().isoformat()},
        cqc_location="1-123",
        faith="Everybody",
        group_size=20,
        source="A list of lunches",
        source_id="lunch-1",
        source_date="2026-01",
        licence="OGL",
    )
    return listings.mark_checked(service, by=system, how="phone", on=clock.today() - timedelta(days=3)) and service


@pytest.fixture
def refuge(db: None) -> Service:
    """A listing with a secret place, what hangs on it, and a contact that nobody ticked."""
    service = factories.service("family-and-relationships", name="Safe nights", at=None)
    place = Location.objects.create(**SECRET, found_by=Location.FoundBy.MAP, masked=True)
    at = ServiceAtLocation.objects.create(service=service, location=place)
    service.schedules.create(at_location=at, weekday=1, opens="10:00", closes="11:00")
    service.closures.create(at_location=at, first=clock.today(), last=clock.today())
    Contact.objects.create(service=service, name="Withheld Wanda", phone="01632 960111")
    Contact.objects.create(service=service, name="Placed Petra", phone="01632 960222", at_location=at, show_in_open_data=True)
    return service
