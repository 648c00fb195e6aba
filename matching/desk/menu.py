"""The parts of the desk, and who finds which of them in its menu."""

from collections.abc import Iterator
from typing import Any

from django.urls import NoReverseMatch, reverse

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission

# (name of the address, what the menu says, what one must be allowed to do)
PARTS: tuple[tuple[str, str, Permission], ...] = (
    ("desk", "Today", Permission.USE_DESK),
    ("desk-week", "Visits this week", Permission.PREPARE_REFERRAL),
    ("desk-volunteers", "Volunteers", Permission.KEEP_RECORDS),
    ("desk-doubles", "Same person twice", Permission.KEEP_RECORDS),
    ("desk-rounds", "Matching rounds", Permission.MATCH),
    ("desk-groups", "Small groups", Permission.MATCH),
    ("desk-unmet", "Where help is missing", Permission.MATCH),
    ("desk-courses", "Training", Permission.KEEP_RECORDS),
    ("desk-sheets", "Spreadsheets", Permission.KEEP_RECORDS),
)


def parts_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The menu in the shape of the tabs component; `path`: where the user is now. A part whose room is off is left out."""
    open_to = [(label, address) for label, address, permission in _addresses() if allowed(user, permission)]
    here = max((address for _, address in open_to if path.startswith(address)), key=len, default="")
    return [{"label": label, "url": address, "current": address == here} for label, address in open_to]


def _addresses() -> Iterator[tuple[str, str, Permission]]:
    for name, label, permission in PARTS:
        try:
            yield label, reverse(name), permission
        except NoReverseMatch:
            continue
