"""Listings on paper: posted to groups that no mail reaches, corrected by hand, signed, sent back, and found again by their reference."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.freshness.due import due
from directory.freshness.facts import facts_of, is_told, lines
from directory.freshness.models import Letter
from directory.freshness.reached import mail_reaches, with_address
from directory.journal.recording import record
from directory.listing_fields import FIELDS
from directory.listings import mark_checked
from directory.models import Location, Service

# So long an answer is waited for before a letter goes out again.
PATIENCE = timedelta(weeks=8)
# A word that was signed before that is no news.
OLDEST_WORD = timedelta(days=90)
MOST_WORDS = 600
REFERENCE = 8
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u2013": ""})

# On the sheet in the order in which callers ask; what is not named here comes after it, as it comes.
FIRST = (
    "phone",
    "email",
    "times",
    "closures",
    "places",
    "area",
    "delivery",
    "how_to_access",
    "cost",
    "costs",
    "who_for",
    "needs",
    "access",
)
# Left out: what is the store's own matter, or too short-lived for the post.
NOT_ASKED = frozenset({"kind", "takes_referrals", "spaces", "notice", "cqc_location"})
# Asked for where nothing is told.
WANTED = ("phone", "email", "times", "places", "how_to_access", "cost")


def reference(service: UUID) -> str:
    """The short reference of a listing: the first letters of its id, such as "3F2A 91BC"."""
    text = service.hex[:REFERENCE].upper()
    return f"{text[:4]} {text[4:]}"


def find(text: str) -> list[Service]:
    """The listings of a reference as somebody types it off the paper; none where it is not one, and seldom more than one."""
    start = text.upper().translate(_ALIKE)
    if len(start) != REFERENCE or not set(start) <= set("0123456789ABCDEF"):
        return []
    rest = 32 - REFERENCE
    among = Service.objects.filter(pk__gte=UUID(start + "0" * rest), pk__lte=UUID(start + "F" * rest))
    return list(among.select_related("organisation").order_by("name", "id"))


def to_post() -> list[UUID]:
    """Listings that are due and that no mail reaches, without those that were posted lately; the most overdue first."""
    lately = Letter.objects.filter(posted_on__gt=clock.today() - PATIENCE).order_by()
    rows = with_address(due()).exclude(pk__in=lately.values("service")).exclude(mail_reaches())
    return list(rows.order_by(F("due_on").asc(nulls_first=True), "id").values_list("id", flat=True))


@transaction.atomic
def posted(services: Iterable[UUID], *, by: User) -> int:
    """Write down that letters about these listings went out today. Returns how many. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    known = list(Service.objects.filter(pk__in=list(services)))
    for service in known:
        _, new = Letter.objects.get_or_create(service=service, posted_on=clock.today(), defaults={"by": by})
        if new:
            record("service.posted", service, by=by, role=role_used(by, Permission.MODERATE))
    return len(known)


@transaction.atomic
def came_back(service: Service, *, signed_on: date, right: bool, by: User) -> None:
    """A sheet came back by post. One that says that all is right is the group's own word, given on the day of its signature.

    Raises PermissionDenied, ValidationError (a day that cannot be).
    """
    require(by, Permission.MODERATE)
    if not clock.today() - OLDEST_WORD <= signed_on <= clock.today():
        raise ValidationError(
            f"The day of the signature is today or one of the last {OLDEST_WORD.days} days. An older sheet says nothing any more."
        )
    Letter.objects.filter(service=service, back_on=None).update(back_on=clock.today())
    record("service.came_back", service, by=by, role=role_used(by, Permission.MODERATE), codes={"right": right, "on": signed_on})
    if right:
        mark_checked(service, by=by, how=Service.CheckedHow.OWNER, on=signed_on)


def sheet(service: Service) -> dict[str, Any]:
    """What the sheet of one listing shows; its places are read `with_everything`."""
    told = facts_of(service)
    asked = [name for name in (*FIRST, *(name for name in told if name not in FIRST)) if name in told and name not in NOT_ASKED]
    return {
        "service": service,
        "reference": reference(service.pk),
        "to": _address(service),
        "rows": [{"label": FIELDS[name].label, "lines": _cut(lines(name, told[name]))} for name in asked if is_told(told[name])],
        "missing": [FIELDS[name].label for name in WANTED if name in told and not is_told(told[name])],
    }


def _address(service: Service) -> list[str]:
    """Where a letter goes: the group and its first place with an address; a secret one is never written on an envelope."""
    places: list[Location] = [at.location for at in service.at_locations.all() if at.location.address and not at.location.masked]
    if not places:
        return [service.organisation.name]
    place = min(places, key=lambda each: (each.name, str(each.pk)))
    parts = [service.organisation.name, place.name, *place.address.split(","), place.postcode]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _cut(told: list[str]) -> list[str]:
    text = "\n".join(told)
    return told if len(text) <= MOST_WORDS else [*text[:MOST_WORDS].rsplit(" ", 1)[0].split("\n"), "… and so on, as on your page."]
