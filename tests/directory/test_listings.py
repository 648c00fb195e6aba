"""Live fields are written in one place: by whom, in what form, with version, revision and journal row."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.freshness import checked_words, is_old
from directory.geodata.locating import place_vocabulary
from directory.journal.models import Event
from directory.listing_contact import clean_phone
from directory.listing_fields import FIELDS, SAFE, clean_values, read_values
from directory.models import Contact, Location, Need, Organisation, Service
from directory.organisations import set_organisation
from directory.seeding import load_needs, set_need
from directory.venues import set_location
from tests.directory.conftest import somebody

pytestmark = pytest.mark.django_db


def kinds(obj: Any) -> list[str]:
    return list(Event.objects.filter(object_id=obj.pk).order_by("seq").values_list("kind", flat=True))


def test_a_new_listing_is_whole_and_told(service: Service, organisation: Organisation) -> None:
    assert kinds(organisation)[0] == "organisation.created"
    assert kinds(service) == ["service.created"]
    assert service.latest_revision.content["listing"] == read_values(service)
    assert service in Service.objects.public()
    place = service.at_locations.get().location
    assert (place.postcode, place.found_by) == ("HD7 4AA", "")


def test_what_is_so_already_is_not_written(service: Service, editor: User) -> None:
    before = service.version
    listings.set_fields(service, read_values(service), by=editor)
    assert (service.version, kinds(service)) == (before, ["service.created"])


def test_a_change_bumps_version_day_revision_and_journal(service: Service, editor: User) -> None:
    with clock.held_at(datetime(2027, 1, 5, 12, tzinfo=UTC)):
        listings.set_fields(service, {"name": "Tuesday dinner", "min_age": "55"}, by=editor)
    assert (service.name, service.version, service.changed_at) == ("Tuesday dinner", 2, datetime(2027, 1, 5, 12, tzinfo=UTC))
    event = Event.objects.filter(object_id=service.pk).order_by("seq").last()
    assert event is not None
    assert (event.kind, event.codes, event.by_id) == ("service.changed", {"fields": ["min_age", "name"], "version": 2}, editor.pk)
    assert service.latest_revision.content["listing"]["name"] == "Tuesday dinner"
    assert service.revisions.count() == 2


def test_every_version_can_be_brought_back(service: Service, editor: User) -> None:
    before = read_values(service)
    first = service.latest_revision
    changes = {
        "needs": ["shopping"],
        "times": "We 09:00-10:00",
        "places": [],
        "area": "everywhere",
        "phone": "",
        "delivery": ["online"],
        "cost": "",
    }
    listings.set_fields(service, changes, by=editor)
    assert read_values(service) != before
    listings.restore(service, first, by=editor)
    assert read_values(service) == before


def test_a_version_of_another_listing_is_refused(service: Service, organisation: Organisation, editor: User) -> None:
    other = listings.create_service(organisation, by=editor, name="Other", summary="Another one.")
    with pytest.raises(ValidationError):
        listings.restore(service, other.latest_revision, by=editor)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.EDITOR, Role.ADMINISTRATOR)])
def test_only_moderators_write_what_is_not_safe(service: Service, role: Role) -> None:
    user = somebody(role, "x@test.example")
    with pytest.raises(PermissionDenied):
        listings.set_fields(service, {"name": "Mine now"}, by=user)
    with pytest.raises(PermissionDenied):
        listings.create_service(service.organisation, by=user, name="X", summary="Y")
    with pytest.raises(PermissionDenied):
        listings.withdraw(service, by=user)


def test_a_partner_writes_safe_fields_of_its_own_only(service: Service, partner: User, stranger: User) -> None:
    listings.set_fields(service, {"phone": "01484 111222"}, by=partner)
    assert service.contacts.get().phone == "01484 111222"
    with pytest.raises(PermissionDenied):
        listings.set_fields(service, {"phone": "01484 999999"}, by=stranger)
    with pytest.raises(PermissionDenied):
        listings.set_fields(service, {"phone": "01484 999999", "email": "x@example.org"}, by=partner)


def test_a_persons_own_contact_is_never_touched(service: Service, editor: User) -> None:
    Contact.objects.filter(service=service).delete()
    own = Contact.objects.create(service=service, name="A volunteer", phone="07700 900123", is_personal=True, agreed_on=date(2026, 1, 1))
    assert read_values(service)["phone"] == ""
    listings.set_fields(service, {"phone": "01484 111222"}, by=editor)
    own.refresh_from_db()
    assert own.phone == "07700 900123"
    listings.set_fields(service, {"phone": ""}, by=editor)
    assert list(service.contacts.all()) == [own]


def test_withdrawn_is_not_public(service: Service, editor: User) -> None:
    listings.withdraw(service, by=editor)
    assert service not in Service.objects.public()
    assert kinds(service)[-1] == "service.withdrawn"


def test_a_check_is_not_an_edit_and_an_older_one_never_covers_a_newer(service: Service, partner: User, system: User) -> None:
    changed, version = service.changed_at, service.version
    with clock.held_at(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        assert checked_words(service) == "Not checked yet"
        listings.mark_checked(service, by=partner, how="owner", on=date(2026, 11, 11))
        listings.mark_checked(service, by=system, how="import", on=date(2022, 1, 1))
        assert (checked_words(service), is_old(service)) == ("Checked 12 days ago", False)
    assert (service.checked_how, service.changed_at, service.version) == ("owner", changed, version)
    with clock.held_at(datetime(2027, 8, 1, 12, tzinfo=UTC)):
        assert (checked_words(service), is_old(service)) == ("Checked 8 months ago", True)


def test_a_stranger_cannot_vouch_for_it(service: Service, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        listings.mark_checked(service, by=stranger, how="owner")


def test_one_venue_is_one_place(service: Service, organisation: Organisation, editor: User) -> None:
    other = listings.create_service(
        organisation, by=editor, name="Bingo", summary="Bingo.", places=[{"address": "town hall, golcar", "postcode": "hd74aa"}]
    )
    assert other.at_locations.get().location == service.at_locations.get().location
    listings.set_fields(service, {"access": {"step_free": True, "words": "Ramp at the side"}}, by=editor)
    assert read_values(other)["access"] == {"step_free": True, "words": "Ramp at the side"}
    assert kinds(other)[-1] == "service.touched"


def test_a_place_without_address_is_shared_with_nobody(organisation: Organisation, editor: User) -> None:
    place = {"lat": 53.62, "lon": -1.88, "found_by": "source"}
    for name in ("Christ Church", "Another church"):
        listings.create_service(organisation, by=editor, name=name, summary="A church.", places=[place])
    assert Location.objects.count() == 2


def test_what_services_show_from_elsewhere_touches_them(service: Service, editor: User) -> None:
    set_organisation(service.organisation, {"name": "Golcar Dinner Club"}, by=editor)
    set_location(service.at_locations.get().location, {"address": "Old Town Hall, Golcar"}, by=editor)
    assert kinds(service)[-2:] == ["service.touched", "service.touched"]
    assert kinds(service.organisation)[-1] == "organisation.changed"


def test_a_position_set_by_hand_says_so_and_stays(service: Service, editor: User) -> None:
    place = service.at_locations.get().location
    set_location(place, {"lat": 53.63, "lon": -1.85}, by=editor)
    assert place.found_by == Location.FoundBy.MAP
    set_location(place, {"address": "Another hall, Golcar"}, by=editor)
    assert (place.lat, place.lon, place.found_by) == (53.63, -1.85, "map")
    set_location(place, {"lat": None, "lon": None}, by=editor)
    assert place.found_by == ""


def test_a_new_place_is_found_by_its_village(editor: User) -> None:
    call_command("load_places", verbosity=0)
    place = set_location(Location(), {"address": "Marsden Road, Golcar", "lat": None, "lon": None}, by=editor)
    golcar = place_vocabulary()["golcar"]
    assert (place.lat, place.lon, place.found_by) == (golcar.lat, golcar.lon, "village")


def test_seeding_never_overwrites_what_staff_wrote(editor: User) -> None:
    assert load_needs() == 25
    set_need(Need.objects.get(pk="shopping"), {"resident_words": "messages\nerrands"}, by=editor)
    assert load_needs() == 0
    assert Need.objects.get(pk="shopping").resident_words == "messages\nerrands"
    assert Event.objects.filter(kind="need.changed").count() == 26


WRONG = {
    "name": ["", None, 5, "x" * 201, "a\0b"],
    "summary": [""],
    "kind": ["club", None],
    "status": ["gone"],
    "takes_referrals": ["yes", None],
    "is_free": ["yes"],
    "min_age": ["old", "-", "1000000"],
    "needs": ["shopping", ["nothing-such"], [1]],
    "delivery": [["teleport"], "place"],
    "url": ["javascript:alert(1)", "ftp://example.org/x", "nowhere"],
    "email": ["not an address", 3, f"a@{'b' * 250}.org"],
    "phone": ["123456789012345678", "ring me", 1484],
    "spaces": [{"left": -1, "on": "2026-01-01"}, {"left": 1}, {"left": True, "on": "2026-01-01"}, 3],
    "notice": [{"text": "Closed"}, {"text": "", "until": "2026-01-01"}, "Closed"],
    "times": ["Tuesdays", [{"weekday": 1}], {"a": 1}],
    "area": [
        "Atlantis",
        [{"district": "HD7", "area": "x"}],
        [{"district": "HD7", "label": 7}],
        [{"around": [91, 0], "miles": 2}],
        [{"area": "00000000-0000-0000-0000-000000000000"}],
    ],
    "places": [[{"address": "x", "postcode": "HD7 5AAAA"}], [{"address": "a\0b"}], [{}], [{"lat": 1}], "here"],
    "access": [{"step_free": "yes"}, {"lift": True}],
    "visible_from": ["tomorrow"],
    "colour": ["red"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_every_field_is_strict(name: str, value: Any, needs: None) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_values({name: value})
    assert list(caught.value.message_dict) == [name]


def test_parts_that_do_not_fit_each_other_are_refused(service: Service, editor: User) -> None:
    for values in (
        {"max_age": "20"},
        {"min_age": "-5"},
        {"min_age": "200"},
        {"visible_from": "2027-01-02", "visible_to": "2027-01-01"},
        {"places": [], "access": {"parking": True}},
    ):
        version = service.version
        with pytest.raises(ValidationError):
            listings.set_fields(service, values, by=editor)
        service.refresh_from_db()
        assert service.version == version
    times = [{"weekday": 1, "opens": "10:00", "closes": "12:00", "place": str(service.pk)}]
    with pytest.raises(ValidationError):
        listings.set_fields(service, {"times": times}, by=editor)


def test_clean_values_are_clean_for_good(service: Service) -> None:
    values = read_values(service)
    assert clean_values(values) == values
    assert all(isinstance(FIELDS[name].words(value), str) for name, value in values.items())
    assert {"phone", "times", "closures", "spaces", "notice"} == SAFE


@given(st.text(max_size=80))
def test_a_phone_number_is_clean_once_and_for_all(text: str) -> None:
    try:
        cleaned = clean_phone(text)
    except ValidationError:
        return
    assert clean_phone(cleaned) == cleaned
