"""What whoever keeps an organisation's listings reads about people: told where two organisations become one, and others would read it."""

from directory.models import Organisation
from matching.models import Referral


def what_they_read(organisation: Organisation) -> str:
    """In words; empty where nobody was ever referred to it."""
    many = Referral.objects.filter(service__organisation=organisation, sent_at__isnull=False).count()
    if not many:
        return ""
    return f"{many} referral{'s' if many > 1 else ''} of people that went to “{organisation.name}”"
