"""What exists: organisations, their services, where, when, for whom and for which needs."""

from directory.models.changes import Change, ChangeField
from directory.models.needs import Element, Need
from directory.models.organisations import Membership, Organisation
from directory.models.places import Location, Schedule, ServiceArea, ServiceAtLocation
from directory.models.services import Contact, Service

__all__ = [
    "Change",
    "ChangeField",
    "Contact",
    "Element",
    "Location",
    "Membership",
    "Need",
    "Organisation",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
]
