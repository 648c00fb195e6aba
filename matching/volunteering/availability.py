"""What a volunteer says of themselves on their own page: when they can, how far, for how many, what they like."""

from typing import Any

from django.db import transaction

from directory.accounts.models import User
from directory.journal.recording import record
from matching.models import Volunteer
from matching.volunteering.details import write_details
from matching.volunteering.records import held, locked, role_of

OWN = frozenset({"windows", "max_km", "capacity", "ways", "interests", "likes"})


@transaction.atomic
def say_availability(volunteer: Volunteer, *, by: User, **fields: Any) -> Volunteer:
    """Change when, how far, how, for how many people and with which interests: by the volunteer themselves or a coordinator.

    fields: any of OWN. Raises PermissionDenied, ValidationError; TypeError for another field.
    """
    held(by, volunteer)
    if strange := fields.keys() - OWN:
        raise TypeError(f"Not a volunteer's own to say: {', '.join(sorted(strange))}.")
    volunteer = locked(volunteer)
    before = {name: getattr(volunteer, name) for name in fields}
    write_details(volunteer, **fields)
    if changed := sorted(name for name in fields if getattr(volunteer, name) != before[name]):
        volunteer.save(update_fields=changed)
        record("volunteer.corrected", volunteer, by=by, role=role_of(by), codes={"fields": changed})
    return volunteer
