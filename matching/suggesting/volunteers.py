"""Which volunteers may take a request, best first, and what keeps the others out: over the columns of all, and only who is shown is loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from directory import clock
from directory.geodata.localities import Localities
from matching.eligibility import (
    ActivityRule,
    AskFacts,
    Code,
    PersonFacts,
    Points,
    SoftAsk,
    SoftColumns,
    VolunteerColumns,
    codes_of,
    counts_of,
    nearest_miss_of,
    one_code_away,
    parts_at,
    refusal_masks,
    score_columns,
)
from matching.eligibility.parts import Part
from matching.models import Ask, Volunteer
from matching.rules.errands import COMPANY
from matching.suggesting.company import company_order, company_words
from matching.suggesting.facts import ask_facts, helpers, likely, person_facts
from matching.suggesting.living import Living, living
from matching.suggesting.scoring import soft_ask, soft_columns, with_points
from matching.suggesting.ways import prefers_otherwise

SHOWN = 20
NEAREST = 10


@dataclass(frozen=True)
class VolunteerCandidate:
    """A volunteer who may take it. `points` is the sum of the parts. `activity` is what they would do, where the request leaves it open.

    `company`: for company, by which they stand where they do, in words: what both like, and when both are free. `rather`: that they would
    rather help in another way; they stand behind those whom it suits.
    """

    volunteer: Volunteer
    points: int
    parts: tuple[Part, ...]
    activity: str
    company: str = ""
    rather: str = ""


@dataclass(frozen=True)
class RefusedVolunteer:
    """A volunteer who may not, with every code; where the request leaves the activity open, for the one that is refused for least."""

    volunteer: Volunteer
    codes: tuple[Code, ...]
    activity: str


@dataclass(frozen=True)
class Judged:
    """Who may, best first, and the nearest of who may not; how many there are of each, and for how many each code, or it alone, stands."""

    able: list[VolunteerCandidate]
    refused: list[RefusedVolunteer]
    able_count: int
    refused_count: int
    counts: Mapping[Code, int]
    alone: Mapping[Code, int]
    nearest_miss: Code | None


@dataclass(frozen=True, eq=False)
class _Asked:
    """One activity that the request may be for, held against the columns of volunteers."""

    rule: ActivityRule
    facts: AskFacts
    person: PersonFacts
    volunteers: VolunteerColumns
    soft: SoftAsk
    theirs: SoftColumns
    masks: npt.NDArray[np.uint32]
    points: Points

    @property
    def ranks(self) -> npt.NDArray[np.int64]:
        """The score of who may, for company what they share before it; below every score for who may not."""
        best = self.points.total
        if self.rule.slug in COMPANY:
            best = company_order(self.soft.interests, self.facts.runs, self.facts.minutes, self.volunteers, self.theirs, best)
        return np.where(self.masks == 0, best, np.int64(-1))

    def parts(self, row: int) -> tuple[Part, ...]:
        """The parts that add something to the score in this row."""
        said = parts_at(row, self.points, self.facts, self.person, self.rule, self.volunteers, self.soft, self.theirs)
        return with_points(said)


def judged(ask: Ask, rules: Sequence[ActivityRule], *, most: int | None = SHOWN) -> Judged:
    """Every living volunteer once: with the activity that fits best, or the one they are refused for least.

    most: how many of who may are loaded; None for all.
    """
    now = living()
    if not rules or not len(now):
        return Judged([], [], 0, 0, {}, {}, None)
    asked = _asked(ask, rules, now.columns, now.soft, now.near)
    masks = np.stack([each.masks for each in asked])
    least = np.bitwise_count(masks).argmin(axis=0)
    kept_out = masks[least, np.arange(len(now))]
    ranks = np.stack([each.ranks for each in asked])
    best, unable = _in_order(now, -ranks.max(axis=0), kept_out == 0), kept_out != 0
    near = _in_order(now, np.bitwise_count(kept_out).astype(np.int64), unable)[:NEAREST]
    # What is held is as new as the journal; who is shown is held against the rows themselves once more.
    helping = _loaded(now, best[:most], likely(Volunteer.objects.all(), [rule.slug for rule in rules]))
    others = _loaded(now, near, Volunteer.objects.all())
    refused = kept_out[unable]
    return Judged(
        # The sort keeps the order of those who are alike.
        able=sorted(
            (_candidate(helping[row], asked[int(ranks[:, row].argmax())], row, ask) for row in best[:most] if row in helping),
            key=lambda each: bool(each.rather),
        ),
        refused=[RefusedVolunteer(others[row], codes_of(kept_out[row]), asked[int(least[row])].rule.slug) for row in near if row in others],
        able_count=len(best),
        refused_count=len(refused),
        counts=counts_of(refused),
        alone=counts_of(refused[one_code_away(refused)]),
        nearest_miss=nearest_miss_of(refused),
    )


def judged_alone(volunteer: Volunteer, ask: Ask, rules: Sequence[ActivityRule]) -> VolunteerCandidate | RefusedVolunteer | None:
    """The verdict on one volunteer, read as they are now, whoever they are; None without a rule."""
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk))[0]
    asked = _asked(ask, rules, VolunteerColumns.of([helper.facts]), soft_columns([helper.volunteer]))
    able = [each for each in asked if not each.masks[0]]
    if able:
        return _candidate(volunteer, max(able, key=lambda each: int(each.points.total[0])), 0, ask)
    nearest = min(asked, key=lambda each: len(codes_of(each.masks[0])), default=None)
    return RefusedVolunteer(volunteer, codes_of(nearest.masks[0]), nearest.rule.slug) if nearest else None


def _asked(
    ask: Ask, rules: Sequence[ActivityRule], volunteers: VolunteerColumns, theirs: SoftColumns, near: Localities | None = None
) -> list[_Asked]:
    person, soft, today = person_facts(ask.person), soft_ask(ask, near), clock.today()
    asked, read = [], ask_facts(ask)
    for rule in rules:
        facts = replace(read, activity=rule.slug)
        masks = refusal_masks(facts, person, rule, volunteers, on=today)
        points = score_columns(facts, person, rule, volunteers, soft, theirs)
        asked.append(_Asked(rule, facts, person, volunteers, soft, theirs, masks, points))
    return asked


def _in_order(now: Living, ranks: npt.NDArray[np.int64], among: npt.NDArray[np.bool_]) -> list[int]:
    """These rows by their rank, the smallest first, and then by the volunteer's number."""
    rows = np.flatnonzero(among)
    order: list[int] = rows[np.lexsort((now.numbers[rows], ranks[rows]))].tolist()
    return order


def _loaded(now: Living, rows: Sequence[int], among: QuerySet[Volunteer]) -> dict[int, Volunteer]:
    """Those of these volunteers by their row, without who they are; nobody who was taken out of the database in the meantime."""
    keys = {str(now.columns.ids[row]): row for row in rows}
    # In no order: asked for one, SQLite goes through all numbers instead of these few keys.
    found = among.filter(pk__in=list(keys)).order_by().only("number", "village", "status", "demo", "ways")
    return {keys[str(volunteer.pk)]: volunteer for volunteer in found}


def _candidate(volunteer: Volunteer, asked: _Asked, row: int, ask: Ask) -> VolunteerCandidate:
    parts, company = asked.parts(row), ""
    if asked.rule.slug in COMPANY:
        company = company_words(asked.soft.interests, asked.facts.runs, asked.facts.minutes, asked.theirs, asked.volunteers.free, row)
    rather = prefers_otherwise(volunteer, ask, asked.rule)
    return VolunteerCandidate(volunteer, sum(part.points for part in parts), parts, asked.rule.slug, company, rather)
