"""A volunteer's photo: small, plain and encrypted, shown to whom they are introduced to and to nobody else, gone by one press."""

import struct
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.states import WrongState
from matching.casework.family import change_family
from matching.models import FamilyLink, Look, Match, Volunteer, VolunteerPhoto
from matching.people import link_account, link_family
from matching.states import MatchState
from matching.volunteering.photos import MOST_BYTES, MOST_KEPT, made_small, remove_photo, set_photo
from matching.volunteering.standing import set_status
from tests import factories

pytestmark = pytest.mark.django_db
OWN = "/volunteer/photo/"


def picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user: Any, volunteer: Volunteer) -> Any:
    return client_of(user).get(f"/volunteer/photos/{volunteer.pk}/")


def send(client: Client, content: bytes, address: str = OWN, **more: str) -> Any:
    return client.post(address, {"do": "set", "photo": SimpleUploadedFile("canary.jpg", content), **more})


def with_exif() -> bytes:
    """Lying on its side, with the place where it was taken, a camera and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "CanaryCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return factories.photo((90, 40), exif=exif, comment=b"CanaryComment")


FINE = {
    "large": lambda: (factories.photo((4000, 3000)), (600, 450)),
    "upright": lambda: (factories.photo((1500, 2000), "PNG"), (450, 600)),
    "clear": lambda: (factories.photo((50, 20), "PNG", "RGBA"), (50, 20)),
    "few colours": lambda: (factories.photo((50, 20), "PNG", "P"), (50, 20)),
    "for print": lambda: (factories.photo((50, 20), "JPEG", "CMYK"), (50, 20)),
    "grey": lambda: (factories.photo((50, 20), "JPEG", "L"), (50, 20)),
    "larger than a telephone's": lambda: (factories.photo((7000, 7000)), (600, 600)),
    "web": lambda: (factories.photo((900, 900), "WEBP"), (600, 600)),
    "on its side": lambda: (with_exif(), (40, 90)),
    "noise": lambda: (noise(), (600, 600)),
}
BAD = {
    "empty": lambda: b"",
    "words": lambda: b"Canary",
    "drawing": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "document": lambda: b"%PDF-1.7",
    "cut off": lambda: factories.photo((400, 400))[:-2000],
    "moving": lambda: factories.photo(kind="GIF", mode="P"),
    "old": lambda: factories.photo(kind="BMP"),
    "broken": lambda: b"\xff\xd8\xff" + b"x" * 500,
    "too many bytes": lambda: b"x" * (MOST_BYTES + 1),
    "words of the camera that are none": lambda: damaged(271, 5),
    "a place in the file that is none": lambda: damaged(40965, 1),
    "a packet that is no text": lambda: damaged(700, 2),
    "unfolds in the memory": lambda: factories.photo((7744, 7744), "PNG", "1"),
    "too many pixels": lambda: factories.photo((9000, 9000), "PNG", "1"),
}


def damaged(tag: int, kind: int) -> bytes:
    """On its side, and beside that one value of a kind that it cannot be."""
    values = struct.pack("<HHI4s", 0x0112, 3, 1, b"\6\0\0\0") + struct.pack("<HHI4s", tag, kind, 1, b"\0" * 4)
    return factories.photo(exif=b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + values + b"\0" * 4)


def noise() -> bytes:
    """Nothing of it can be pressed together."""
    kept = BytesIO()
    Image.effect_noise((700, 700), 100).convert("RGB").save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize("kind", FINE)
def test_whatever_it_was_it_is_kept_small_and_plain(kind):
    content, size = FINE[kind]()
    kept = made_small(content)
    found = picture(kept)
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", size)
    assert len(kept) <= MOST_KEPT
    assert not found.getexif()
    assert {"exif", "comment", "icc_profile", "xmp"}.isdisjoint(found.info)
    assert b"Canary" not in kept


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_photo_or_too_large_is_told_plainly(kind):
    with pytest.raises(ValidationError) as caught:
        made_small(BAD[kind]())
    assert list(caught.value.message_dict) == ["photo"]


def test_nothing_of_it_is_readable_in_the_database_or_the_journal():
    volunteer = factories.volunteer()
    set_photo(volunteer, factories.photo(), by=volunteer.user, words="Canary hair")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM matching_volunteerphoto")
        stored = str(cursor.fetchall())
    assert "Canary" not in stored
    assert "JFIF" not in stored
    assert "Canary" not in str(list(Event.objects.values_list("codes", flat=True)))


def test_a_second_one_takes_the_place_of_the_first_and_one_press_leaves_nothing():
    volunteer = factories.volunteer()
    for _ in range(2):
        set_photo(volunteer, factories.photo(), by=volunteer.user)
    assert VolunteerPhoto.objects.count() == 1
    for _ in range(2):
        remove_photo(volunteer, by=volunteer.user)
    assert not VolunteerPhoto.objects.exists()
    assert Event.objects.of_kind("volunteer.photo_removed").count() == 1


def test_only_they_and_coordinators_put_it_there_or_take_it_away():
    volunteer = factories.volunteer()
    set_photo(volunteer, factories.photo(), by=factories.coordinator())
    for role in Role:
        if role != Role.COORDINATOR:
            stranger = factories.user(role)
            with pytest.raises(PermissionDenied):
                set_photo(volunteer, factories.photo(), by=stranger)
            with pytest.raises(PermissionDenied):
                remove_photo(volunteer, by=stranger)
    assert VolunteerPhoto.objects.count() == 1


@pytest.mark.parametrize("status", ["left", "removed"])
def test_the_photo_of_who_is_gone_is_gone(status):
    volunteer, by = factories.volunteer(), factories.coordinator()
    set_photo(volunteer, factories.photo(), by=by)
    set_status(volunteer, status, by=by, reason="conduct" if status == "removed" else "")
    assert not VolunteerPhoto.objects.exists()
    with pytest.raises(WrongState):
        set_photo(volunteer, factories.photo(), by=by)


@pytest.mark.parametrize("state", list(MatchState))
def test_the_person_sees_it_from_the_introduction_to_the_end(offer_in, state):
    match: Match = offer_in(state)
    volunteer, person = match.volunteer, match.ask.person
    set_photo(volunteer, factories.photo(), by=volunteer.user)
    user = factories.user(Role.PERSON)
    link_account(person, user, by=factories.coordinator())
    answer = shown(user, volunteer)
    sees = state in (MatchState.INTRODUCED, MatchState.ACTIVE)
    assert answer.status_code == (200 if sees else 403)
    assert Look.objects.filter(person_id=volunteer.pk, by_id=user.pk, where="volunteer-photo", by_role="person").exists() == sees
    assert (f"/volunteer/photos/{volunteer.pk}/" in client_of(user).get("/account/requests/").content.decode()) == sees
    if sees:
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, no-store"
        assert picture(answer.content).format == "JPEG"


@pytest.mark.parametrize(("sees", "status"), [("nothing", 403), ("visits", 403), ("requests", 200)])
def test_family_sees_it_where_the_person_lets_them_read_the_requests(offer_in, sees, status):
    match = offer_in(MatchState.ACTIVE)
    set_photo(match.volunteer, factories.photo(), by=match.volunteer.user)
    user = factories.user(Role.FAMILY)
    link = link_family(match.ask.person, user, by=factories.coordinator())
    change_family(link, by=factories.coordinator(), sees=FamilyLink.Sees(sees))
    assert shown(user, match.volunteer).status_code == status


def test_nobody_else_sees_it_and_nobody_learns_whether_there_is_one(offer_in):
    match = offer_in(MatchState.ACTIVE)
    volunteer, by = match.volunteer, factories.coordinator()
    set_photo(volunteer, factories.photo(), by=by)
    for role in Role:
        stranger = factories.user(role)
        assert shown(stranger, volunteer).status_code == (200 if role == Role.COORDINATOR else 403)
        if role != Role.COORDINATOR:
            assert client_of(stranger).get(f"/volunteer/photos/{uuid4()}/").status_code == 403
    assert shown(factories.volunteer().user, volunteer).status_code == 403
    assert Client().get(f"/volunteer/photos/{volunteer.pk}/").status_code == 302
    assert shown(volunteer.user, volunteer).status_code == 200
    looks = Look.objects.filter(person_id=volunteer.pk, where="volunteer-photo")
    assert [look.by_role for look in looks] == ["coordinator"]


def test_a_volunteer_puts_it_on_their_own_page_and_takes_it_away(offer_in):
    match = offer_in(MatchState.ACCEPTED)
    volunteer = match.volunteer
    client, coordinator = client_of(volunteer.user), client_of(factories.coordinator())
    assert "There is no photo" in coordinator.get(f"/desk/matches/{match.pk}/pair/").content.decode()
    assert send(client, factories.photo(), words="A red jacket & a cap").status_code == 302
    for page in (client.get(OWN), *(coordinator.get(f"/desk/matches/{match.pk}/{each}/") for each in ("pair", "letter"))):
        text = page.content.decode()
        assert f'src="/volunteer/photos/{volunteer.pk}/"' in text
        assert f'alt="Photo of {volunteer.name.split()[0]}: A red jacket &amp; a cap"' in text
    for _ in range(2):
        assert client.post(OWN, {"do": "remove"}).status_code == 302
    assert shown(volunteer.user, volunteer).status_code == 404
    assert "<img" not in client.get(OWN).content.decode().split("<main")[1].split("</main")[0]


def test_a_coordinator_does_so_on_their_behalf():
    volunteer = factories.volunteer()
    client, address = client_of(factories.coordinator()), f"/desk/volunteers/{volunteer.pk}/photo/"
    assert address in client.get(f"/desk/volunteers/{volunteer.pk}/").content.decode()
    assert send(client, factories.photo(), address).status_code == 302
    assert f"/volunteer/photos/{volunteer.pk}/" in client.get(f"/desk/volunteers/{volunteer.pk}/").content.decode()
    assert client.post(address, {"do": "remove"}).status_code == 302
    assert not VolunteerPhoto.objects.exists()
    assert client_of(factories.user(Role.CARE_WORKER)).get(address).status_code == 403


@pytest.mark.parametrize("kind", ["empty", "words", "too many bytes"])
def test_a_bad_file_is_answered_plainly_and_the_words_stay(kind):
    volunteer = factories.volunteer()
    answer = send(client_of(volunteer.user), BAD[kind](), words="A cap")
    assert answer.status_code == 400
    assert "Not right yet" in answer.content.decode()
    assert 'value="A cap"' in answer.content.decode()
    assert not VolunteerPhoto.objects.exists()


def test_without_a_file_and_for_who_is_gone():
    volunteer = factories.volunteer()
    client = client_of(volunteer.user)
    assert client.post(OWN, {"do": "set"}).status_code == 400
    set_status(volunteer, "left", by=volunteer.user)
    assert send(client, factories.photo()).status_code == 404
    address = f"/desk/volunteers/{volunteer.pk}/photo/"
    assert send(client_of(factories.coordinator()), factories.photo(), address).status_code == 302
    assert not VolunteerPhoto.objects.exists()


def test_a_form_of_another_site_is_refused():
    volunteer = factories.volunteer()
    client = Client(enforce_csrf_checks=True)
    client.force_login(volunteer.user)
    assert send(client, factories.photo()).status_code == 403
    assert client.post(OWN, {"do": "remove"}).status_code == 403
