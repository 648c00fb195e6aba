"""Why a referral stopped, waited or ended, and what came of it: the codes, and which side may give which."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation


class Reason(TextChoices):
    # the provider's
    NO_CAPACITY = "no_capacity", "No room at present"
    NOT_ELIGIBLE = "not_eligible", "Not for this person"
    OUT_OF_AREA = "out_of_area", "Outside our area"
    WRONG_SERVICE = "wrong_service", "Not what we do"
    MISSING_INFORMATION = "missing_information", "Something we needed to know was missing"
    CANNOT_SUPPORT_SAFELY = "cannot_support_safely", "We could not help safely"
    ALREADY_SUPPORTED_HERE = "already_supported_here", "Already helped here"
    SERVICE_CLOSED = "service_closed", "The service has closed"
    LACK_OF_RESOURCES = "lack_of_resources", "Too few people or too little money"
    OTHER = "other", "Something else"
    # the person's
    PERSON_DECLINED = "person_declined", "The person said no"
    NO_LONGER_NEEDED = "no_longer_needed", "No longer needed"
    HELPED_ELSEWHERE = "helped_elsewhere", "Helped elsewhere"
    MOVED_AWAY = "moved_away", "Moved away"
    ADMITTED_TO_HOSPITAL_OR_CARE = "admitted_to_hospital_or_care", "Went into hospital or a care home"
    DECEASED = "deceased", "The person has died"
    COULD_NOT_CONTACT = "could_not_contact", "Could not be reached"
    DID_NOT_ATTEND = "did_not_attend", "Did not come"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn", "The agreement was withdrawn"
    # the referrer's
    DUPLICATE = "duplicate", "Made twice"
    BETTER_MATCH_FOUND = "better_match_found", "Something better was found"
    NO_RESPONSE = "no_response", "No answer came"
    # why it waits
    WAITING_LIST = "waiting_list", "On a waiting list"
    PERSON_AWAY = "person_away", "The person is away"
    HOSPITAL = "hospital", "The person is in hospital"
    VOLUNTEER_SEARCH = "volunteer_search", "A volunteer is being looked for"
    AWAITING_CHECK = "awaiting_check", "A check has still to come"


PROVIDER_REASONS = frozenset(
    {
        Reason.NO_CAPACITY,
        Reason.NOT_ELIGIBLE,
        Reason.OUT_OF_AREA,
        Reason.WRONG_SERVICE,
        Reason.MISSING_INFORMATION,
        Reason.CANNOT_SUPPORT_SAFELY,
        Reason.ALREADY_SUPPORTED_HERE,
        Reason.SERVICE_CLOSED,
        Reason.LACK_OF_RESOURCES,
        Reason.OTHER,
    }
)
PERSON_REASONS = frozenset(
    {
        Reason.PERSON_DECLINED,
        Reason.NO_LONGER_NEEDED,
        Reason.HELPED_ELSEWHERE,
        Reason.MOVED_AWAY,
        Reason.ADMITTED_TO_HOSPITAL_OR_CARE,
        Reason.DECEASED,
        Reason.COULD_NOT_CONTACT,
        Reason.DID_NOT_ATTEND,
        Reason.AGREEMENT_WITHDRAWN,
    }
)
REFERRER_REASONS = frozenset({Reason.DUPLICATE, Reason.BETTER_MATCH_FOUND, Reason.NO_RESPONSE})
HOLD_REASONS = frozenset({Reason.WAITING_LIST, Reason.PERSON_AWAY, Reason.HOSPITAL, Reason.VOLUNTEER_SEARCH, Reason.AWAITING_CHECK})

# With these every queued message to the person stops in the same transaction.
SILENCING_REASONS = frozenset({Reason.DECEASED, Reason.HOSPITAL, Reason.ADMITTED_TO_HOSPITAL_OR_CARE, Reason.AGREEMENT_WITHDRAWN})

# Whoever cancels says why from their own side.
CANCEL_REASONS: dict[str, frozenset[str]] = {
    Relation.SELF: PERSON_REASONS,
    Relation.STAFF: PERSON_REASONS | REFERRER_REASONS,
    Relation.PROV: PROVIDER_REASONS | PERSON_REASONS,
    Relation.COORD: PROVIDER_REASONS | PERSON_REASONS,
}


class Outcome(TextChoices):
    GOT_HELP = "got_help", "Got the help"
    PARTLY = "partly", "Got some of the help"
    ADVICE_ONLY = "advice_only", "Got advice"
    ONGOING = "ongoing", "The help goes on"
    SIGNPOSTED_ON = "signposted_on", "Was told of another service"
    NOT_HELPED = "not_helped", "Was not helped"


# What counts as a referral that worked.
HELPED = (Outcome.GOT_HELP, Outcome.PARTLY, Outcome.ONGOING)
