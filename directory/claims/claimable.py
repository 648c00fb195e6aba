"""Which listings can be claimed, and the address on them to which a code may go."""

from enum import StrEnum

from directory import contacts
from directory.claimed import is_claimed
from directory.contacts import Where
from directory.models import Organisation, Service


class Standing(StrEnum):
    """What somebody is told who asks for a listing."""

    OPEN = "open"
    KEPT = "kept"
    OURS = "ours"
    INVENTED = "invented"
    MERGED = "merged"
    CLOSED = "closed"
    NOT_SHOWN = "not_shown"


def standing(service: Service) -> Standing:
    """Can this listing be claimed today? Who may see why not, the page decides."""
    if service.replaced_by_id or service.organisation.replaced_by_id:
        return Standing.MERGED
    if service.status == Service.Status.CLOSED:
        return Standing.CLOSED
    if not service.is_public:
        return Standing.NOT_SHOWN
    if (fixed := of_organisation(service.organisation)) is not None:
        return fixed
    return Standing.KEPT if is_claimed(service.organisation_id) else Standing.OPEN


def of_organisation(organisation: Organisation) -> Standing | None:
    """Why nobody can ever keep this organisation's listings by a claim; None where that is no question."""
    if organisation.replaced_by_id:
        return Standing.MERGED
    if organisation.ours:
        return Standing.OURS
    return Standing.INVENTED if organisation.demo else None


def published_email(service: Service) -> str:
    """The address that everybody reads on the listing: its own, else its organisation's; empty where there is none."""
    own = (contact.email for contact in contacts.shown(service, Where.SITE) if contact.email and not contact.is_personal)
    return next(own, service.organisation.email)
