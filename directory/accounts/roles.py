"""The names of roles, permissions and relations. What they mean together stands in policy.py."""

from django.db.models import TextChoices


class Role(TextChoices):
    PERSON = "person", "Person with an account"
    FAMILY = "family", "Family or main contact"
    VOLUNTEER = "volunteer", "Volunteer"
    PARTNER = "partner", "Partner group"
    CARE_WORKER = "care_worker", "Care worker"
    COORDINATOR = "coordinator", "Coordinator"
    SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
    COUNCIL_REFERRER = "council_referrer", "Council referrer"
    ANALYST = "analyst", "Council analyst"
    EDITOR = "editor", "Editor"
    ADMINISTRATOR = "administrator", "Administrator"


class Permission(TextChoices):
    # directory
    EDIT_LISTINGS = "edit_listings", "Propose changes to a listing"
    MODERATE = "moderate", "Decide on changes, bring versions back, mend what others cannot"
    # casework
    USE_DESK = "use_desk", "Open the desk"
    KEEP_RECORDS = "keep_records", "Write down people and requests, and correct them"
    SEE_PERSON = "see_person", "Look at a person's record"
    MATCH = "match", "See candidates, offer and introduce volunteers, record an unmet need"
    PREPARE_REFERRAL = "prepare_referral", "Prepare a referral"
    SEND_REFERRAL = "send_referral", "Send, cancel and correct own referrals"
    SEE_REFERRAL = "see_referral", "Look at a referral"
    REFER_IN = "refer_in", "Refer somebody in from the council"
    ANSWER_REFERRALS = "answer_referrals", "Accept, start, complete or decline a referral"
    VOLUNTEER = "volunteer", "See own offers and people, answer them"
    # figures
    SEE_FIGURES = "see_figures", "See prepared and published releases"
    PUBLISH_FIGURES = "publish_figures", "Prepare releases and make them public"
    # house
    EDIT_PAGES = "edit_pages", "Enter the page editor"
    MANAGE_ACCOUNTS = "manage_accounts", "Give and take roles, keys and settings"


class Relation(TextChoices):
    """How a user stands to one object. ANY asks for none; NOBODY is what a room answers for strangers by leaving the set empty."""

    ANY = "any", "whoever it belongs to"
    STAFF = "staff", "the referrer's side"
    SELF = "self", "the person themselves"
    FAMILY = "family", "family who prepared it"
    PREPARER = "preparer", "the partner or care worker who prepared it"
    PROV = "prov", "the group that receives"
    COORD = "coord", "the co-op's coordinator"
    ADMIN = "admin", "an administrator"
    OWNER = "owner", "a member of the organisation it belongs to"
    VOLUNTEER = "volunteer", "the volunteer it was offered to"
    CARE_WORKER = "care_worker", "the care worker whose visit it is"
    MODERATOR = "moderator", "a moderator"
    LEAD = "lead", "the safeguarding lead or the deputy"
    RAISER = "raiser", "whoever raised it"
    SYSTEM = "system", "a timer, an import or a job, under its own account"
