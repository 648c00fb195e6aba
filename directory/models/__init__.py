"""What exists: organisations, their services, where, when, for whom and for which needs."""

from directory.models.changes import Change, ChangeField
from directory.models.needs import Element, Need
from directory.models.organisations import Membership, Organisation
from directory.models.places import Closure, Location, Schedule, ServiceArea, ServiceAtLocation, Term
from directory.models.services import Contact, CostOption, Service

__all__ = [
    "Change",
    "ChangeField",
    "Closure",
    "Contact",
    "CostOption",
    "Element",
    "Location",
    "Membership",
    "Need",
    "Organisation",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "Term",
]
