"""People, their requests for help, volunteers, and what became of it."""

from matching.models.asks import Ask, Offered, Signpost, UnmetNeed
from matching.models.call_backs import CallBack
from matching.models.matches import Match
from matching.models.people import Agreement, FamilyLink, LawfulBasis, Look, LookupToken, Person
from matching.models.referrals import Attempt, Referral, ReferralNote, RememberedRequest
from matching.models.releases import Release
from matching.models.volunteers import ActivityDecision, PairRule, Volunteer, VolunteerActivity

__all__ = [
    "ActivityDecision",
    "Agreement",
    "Ask",
    "Attempt",
    "CallBack",
    "FamilyLink",
    "LawfulBasis",
    "Look",
    "LookupToken",
    "Match",
    "Offered",
    "PairRule",
    "Person",
    "Referral",
    "ReferralNote",
    "Release",
    "RememberedRequest",
    "Signpost",
    "UnmetNeed",
    "Volunteer",
    "VolunteerActivity",
]
