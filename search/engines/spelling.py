"""The words of the embedded index as search.lexicon asks for them: by look-ups in the index file."""

import json
from collections.abc import Iterable

from search.engines.storage import Store, term
from search.lexicon import deletes


class IndexLexicon:
    """Keeps the protocol of search.lexicon.Lexicon."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def holds(self, stems: Iterable[str]) -> set[str]:
        connection = self._store.opened().connection
        asked = "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1"
        return {stem for stem in set(stems) if connection.execute(asked, (f'"{term(stem)}"',)).fetchone()}

    def near(self, word: str) -> list[tuple[str, int]]:
        around = json.dumps(sorted(deletes(word) | {word}))
        return list(
            self._store.opened().connection.execute(
                "SELECT word, count FROM spellings WHERE word IN"
                " (SELECT word FROM slips WHERE less IN (SELECT value FROM json_each(?))) ORDER BY word",
                (around,),
            )
        )

    def written_as(self, stems: Iterable[str]) -> dict[str, str]:
        rows = self._store.opened().connection.execute(
            "SELECT stem, word FROM spellings WHERE stem IN (SELECT value FROM json_each(?)) ORDER BY count, word DESC",
            (json.dumps(sorted(set(stems))),),
        )
        return dict(rows.fetchall())
