"""Documents put through reach and scores without any engine."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from search.engines.columns import Columns, Labels, pack
from search.engines.document import Document
from search.engines.rows import Rows
from search.engines.selection import Held, select
from search.query import Query


def rows_of(documents: Sequence[Document], asked: Query) -> Rows:
    """The rows of these services, whether they fit or not; documents of one service stand together."""
    services = [list(together) for _, together in groupby(documents, key=lambda document: document.service)]
    labels = Labels()
    columns = Columns.of(range(1, len(services) + 1), [pack(together) for together in services], labels)
    in_name = [{token for document in together for token in document.name_tokens} for together in services]
    in_text = [{token for document in together for token in document.text_tokens} for together in services]
    places = [
        (
            np.array([at for at, held in enumerate(in_name) if word in held], int),
            np.array([at for at, held in enumerate(in_name) if word in held | in_text[at]], int),
        )
        for word in asked.words
    ]
    names = sorted(range(len(services)), key=lambda at: (services[at][0].name.casefold(), services[at][0].service))
    order = np.empty(len(services), int)
    order[names] = range(len(services))
    chosen = select(columns, labels, asked, Held.of(places, len(services)), everywhere=True)
    return replace(chosen, base=np.ones(len(services), bool), service_filters={}, place_filters={}).rows(order)
