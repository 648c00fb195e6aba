"""What whoever keeps an organisation reads about people: told by the rooms that hold it, since this one does not know of them."""

from collections.abc import Callable

from directory.merging import joining
from directory.models import Organisation

_tells: list[Callable[[Organisation], str]] = []


def when_hands_change(tells: Callable[[Organisation], str]) -> None:
    """Register what says in words what of people an organisation's keepers read; empty where there is nothing. Called in AppConfig.ready()."""
    if tells not in _tells:
        _tells.append(tells)


def read_of(organisation: Organisation) -> list[str]:
    """What its keepers read about people, in words."""
    return [words for tells in _tells if (words := tells(organisation))]


def would_read(kept: Organisation, dropped: Organisation) -> list[str]:
    """What somebody would read about people, once these two are one, who does not read it today."""
    ways = ((kept, dropped), (dropped, kept))
    return [words for one, other in ways if joining.strangers(one, other) for words in read_of(other)]
