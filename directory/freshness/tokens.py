"""The links in reminders: whoever holds one had the mail. None of them names an address."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

_RIGHT = "directory.freshness.right"
_STOP = "directory.freshness.stop"
_WEEK = "directory.freshness.week"


def right_path(token: UUID) -> str:
    """The page on which a listing is said to be still right; until when, its row tells."""
    return reverse("still-right", args=[_signer(_RIGHT).sign(token.hex)])


def stop_path(reminder: UUID) -> str:
    """The page on which an address says that it wants no more reminders; it works as long as the reminder is kept."""
    return reverse("still-right-stop", args=[_signer(_STOP).sign(reminder.hex)])


def week_path(token: UUID, does: str) -> str:
    """The page on which one thing is said of the week: `does` is one of WeekPress.Does."""
    return reverse("week-link", args=[_signer(_WEEK).sign(f"{token.hex}-{does}")])


def of_week(text: str) -> tuple[UUID, str] | None:
    """The CheckToken of a week_path and what it does; None where it is not whole."""
    try:
        token, _, does = _signer(_WEEK).unsign(text).partition("-")
        return UUID(token), does
    except (BadSignature, ValueError):
        return None


def of_right(text: str) -> UUID | None:
    """The CheckToken of a right_path; None where it is not whole."""
    return _read(_RIGHT, text)


def of_stop(text: str) -> UUID | None:
    """The Reminder of a stop_path; None where it is not whole."""
    return _read(_STOP, text)


def _signer(salt: str) -> Signer:
    return Signer(sep=".", salt=salt)


def _read(salt: str, text: str) -> UUID | None:
    try:
        return UUID(_signer(salt).unsign(text))
    except (BadSignature, ValueError):
        return None
