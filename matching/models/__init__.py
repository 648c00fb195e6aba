"""People, their requests for help, volunteers, and what became of it."""

from matching.models.asks import Ask, Offered, Signpost, UnmetNeed
from matching.models.call_backs import CallBack
from matching.models.enquiries import Enquiry, EnquiryCode
from matching.models.groups import Group, GroupMember
from matching.models.matches import Match
from matching.models.people import Agreement, FamilyLink, LawfulBasis, Look, LookupToken, NotTheSame, Person
from matching.models.referrals import Attempt, Referral, ReferralNote, RememberedRequest
from matching.models.releases import Release
from matching.models.rounds import Round
from matching.models.sheets import Sheet
from matching.models.tasks import Task
from matching.models.training import Attendance, Course, CourseDate, Reference
from matching.models.visits import Visit
from matching.models.volunteers import ActivityDecision, PairRule, Volunteer, VolunteerActivity, VolunteerPhoto

__all__ = [
    "ActivityDecision",
    "Agreement",
    "Ask",
    "Attempt",
    "Attendance",
    "CallBack",
    "Course",
    "CourseDate",
    "Enquiry",
    "EnquiryCode",
    "FamilyLink",
    "Group",
    "GroupMember",
    "LawfulBasis",
    "Look",
    "LookupToken",
    "Match",
    "NotTheSame",
    "Offered",
    "PairRule",
    "Person",
    "Reference",
    "Referral",
    "ReferralNote",
    "Release",
    "RememberedRequest",
    "Round",
    "Sheet",
    "Signpost",
    "Task",
    "UnmetNeed",
    "Visit",
    "Volunteer",
    "VolunteerActivity",
    "VolunteerPhoto",
]
