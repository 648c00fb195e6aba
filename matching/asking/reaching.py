"""How whoever asked on the website is reached: the same rule as for the people on our records (persons/contacts.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matching.asking import steps
from matching.models import Enquiry
from matching.persons.contacts import Reach, how_to_reach


@dataclass(frozen=True)
class Asker:
    """What is known of them."""

    phone: str
    email: str
    contact: Mapping[str, Any]


def reach_of(enquiry: Enquiry) -> Reach:
    """How to reach who asked, and what to mind. The communication needs of somebody for whom they ask are not theirs."""
    said = enquiry.answers
    contact = said.get(steps.CONTACT, {})
    return how_to_reach(Asker(contact.get("phone", ""), contact.get("email", ""), told_of(enquiry)))


def told_of(enquiry: Enquiry) -> dict[str, Any]:
    """What they said of being reached themselves, as `Person.contact` keeps it; what is not known is left out."""
    reach, codes = enquiry.answers.get(steps.REACH, {}), []
    if enquiry.whom == Enquiry.Whom.SELF:
        codes = enquiry.answers.get(steps.UNDERSTAND, {}).get("codes", [])
    told = {
        "codes": codes,
        "voicemail": {"yes": True, "no": False}.get(reach.get("voicemail", "")),
        "may_answer": reach.get("may_answer", ""),
        "times": [reach["ring"]] if reach.get("ring") in ("morning", "afternoon", "evening") else [],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}
