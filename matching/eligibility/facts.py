"""What eligibility knows about a request, a person and a volunteer: the fields of the file format care-round/1 and nothing that names.

Ids are strings throughout (`str(uuid)`), words are compared as they are written, and None means that it is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import TextChoices

from matching.eligibility.times import Run, Window, runs
from matching.windows import is_window


class Level(TextChoices):
    """A criminal-record check (DBS), from the lowest to the highest. Compare by `meets` and `rank`, never by < (the alphabet)."""

    NONE = "none", "None"
    BASIC = "basic", "Basic"
    ENHANCED = "enhanced", "Enhanced"
    ENHANCED_BARRED = "enhanced_barred", "Enhanced with the adults' barred list"

    @property
    def rank(self) -> int:
        """0 for none, up to 3."""
        return _RANKS[self]

    def meets(self, needed: "Level") -> bool:
        """Does holding this level satisfy the needed one? A higher one does."""
        return self.rank >= needed.rank


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Status(TextChoices):
    """Where a volunteer stands. Only an active one is matched."""

    APPLIED = "applied", "Applied"
    CHECKING = "checking", "Being checked"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"


class ByVolunteers(TextChoices):
    """May a volunteer do an activity?"""

    YES = "yes", "Yes"
    TRAINED = "trained", "With training"
    LIMITED = "limited", "Only where this co-op has opened it"
    NO = "no", "No"


class PersonalCare(TextChoices):
    """Is an activity personal care that only a provider registered with the Care Quality Commission may give?"""

    YES = "yes", "Yes"
    POSSIBLE = "possible", "Possibly"
    NO = "no", "No"


class Regulated(TextChoices):
    """Regulated activity with adults: Safeguarding Vulnerable Groups Act 2006, schedule 4, paragraph 7."""

    NONE = "none", "Not regulated"
    HEALTH_CARE = "a", "Health care"
    PERSONAL_CARE = "b", "Personal care"
    SOCIAL_WORK = "c", "Social work"
    MONEY = "d", "Cash, bills or shopping"
    AFFAIRS = "e", "A person's own affairs"
    CONVEYING = "f", "Conveying to health or social care"


def windows(rows: Iterable[Sequence[int]]) -> tuple[Window, ...]:
    """[[weekday, start minute, end minute], …] as it is stored. Raises ValueError where a row is none."""
    kept = [tuple(row) for row in rows]
    if not all(is_window(row) for row in kept):
        raise ValueError("Each time needs a weekday, a start and a later end.")
    return tuple(Window(*row) for row in kept)


@dataclass(frozen=True)
class AskFacts:
    """A request for help. `remote`: by phone or online. `priority`: higher first."""

    id: str
    person: str
    activity: str
    minutes: int
    windows: tuple[Window, ...]
    regular: bool = False
    gender_required: str | None = None
    two_visitors: bool = False
    consent: bool = False
    remote: bool = False
    priority: int = 0

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The times at which it could happen, joined."""
        return runs(self.windows)


@dataclass(frozen=True)
class PersonFacts:
    """The adult who is to be helped. Degrees of latitude and longitude; `animals` and `smoker` are about the home.

    `household`: the name of the home; `door`: its address. Either tells of one home with somebody, and neither need be known.

    `related_volunteers`, `blocked_volunteers`: what is written on the person's side of a pair; the volunteer's side counts as much.
    """

    id: str
    lat: float | None = None
    lon: float | None = None
    household: str | None = None
    languages: frozenset[str] = frozenset()
    animals: frozenset[str] = frozenset()
    smoker: bool | None = None
    related_volunteers: frozenset[str] = frozenset()
    blocked_volunteers: frozenset[str] = frozenset()
    receives_care: bool | None = None
    needs_help_because: bool | None = None
    door: str | None = None


@dataclass(frozen=True)
class VolunteerFacts:
    """A volunteer. `max_km` in kilometres; `capacity` and `active_matches` count people; `trained_for` holds activities."""

    id: str
    lat: float | None = None
    lon: float | None = None
    household: str | None = None
    status: Status = Status.APPLIED
    age: int | None = None
    gender: str | None = None
    languages: frozenset[str] = frozenset()
    allergies: frozenset[str] = frozenset()
    avoids_smoke: bool = False
    visits_in_pair: bool = False
    has_car: bool = False
    car_insurance_ok: bool = False
    max_km: float | None = None
    windows: tuple[Window, ...] = ()
    capacity: int = 0
    active_matches: int = 0
    activities: frozenset[str] = frozenset()
    trained_for: frozenset[str] = frozenset()
    dbs: Level = Level.NONE
    dbs_review_due: date | None = None
    related_to: frozenset[str] = frozenset()
    blocked_people: frozenset[str] = frozenset()
    door: str | None = None

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The times at which they are free, joined."""
        return runs(self.windows)
