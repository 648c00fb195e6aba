"""Asks an engine questions of every kind, and in between the bare ones the same words: so that both meet the same machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from time import monotonic

from search import tokens
from search.benchmark.bare import BareFts, BareOpenSearch
from search.benchmark.questions import KINDS_ASKED, Asker, Question
from search.benchmark.timing import Samples
from search.engines.base import Engine
from search.find import find, map_of, understood
from search.query import Query, parse_query

# Before anything is timed, questions of all kinds are asked for so many times the seconds of one kind: a search node gets faster while
# it works, and no time shall hold what only the first question of a process costs.
WARM = 10
FEWEST = 20
SUGGESTED = 8


@dataclass(slots=True)
class Timed:
    """What one kind took: the whole of it, and the bare queries of the same words. `found` is how many services fitted, on average."""

    kind: str
    whole: Samples = field(default_factory=Samples)
    fts: Samples = field(default_factory=Samples)
    opensearch: Samples = field(default_factory=Samples)
    fitting: list[int] = field(default_factory=list)

    @property
    def found(self) -> float:
        return sum(self.fitting) / len(self.fitting) if self.fitting else 0.0


def timed(
    engine: Engine,
    asker: Asker,
    warmer: Asker,
    *,
    seconds: float,
    fts: BareFts,
    opensearch: BareOpenSearch | None = None,
    fewest: int = FEWEST,
) -> Iterator[Timed]:
    """Every kind for so many seconds, and `fewest` questions at least. `warmer` makes other questions than `asker`, for warming up."""
    until = monotonic() + WARM * seconds
    for kind in cycle(KINDS_ASKED):
        if monotonic() >= until:
            break
        _ask(engine, warmer.ask(kind), Timed(kind), fts, opensearch)
    for kind in KINDS_ASKED:
        result = Timed(kind)
        until = monotonic() + seconds
        while len(result.whole) < fewest or monotonic() < until:
            _ask(engine, asker.ask(kind), result, fts, opensearch)
        yield result


def _ask(engine: Engine, question: Question, result: Timed, fts: BareFts, opensearch: BareOpenSearch | None) -> None:
    whole = _whole(engine, question)
    result.fitting.append(result.whole.timed(whole))
    if question.begun:
        words = tokens.split(question.begun)
        result.fts.timed(lambda: fts.begun(words))
        if opensearch is not None:
            result.opensearch.timed(lambda: opensearch.begun(words))
        return
    query = understood(_query(question), engine=engine)
    if query.words:
        result.fts.timed(lambda: fts.ask(query.words, any_word=question.any_word))
    if opensearch is not None:
        result.opensearch.timed(lambda: opensearch.ask(query.words, any_word=question.any_word))


def _query(question: Question) -> Query:
    return parse_query(question.params)


def _whole(engine: Engine, question: Question) -> Callable[[], int]:
    """The question as the product answers it, from the parameters to the results with their reasons; gives how many there are."""
    if question.begun:
        return lambda: len(engine.suggest(question.begun, limit=SUGGESTED))
    zoom = question.zoom
    if zoom is None:
        return lambda: find(_query(question), engine=engine).total

    def drawn() -> int:
        drawn = map_of(question.box, zoom, _query(question), engine=engine)
        return sum(cluster.count for cluster in drawn.clusters) + len(drawn.points)

    return drawn
