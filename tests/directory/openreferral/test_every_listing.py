"""Whatever stands in the rows, the records are valid, hold no empty key, and tell nothing of a secret place."""

import json
from datetime import date, time
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import seeding
from directory.models import Location, Need, Organisation, Schedule, Service, ServiceArea, ServiceAtLocation
from tests.directory.openreferral.conftest import faults

pytestmark = pytest.mark.django_db

# As PostgreSQL takes it: no NUL, no lone surrogates.
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60)
said = words | st.sampled_from(["", " ", "https://höhle.example/ä?q=[1]", "http://", "a@b.example", "@", "SC1", "HD7 5AA", "\u202e=1+1"])
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
ages = st.decimals(0, 150, places=2)
facts = st.none() | st.booleans()
degrees = {"lat": st.floats(49, 61), "lon": st.floats(-9, 2)}

organisations = st.fixed_dictionaries(
    dict.fromkeys(("other_names", "description", "url", "email", "phone", "charity_number", "social", "networks"), said)
    | {"name": said.filter(bool), "kind": st.sampled_from(Organisation.Kind.values), "demo": st.booleans()}
)
TEXTS = ("other_names", "summary", "description", "what_you_get", "who_for", "not_for", "how_to_access", "next_step", "wait_time")
TEXTS += ("what_to_bring", "url", "cost", "languages", "interpretation", "faith", "cqc_location", "source", "source_id", "licence")
services = st.fixed_dictionaries(
    dict.fromkeys(TEXTS, said)
    | {
        "name": said.filter(bool),
        "kind": st.sampled_from(Service.Kind.values),
        "status": st.sampled_from(["active", "paused"]),
        "is_free": facts,
        "at_home": st.booleans(),
        "own_money": st.booleans(),
        "group_size": st.none() | st.integers(0, 999),
    }
)
places = st.fixed_dictionaries(
    dict.fromkeys(("name", "address", "transport", "access_words"), said)
    | {"postcode": st.sampled_from(["", "HD7 5AA", "nonsense", "E1 6AN", "hd75aa"]), "step_free": facts, "masked": st.booleans(), **degrees}
)
clocks = st.times().map(lambda value: time(value.hour, value.minute))
EVERY = {
    "week": {"weekday": st.integers(0, 6)},
    "month-weekday": {"weekday": st.integers(0, 6), "nth": st.sampled_from([1, 2, 3, 4, 5, -1])},
    "month-date": {"nth": st.integers(1, 31)},
    "once": {"on": days},
}
more = {"opens": clocks, "closes": clocks, "valid_to": st.none() | days, "term_time_only": st.booleans(), "closed_on_bank_holidays": facts}
times = st.one_of([st.fixed_dictionaries({"every": st.just(name), **day, **more}) for name, day in EVERY.items()])
contacts = st.fixed_dictionaries(dict.fromkeys(("name", "role", "phone", "email"), said) | {"show_in_open_data": st.booleans()})
areas = st.one_of(
    st.fixed_dictionaries({"district": st.sampled_from(["HD7", "LS1"]), "label": said}),
    st.fixed_dictionaries({**degrees, "miles": st.floats(0.1, 500), "label": said}),
    st.just({"everywhere": True}),
)
costs = st.fixed_dictionaries(
    {"option": said.filter(bool), "amount": st.none() | st.decimals(0, 9999, places=2), "concession": st.booleans()}
)


def few(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=3)


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    group=organisations,
    service=services,
    low=st.none() | ages,
    high=st.none() | ages,
    at=few(places),
    when=few(times),
    who=few(contacts),
    where=few(areas),
    prices=few(costs),
)
def test_every_listing_makes_valid_records(db: None, group, service, low, high, at, when, who, where, prices):
    with transaction.atomic():
        _try(group, service, low, high, at, when, who, where, prices)
        transaction.set_rollback(True)


def _try(group, values, low, high, at, when, who, where, prices) -> None:
    if not Need.objects.exists():
        seeding.load_needs()
    low, high = sorted((low, high)) if low is not None and high is not None else (low, high)
    group, values = _fitting(Organisation, group), _fitting(Service, values)
    service = Service.objects.create(organisation=Organisation.objects.create(**group), min_age=low, max_age=high, **values)
    service.needs.set(Need.objects.all()[:2])
    made = [
        ServiceAtLocation.objects.create(service=service, location=Location.objects.create(**_fitting(Location, place), found_by="map"))
        for place in at
    ]
    for number, row in enumerate(when):
        Schedule.objects.create(service=service, at_location=made[number] if number < len(made) else None, **row)
    for row in who:
        service.contacts.create(**row, at_location=made[0] if made and row["name"] > "m" else None)
    for number, row in enumerate(where):
        ServiceArea.objects.create(service=service, at_location=made[number] if number < len(made) else None, **row)
    for row in prices:
        service.costs.create(**row)
    _check(service, made)


def _check(service: Service, made: list[ServiceAtLocation]) -> None:
    client = Client()
    record = client.get(f"/oruk/services/{service.pk}").json()
    assert faults(record, "service") == []
    assert client.get("/oruk/services?full=true").json()["contents"] == [record]
    assert faults(client.get("/oruk/services").json(), "service_list") == []
    group = client.get(f"/oruk/organizations/{service.organisation_id}?full_service=true").json()
    assert faults(group, "organization") == []
    assert group["services"] == [record]
    shown = {str(row.pk) for row in made if not row.location.masked}
    assert {row["id"] for row in record.get("service_at_locations", ())} == shown
    for each in client.get("/oruk/service_at_locations?full=true").json()["contents"]:
        assert faults(each, "service_at_location") == []
    hidden = {key for row in made if row.location.masked for key in (str(row.pk), str(row.location_id))}
    assert not [key for key in hidden if key in json.dumps(group)]


def _fitting(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Texts cut to what their columns hold."""
    lengths = {field.name: getattr(field, "max_length", None) for field in model._meta.get_fields()}
    return {name: value[: lengths[name]] if isinstance(value, str) and lengths[name] else value for name, value in values.items()}
