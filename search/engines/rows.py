"""What one query needs to know of many services, as columns: the batch that search.reach and search.scoring work on in one go.

Both engines hand over the same shape; the embedded one every service that fits, the other the likeliest few hundred.
Both make it with `search.engines.columns` out of the packed columns of each service, so that nobody computes a value twice.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engines.arrays import Bools, Floats, Ints
from search.engines.columns import Columns
from search.engines.lists import Labels


@dataclass(frozen=True, slots=True)
class Rows:
    """S services that fit a query and, each with its owner among them, P of their documents that fit.

    Of the services (length S): `keys` are the engine's own numbers or ids; `order` their place when sorted by name, then id;
    `needs` says per slug of `slugs` (the guessed needs, then the chosen ones) who meets it; `in_name` and `in_text` per word of
    Query.words who holds it, and `weights` what each word weighs (together 1); `checked` is in days since 1970, or NEVER;
    `spaces` and `open` are YES, NO or UNKNOWN (open at Query.minute), and `opens` whether it is surely open at the time asked for;
    `told` whether it says for whom it is; `language` whether the language asked for is surely spoken; `coming` and `remote` how it is
    offered.

    Of the documents (length P, in the order of their owners): `owner` is an index into the services, `number` the document's place
    in Document order; `miles` is the way from the query's place (nan without an address or a place), `by_road` whether by road;
    `reach` is the document's class in search.reach (0 where it does not reach, or no place was given), `maybe` whether only perhaps;
    `access` says per fact of Query.access who surely has it.

    `columns` and `labels` are those that all of this was made of, and `services` the places of the S services in them: for what is asked
    of a few of them only.
    """

    keys: NDArray[Any]
    order: Ints
    slugs: tuple[str, ...]
    needs: Bools
    weights: Floats
    in_name: Bools
    in_text: Bools
    checked: Ints
    spaces: Ints
    open: Ints
    opens: Bools
    paused: Bools
    free: Bools
    told: Bools
    language: Bools
    coming: Bools
    remote: Bools
    owner: Ints
    number: Ints
    miles: Floats
    by_road: Bools
    reach: Ints
    maybe: Bools
    access: Bools
    columns: Columns
    labels: Labels
    services: Ints

    def __len__(self) -> int:
        return len(self.keys)

    def numbers_of(self, at: Ints) -> list[list[int]]:
        """Which documents of some services fit: their places in Document order."""
        begins, ends = np.searchsorted(self.owner, at), np.searchsorted(self.owner, at, "right")
        return [self.number[begin:end].tolist() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
