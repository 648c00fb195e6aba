"""The person is told how it ended: every ending asks for it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.journal.recording import record
from directory.states import WrongState
from matching.models import Referral
from matching.referring.sides import acting, side_of
from matching.states import REFERRAL_ENDED, ReferralState

REFERRAL_ENDED_TO_TELL = REFERRAL_ENDED - {ReferralState.ENTERED_IN_ERROR, ReferralState.DECLINED_BY_PERSON}


@transaction.atomic
def tell_person(referral: Referral, *, by: User, how: str, at: datetime | None = None) -> Referral:
    """The person knows how it ended: when, how, by whom. at: the moment, also to put right what was noted before; now where left out.

    Raises PermissionDenied, ValidationError (also before the end), WrongState where somebody has noted another way of telling already.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    relations = acting(referral, by)
    if not relations:
        raise PermissionDenied("This referral is not yours to note on.")
    if referral.state not in REFERRAL_ENDED:
        raise ValidationError({"person_told": ["It has not ended yet: the person is told of the end."]})
    if how not in Referral.Channel.values:
        raise ValidationError({"how": ["Choose how they were told."]})
    if at is None and referral.person_told_at is not None:
        if referral.person_told_how == how:
            # Pressed twice.
            return referral
        raise WrongState(
            f"Somebody has told them already: {Referral.Channel(referral.person_told_how).label.lower()}. Nothing was changed."
        )
    moment = at or clock.now()
    if moment > clock.now():
        raise ValidationError({"at": ["This lies in the future."]})
    referral.person_told_at, referral.person_told_how, referral.person_told_by = moment, how, by
    referral.save(update_fields=["person_told_at", "person_told_how", "person_told_by"])
    record("referral.person_told", referral, by=by, role=side_of(relations, relations), codes={"how": how})
    return referral
