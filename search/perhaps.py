"""Services that fit but for an access that nobody knows of: shown apart, with "phone to ask". Pure but for the engine passed in."""

from dataclasses import replace
from datetime import date

import numpy as np

from search.engines.base import Engine
from search.query import Query
from search.reasons import explained
from search.results import Result, result_of
from search.scoring import score

MOST = 8


def perhaps(query: Query, engine: Engine, *, today: date) -> tuple[Result, ...]:
    """At most MOST services of which it is not known whether they have all the access that the query asks for by itself, best first.

    None for a wish of the sentence: there they stand in the list itself. Raises Moved.
    """
    if not query.access or "access" in query.wished:
        return ()
    wide = replace(query, wished=query.wished | {"access"}, page=1)
    candidates = engine.search(wide, facets=False)
    rows = candidates.rows
    scores = score(rows, wide, today=today)
    surely = np.zeros(len(rows), bool)
    surely[rows.owner[rows.access.all(axis=0)]] = True
    at = np.flatnonzero(~surely)
    at = at[np.lexsort((rows.order[at], -scores.points[at]))][:MOST]
    return tuple(
        result_of(tuple(documents[number] for number in numbers), explained(scores, each, documents[0], wide))
        for each, documents, numbers in zip(at.tolist(), candidates.documents(at), rows.numbers_of(at), strict=True)
    )
