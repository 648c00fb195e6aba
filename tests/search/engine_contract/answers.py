"""What an engine answers, as the tests of the contract compare it."""

from datetime import date

from search.engines.base import Bookmark, Engine
from search.engines.document import Document
from search.query import Query
from search.scoring import ranked, score

MARK = Bookmark(7, "seal")
TODAY = date(2026, 11, 23)


def answer(engine: Engine, asked: Query, **options) -> dict[str, tuple[Document, ...]]:
    """The documents of every service that fits, by service."""
    found = engine.search(asked, **options)
    told = found.documents(range(len(found.rows)))
    services = {documents[0].service: documents for documents in told}
    assert len(services) == len(found.rows) <= found.total
    return services


def ids(engine: Engine, asked: Query, **options) -> list[str]:
    return sorted(answer(engine, asked, **options))


def texts(engine: Engine, asked: Query) -> dict[str, int]:
    """The points for words of each service that fits."""
    found = engine.search(asked)
    scores = score(found.rows, asked, today=TODAY)
    told = found.documents(range(len(found.rows)))
    return {documents[0].service: int(points) for documents, points in zip(told, scores.parts[1], strict=True)}


def page(engine: Engine, asked: Query) -> list[str]:
    """The services of the query's page, in order, as search.find shows them."""
    found = engine.search(asked)
    begin = (asked.page - 1) * asked.page_size - found.first
    assert begin >= 0
    at = ranked(score(found.rows, asked, today=TODAY), asked.sort, begin, begin + asked.page_size)
    return [documents[0].service for documents in found.documents(at)]
