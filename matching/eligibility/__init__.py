"""May this volunteer take this request? One function for screens, round, API, unmet need and tests. Pure: no models, no clock."""

from matching.eligibility.checks import CheckTooHigh, highest_level, refuse_higher_check, required_check
from matching.eligibility.codes import EXPLANATIONS, Code, Explanation
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
from matching.eligibility.refusing import nearest_miss, refusals
from matching.eligibility.rule import ActivityRule
from matching.eligibility.score import SoftFacts, score
from matching.eligibility.times import ANY_TIME, Window

__all__ = [
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
    "Regulated",
    "SoftFacts",
    "Status",
    "VolunteerFacts",
    "Window",
    "highest_level",
    "nearest_miss",
    "refusals",
    "refuse_higher_check",
    "required_check",
    "score",
    "windows",
]
