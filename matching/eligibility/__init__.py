"""May this volunteer take this request? One function for screens, round, API, unmet need and tests. Pure: no models, no clock."""

from matching.eligibility.checks import CheckTooHigh, highest_level, refuse_higher_check, required_check
from matching.eligibility.codes import EXPLANATIONS, Code, Explanation
from matching.eligibility.columns import VolunteerColumns
from matching.eligibility.facts import (
    AskFacts,
    ByVolunteers,
    Level,
    PersonalCare,
    PersonFacts,
    Regulated,
    Status,
    VolunteerFacts,
    windows,
)
from matching.eligibility.refusing import (
    ADULT_AGE,
    codes_of,
    counts_of,
    mask_of,
    nearest_miss,
    nearest_miss_of,
    one_code_away,
    refusal_masks,
    refusals,
)
from matching.eligibility.rule import ActivityRule
from matching.eligibility.score import Points, SoftAsk, SoftColumns, parts_at, score_columns
from matching.eligibility.times import ANY_TIME, Window

__all__ = [
    "ADULT_AGE",
    "ANY_TIME",
    "EXPLANATIONS",
    "ActivityRule",
    "AskFacts",
    "ByVolunteers",
    "CheckTooHigh",
    "Code",
    "Explanation",
    "Level",
    "PersonFacts",
    "PersonalCare",
    "Points",
    "Regulated",
    "SoftAsk",
    "SoftColumns",
    "Status",
    "VolunteerColumns",
    "VolunteerFacts",
    "Window",
    "codes_of",
    "counts_of",
    "highest_level",
    "mask_of",
    "nearest_miss",
    "nearest_miss_of",
    "one_code_away",
    "parts_at",
    "refusal_masks",
    "refusals",
    "refuse_higher_check",
    "required_check",
    "score_columns",
    "windows",
]
