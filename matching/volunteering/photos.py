"""A volunteer's photo: made small and plain, kept encrypted, and seen only by whom the volunteer is introduced to, their family and coordinators."""

import struct
from io import BytesIO
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from PIL import Image, ImageOps, UnidentifiedImageError

from directory.accounts.models import User
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from directory.journal.recording import record
from directory.states import WrongState
from matching.models import FamilyLink, Look, Match, Volunteer, VolunteerPhoto
from matching.states import MatchState
from matching.volunteer_states import VOLUNTEER_GONE
from matching.volunteering.looks import keep_volunteer_look
from matching.volunteering.records import held, locked, role_of

MOST_BYTES = 12_000_000  # of the file that is handed in
SIDE, MOST_KEPT = 600, 200_000  # pixels and bytes of what is kept
# A small file may unfold to a picture that fills the memory. A JPEG unfolds to an eighth, so the large ones of a telephone are taken.
MOST_PIXELS, MOST_UNFOLDED = 60_000_000, 25_000_000
KINDS = ("JPEG", "PNG", "WEBP")
WHERE = "volunteer-photo"
# The person knows, or is being told, who it is.
SHOWN_IN = (MatchState.INTRODUCED, MatchState.ACTIVE)
_QUALITIES = (85, 75, 60, 45, 30, 15)
_TOO_MANY = "The picture has too many pixels. Choose a smaller one."
# Where what stands beside the picture is damaged, whatever reads it stumbles in any of these ways.
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
)
_NOT_ONE = "This is not a photo that we can read. Choose a JPEG, PNG or WebP file."


def made_small(content: bytes) -> bytes:
    """The picture as a JPEG of at most SIDE pixels and MOST_KEPT bytes, upright, with nothing beside it: no place, no camera, no words.

    Raises ValidationError ({"photo": [text]}) for what is no photo, or is too large.
    """
    if len(content) > MOST_BYTES:
        raise _wrong(f"The file is larger than {MOST_BYTES // 1_000_000} million bytes. Choose a smaller one.")
    try:
        with Image.open(BytesIO(content), formats=KINDS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise _wrong(_TOO_MANY)
            found.draft("RGB", (SIDE, SIDE))
            if found.width * found.height > MOST_UNFOLDED:
                raise _wrong(_TOO_MANY)
            found.load()
            # Each step from here on copies the picture, so it is made smaller first.
            found.thumbnail((4 * SIDE, 4 * SIDE))
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except _UNREADABLE as error:
        raise _wrong(_NOT_ONE) from error
    upright.thumbnail((SIDE, SIDE))
    # Onto new paper: what else the file carried stays behind, and what was clear is white.
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    for quality in _QUALITIES:
        kept = BytesIO()
        plain.save(kept, "JPEG", quality=quality, optimize=True)
        if kept.tell() <= MOST_KEPT:
            break
    return kept.getvalue()


@transaction.atomic
def set_photo(volunteer: Volunteer, content: bytes, *, by: User, words: str = "") -> VolunteerPhoto:
    """Keep a photo of the volunteer instead of the one before: by themselves or a coordinator. words: what it shows, for who cannot see it.

    Raises PermissionDenied, ValidationError; WrongState for who is gone.
    """
    held(by, volunteer)
    small = made_small(content)
    volunteer = locked(volunteer)
    if volunteer.status in VOLUNTEER_GONE:
        raise WrongState("They do not volunteer with us any more.")
    photo, _ = VolunteerPhoto.objects.update_or_create(volunteer=volunteer, defaults={"jpeg": small, "words": words.strip()})
    record("volunteer.photo_set", volunteer, by=by, role=role_of(by), codes={"bytes": len(small)})
    return photo


@transaction.atomic
def remove_photo(volunteer: Volunteer, *, by: User) -> None:
    """Nothing is left of it; nothing happens where there is none. Raises PermissionDenied."""
    held(by, volunteer)
    forget_photo(locked(volunteer), by=by)


def forget_photo(volunteer: Volunteer, *, by: User) -> None:
    """The same, where the caller holds the volunteer and has asked for permission."""
    if VolunteerPhoto.objects.filter(volunteer=volunteer).delete()[0]:
        record("volunteer.photo_removed", volunteer, by=by, role=role_of(by))


def photo_words(volunteer: Volunteer) -> str:
    """What stands in the photo's place for who cannot see it; empty where there is no photo. Reads no picture."""
    read = Volunteer.photo.is_cached(volunteer)
    found = getattr(volunteer, "photo", None) if read else VolunteerPhoto.objects.filter(volunteer=volunteer).defer("jpeg").first()
    if found is None:
        return ""
    name = (volunteer.name.split() or ["the volunteer"])[0]
    return f"Photo of {name}: {found.words}" if found.words else f"Photo of {name}"


def show_photo(volunteer_id: UUID, *, by: User) -> bytes | None:
    """The photo, for the volunteer themselves, coordinators, and the person or family of an introduced or active match; the look is kept.

    None where there is none. Raises PermissionDenied, whether there is such a volunteer or not.
    """
    volunteer = Volunteer.objects.filter(pk=volunteer_id).first()
    if volunteer is None:
        raise PermissionDenied("This is not open to you.")
    own = volunteer.user_id == by.pk and allowed(by, Permission.VOLUNTEER, volunteer)
    keeps = allowed(by, Permission.KEEP_RECORDS)
    told = "" if own or keeps else _told_as(by, volunteer)
    if not (own or keeps or told):
        raise PermissionDenied("This is not open to you.")
    found = VolunteerPhoto.objects.filter(volunteer=volunteer).first()
    if found is None:
        return None
    if told:
        Look.objects.create(by_id=by.pk, by_role=told, person_id=volunteer.pk, where=WHERE)
    elif not own:
        keep_volunteer_look(volunteer, by=by, where=WHERE)
    return bytes(found.jpeg)


def _told_as(by: User, volunteer: Volunteer) -> str:
    """The role in which this user was told who the volunteer is; empty where they were not."""
    known = Match.objects.filter(volunteer=volunteer, state__in=SHOWN_IN)
    if Role.PERSON in roles_of(by) and known.filter(ask__person__user=by).exists():
        return Role.PERSON
    # As FamilyLink has it: what the person said, and all for an attorney or deputy.
    reads = Q(sees=FamilyLink.Sees.REQUESTS) | ~Q(authority=FamilyLink.Authority.NONE)
    theirs = FamilyLink.objects.filter(reads, user=by, person__merged_into=None)
    return Role.FAMILY if Role.FAMILY in roles_of(by) and known.filter(ask__person__family__in=theirs).exists() else ""


def _wrong(text: str) -> ValidationError:
    return ValidationError({"photo": [text]})
