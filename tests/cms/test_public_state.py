"""What makes public pages anew: every event of the journal but those of people and of the work for them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.public_state import QUIET, public_state
from directory import clock
from directory.accounts.models import User
from directory.journal.models import Event
from directory.journal.recording import record
from directory.listings import create_organisation, set_fields, set_organisation, withdraw
from directory.models import Location, Need, Service
from directory.seeding import set_need
from directory.venues import set_location
from matching import matches, referrals
from matching.asking import call_backs
from matching.models import Volunteer
from matching.rounds.proposals import propose_round
from matching.sheets.flow import try_sheet
from matching.tasks import open_task
from matching.volunteering.references import name_reference
from matching.volunteering.training import book, set_date, write_course
from search.query import Query
from search.saved import searches
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
HALL = {"name": "The Hall", "address": "Britannia Road", "postcode": "HD7 5AA"}


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with clock.held_at(MONDAY):
        yield


def event(object_type: str) -> Event:
    with transaction.atomic():
        return record("system.thing_done", (object_type, uuid4()), by=None)


def casework() -> None:
    """A day at the desk: everything that people ask for and are given, from a call to a referral that ended."""
    by = factories.coordinator()
    call = call_backs.ask_for(kind="ask", name="Ada", phone="01632 960871", when="any", voicemail=True)
    call_backs.done(call, by=by)
    factories.enquiry()
    helper = factories.volunteer("shop-together", level="basic")
    matches.say_yes(matches.offer(factories.ask(activity="shop-together"), helper, by=by), by=helper.user)
    courses(helper, by)
    group = factories.service(vetted=True)
    sent = referrals.send(referrals.prepare(factories.ask(), by=by, service=group), by=by)
    referrals.start(referrals.accept(sent, by=factories.partner(group.organisation)), by=by)


def courses(helper: Volunteer, by: User) -> None:
    """Somebody is asked about a volunteer, who comes to a course; a round is proposed, a spreadsheet handed in."""
    name_reference(helper, by=by, name="Rita")
    at = set_date(write_course(by=by, name=f"Walking {uuid4()}", activities=[]), by=by, starts_at=clock.now())
    book(at, helper, by=by)
    open_task("other", by=by)
    propose_round(by=by)
    try_sheet("people", [{"row": "2", "fault": "", "external_id": "P1", "name": "Ada"}], by=by)


def test_a_day_at_the_desk_leaves_all_pages_as_they_are(listing: Callable[..., Service], indexed: Callable[[], None]) -> None:
    listing("Old Errands")
    indexed()
    # A first day, with what factories write beside it without the journal: needs and areas.
    casework()
    searches.ask_for(Query(q="shopping"), "ada@nest.example")
    before, events = public_state(), Event.objects.count()
    casework()
    searches.ask_for(Query(q="shopping"), "bob@nest.example")
    told = Event.objects.after(events).values_list("object_type", flat=True)
    assert set(told) == QUIET
    assert public_state() == before


def changes(service: Service, by: User) -> dict[str, Callable[[], object]]:
    """One change of each kind that pages show."""
    return {
        "listing": lambda: set_fields(service, {"summary": "Another sentence."}, by=by),
        "closed": lambda: withdraw(service, by=by),
        "group": lambda: set_organisation(service.organisation, {"name": "Another name"}, by=by),
        "new group": lambda: create_organisation(by=by, name="A new one"),
        "place": lambda: set_location(Location.objects.get(at_services__service=service), {"masked": True}, by=by),
        "need": lambda: set_need(Need.objects.get(pk="shopping"), {"plain": "Getting the shopping in"}, by=by),
        "unheard of": lambda: event("thing.nobody_knows"),
        "of casework, and not thought of here": lambda: event("matching.closure"),
    }


@pytest.mark.parametrize("what", list(changes(Service(), User())))
def test_whatever_else_is_told_makes_them_anew(listing: Callable[..., Service], editor: User, what: str) -> None:
    service = listing("Old Errands", delivery=["place"], places=[HALL])
    before = public_state()
    changes(service, editor)[what]()
    event("matching.referral")
    assert public_state() != before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(types=st.lists(st.sampled_from([*sorted(QUIET), "directory.service", "thing.unknown"]), min_size=1, max_size=12))
def test_the_state_moves_with_exactly_the_events_that_are_heard(db: None, types: list[str]) -> None:
    for object_type in types:
        before = public_state()
        event(object_type)
        assert (public_state() == before) is (object_type in QUIET)


def test_what_is_taken_back_is_as_if_it_had_not_been(db: None) -> None:
    event("directory.service")
    before = public_state()
    with transaction.atomic():
        event("directory.service")
        assert public_state() != before
        transaction.set_rollback(True)
    assert public_state() == before


def test_the_quiet_ones_are_people_and_casework() -> None:
    for label in QUIET:
        assert apps.get_model(label)._meta.app_label in ("matching", "search")
