"""How long we keep what somebody told us: 30 days after it is settled, then it is gone, address and all."""

from datetime import timedelta

from django.db import transaction

from directory import clock
from directory.journal.recording import record
from directory.suggestions.models import Suggestion
from directory.suggestions.states import SUGGESTION_ENDED

KEPT = timedelta(days=30)
PIECE = 200


def forget_some() -> bool:
    """Delete a few that were settled when KEPT is over; the daily job. True when nothing is left to do."""
    old = Suggestion.objects.filter(state__in=SUGGESTION_ENDED, ended_at__lt=clock.now() - KEPT)
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    for pk in keys:
        with transaction.atomic():
            told = old.select_for_update().filter(pk=pk).first()
            if told is not None:
                name = (Suggestion._meta.label_lower, told.pk)
                told.delete()
                record("system.suggestion_forgotten", name, by=None)
    return not keys
