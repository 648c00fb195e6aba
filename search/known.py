"""What the understanding of questions knows, kept in memory until the index says that something changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from directory.models import Need
from search import needs_model
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
    """The needs' model and words, the places and the index's own words, as fresh as the index."""
    global _kept  # noqa: PLW0603
    key = (id(engine), engine.state())
    with _lock:
        if _kept is None or _kept.key != key:
            places = _kept.words.places if _kept is not None else Places()
            _kept = _Kept(key, make_words(needs_model.shipped(), vocabulary_of_needs(), places, engine.lexicon()))
        return _kept.words


def forget() -> None:
    """Read everything anew at the next question (after loading places or needs without the journal)."""
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None


def vocabulary_of_needs() -> Vocabulary:
    """The needs' residents' and professionals' words as staff have them now."""
    return _compiled(tuple(need_words(Need.objects.order_by("order", "slug"))))


def need_words(needs: Iterable[Need]) -> Iterable[NeedWords]:
    """The words of some needs, as they are written on their pages."""
    for need in needs:
        yield NeedWords(need.slug, need.name, (*need.resident_words.splitlines(), *need.professional_words.splitlines()))


@lru_cache(maxsize=4)
def _compiled(needs: tuple[NeedWords, ...]) -> Vocabulary:
    return compile_vocabulary(needs)
