"""What the understanding of questions knows, kept in memory until the index says that something changed."""

from dataclasses import dataclass
from threading import Lock

from directory.models import Need
from search.engines.base import Engine
from search.places import Places
from search.understand import Words, make_words
from search.vocabulary import NeedWords, Vocabulary, compile_vocabulary


@dataclass(frozen=True, slots=True)
class _Kept:
    key: tuple[int, str]
    words: Words


_lock = Lock()
_kept: _Kept | None = None


def words_of(engine: Engine) -> Words:
    """The needs' words, the places and the index's own words, as fresh as the index."""
    global _kept  # noqa: PLW0603
    key = (id(engine), engine.state())
    with _lock:
        if _kept is None or _kept.key != key:
            _kept = _Kept(key, make_words(vocabulary_of_needs(), Places(), engine.vocabulary(), engine.written()))
        return _kept.words


def forget() -> None:
    """Read everything anew at the next question (after loading places or needs without the journal)."""
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None


def vocabulary_of_needs() -> Vocabulary:
    """The needs' residents' and professionals' words as staff have them now."""
    return compile_vocabulary(
        NeedWords(need.slug, need.name, (*need.resident_words.splitlines(), *need.professional_words.splitlines()))
        for need in Need.objects.order_by("order", "slug")
    )
