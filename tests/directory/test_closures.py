"""Days on which it is closed, and school terms: they decide what is open, on every page alike."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import closures, listings, terms
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.models import Service, Term
from directory.opening import next_opening, open_at, spans
from directory.opening_words import closure_words
from tests import factories

TUESDAY = datetime(2026, 11, 24, 11, tzinfo=UTC)
WEEK = timedelta(days=7)
HALL = {"name": "Hall", "address": "1 High Street", "postcode": ""}
CHAPEL = {"name": "Chapel", "address": "2 Low Street", "postcode": ""}


@pytest.fixture(autouse=True)
def terms_read_anew():
    terms.forget()
    yield
    terms.forget()


def anew(service):
    return Service.objects.with_everything().get(pk=service.pk)


def test_a_closure_takes_the_times_of_its_days_away(service, editor):
    closed = [{"first": "2026-11-24", "last": "2026-11-30", "reason": "half term"}]
    listings.set_fields(service, {"times": "Tu 10:00-12:00", "closures": closed}, by=editor)
    assert open_at(anew(service), TUESDAY) is False
    assert open_at(anew(service), TUESDAY + WEEK) is True
    assert next_opening(anew(service), TUESDAY) == TUESDAY + WEEK - timedelta(hours=1)
    assert spans(anew(service), TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)) == []


def test_a_place_may_be_closed_alone(service, editor):
    listings.set_fields(service, {"places": [HALL, CHAPEL]}, by=editor)
    ids = {at.location.name: str(at.location_id) for at in service.at_locations.select_related("location")}
    times = [{"weekday": 1, "opens": "10:00", "closes": "12:00", "place": ids[name]} for name in ids]
    shut = {"first": "2026-11-24", "last": "2026-11-24"}
    listings.set_fields(service, {"times": times, "closures": [{**shut, "place": ids["Hall"]}]}, by=editor)
    assert open_at(anew(service), TUESDAY) is True
    listings.set_fields(service, {"closures": [{**shut, "place": each} for each in ids.values()]}, by=editor)
    assert open_at(anew(service), TUESDAY) is False


@pytest.mark.parametrize(
    "row",
    [
        {"first": "2026-11-24", "last": "2026-11-23"},
        {"first": "2026-11-24", "last": "2028-11-24"},
        {"last": "2026-11-24"},
        {"first": "tomorrow"},
        {"first": "2026-11-24", "reason": "x" * 101},
        {"first": "2026-11-24", "place": "the hall"},
        {"first": "2026-11-24", "colour": "red"},
    ],
)
def test_what_is_no_closure_is_refused(row):
    with pytest.raises(ValidationError):
        closures.clean([row])


def test_a_closure_at_a_place_where_it_is_not_is_refused(service, editor):
    with pytest.raises(ValidationError):
        listings.set_fields(service, {"closures": [{"first": "2026-11-24", "place": str(service.pk)}]}, by=editor)


def test_lines_are_read_back():
    given = closures.clean([{"first": "2026-12-24", "last": "2027-01-03", "reason": "Christmas"}, {"first": "2026-11-24"}])
    assert closures.clean(closures.as_text(given)) == given


def test_days_in_words():
    assert closure_words(date(2026, 11, 2), date(2026, 11, 6), "half term") == "Closed from 2 to 6 November 2026: half term"
    assert closure_words(date(2026, 12, 24), date(2027, 1, 3)) == "Closed from 24 December 2026 to 3 January 2027"
    assert closure_words(date(2026, 12, 24), date(2026, 12, 24), place="Hall") == "Closed at Hall on 24 December 2026"


def test_in_term_time_is_known_where_the_terms_are(service, editor):
    listings.set_fields(service, {"times": "Tu 10:00-12:00 term time"}, by=editor)
    assert open_at(anew(service), TUESDAY) is None
    autumn = terms.set_term(Term(), {"name": "Autumn", "first": date(2026, 9, 7), "last": date(2026, 12, 18)}, by=editor)
    terms.set_term(Term(), {"name": "Spring", "first": date(2027, 1, 4), "last": date(2027, 3, 19)}, by=editor)
    assert open_at(anew(service), TUESDAY) is True
    assert open_at(anew(service), datetime(2026, 12, 22, 11, tzinfo=UTC)) is False
    assert open_at(anew(service), datetime(2027, 4, 20, 10, 30, tzinfo=UTC)) is None
    assert Event.objects.filter(kind="service.touched", codes__because="terms").count() == 2
    terms.remove_term(autumn, by=editor)
    assert open_at(anew(service), TUESDAY) is None


def test_terms_are_for_editors(db):
    with pytest.raises(PermissionDenied):
        terms.set_term(Term(), {"name": "Autumn", "first": date(2026, 9, 7), "last": date(2026, 12, 18)}, by=factories.user(Role.PARTNER))
