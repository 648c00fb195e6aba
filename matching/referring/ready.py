"""What must hold before personal data leaves the co-op: basis, agreement, an active vetted service, and nothing like it on the way."""

from django.core.exceptions import ValidationError

from directory.models import Service
from directory.states import WrongState
from matching.agreements import valid_agreement
from matching.models import Referral
from matching.people import here
from matching.states import REFERRAL_OPEN, ReferralState


def require_ready(referral: Referral) -> None:
    """Fill in the agreement that it stands on. Raises WrongState (the record is gone), ValidationError ({field: [text]})."""
    errors: dict[str, list[str]] = {}
    person = referral.person
    if person is None:
        raise WrongState("The person's record is no longer there.")
    person = here(person)
    referral.agreement = valid_agreement(person, referral.ask)
    if referral.agreement is None:
        errors["consent"] = ["The person's agreement is missing: write down who said yes, how and when."]
    if referral.service is not None:
        errors |= _faults_of(referral.service)
    same = Referral.objects.filter(
        person=person, need=referral.need, service=referral.service, to_volunteers=referral.to_volunteers, referrer=referral.referrer
    )
    if same.filter(state__in=REFERRAL_OPEN - {ReferralState.DRAFT}).exclude(pk=referral.pk).exists():
        errors["service"] = ["This is already on its way: the same person, need and service."]
    if errors:
        raise ValidationError(errors)


def _faults_of(service: Service) -> dict[str, list[str]]:
    if service.status != Service.Status.ACTIVE or not service.is_public:
        return {"service": ["This service is not running now."]}
    organisation = service.organisation
    if not organisation.ours and (missing := organisation.missing_vetting()):
        names = ", ".join(fact.replace("_", " ") for fact in missing)
        return {
            "service": [f"This group is not vetted (missing: {names}), so no personal data may go to it. Tell the person of it instead."]
        }
    return {}
