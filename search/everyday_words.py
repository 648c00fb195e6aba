"""Everyday words: the phrases of residents and professionals by which a need is understood, kept by editors."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.models import Need
from directory.seeding import set_need
from directory.states import WrongState
from search.known import forget
from search.phrase_rules import Voice, faults, lines_of


def phrases_of(need: Need, voice: Voice) -> tuple[str, ...]:
    """A need's phrases in one voice, as they are kept."""
    return lines_of(getattr(need, _field(voice)))


def version_of(need: Need) -> str:
    """What tells the words of a need from what they were before or after: a form keeps it to see whether somebody else was quicker."""
    return sha256("\0".join(getattr(need, _field(voice)) for voice in Voice).encode()).hexdigest()[:16]


@transaction.atomic
def set_words(need: Need, words: Mapping[Voice, Sequence[str]], *, by: User, seen: str) -> Need:
    """Keep these phrases as all that a need has in each of these voices; questions are understood by them from the next one on.

    `seen` is `version_of` the need when its words were read. Nothing happens where they are these already.
    Raises PermissionDenied, WrongState where somebody else changed them meanwhile, ValidationError ({voice: [text]}).
    """
    require(by, Permission.MODERATE)
    fresh = Need.objects.select_for_update().get(pk=need.pk)
    if version_of(fresh) != seen:
        raise WrongState(f"Somebody else changed the words of {fresh.name} meanwhile.")
    if errors := {str(voice): found for voice, phrases in words.items() if (found := faults(phrases, phrases_of(fresh, voice)))}:
        raise ValidationError(errors)
    changed = {voice: phrases for voice, phrases in words.items() if tuple(phrases) != phrases_of(fresh, voice)}
    if not changed:
        return fresh
    transaction.on_commit(forget)
    return set_need(fresh, {_field(voice): "\n".join(phrases) for voice, phrases in changed.items()}, by=by)


def _field(voice: Voice) -> str:
    return f"{voice.value}_words"
