"""What goes into the embedded index and out of it: one service at a time, in a transaction that is open."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from sqlite3 import Connection

from search import tokens
from search.engines.columns import NO_HOURS, labels_of, pack
from search.engines.document import Document
from search.engines.packing import pack_documents, unpack_documents
from search.engines.storage import term
from search.lexicon import deletes, spelled


def put(connection: Connection, documents: Sequence[Document], *, write: int) -> None:
    """Add all documents of a service that is not there. `write` is the number of the write that does it."""
    first = documents[0]
    service = connection.execute(
        "INSERT INTO services (uuid, name, url, data) VALUES (?, ?, ?, ?)",
        (first.service, first.name, first.url, pack_documents(documents)),
    ).lastrowid
    until = NO_HOURS if first.hours_to is None else first.hours_to
    connection.execute("INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?, ?)", (service, write, until, *pack(documents)))
    connection.executemany("INSERT OR IGNORE INTO labels VALUES (?, ?, ?)", [(*label, write) for label in labels_of(documents)])
    names = dict.fromkeys(token for document in documents for token in document.name_tokens)
    texts = dict.fromkeys(token for document in documents for token in document.text_tokens)
    connection.execute(
        "INSERT INTO words (rowid, name, text) VALUES (?, ?, ?)", (service, " ".join(map(term, names)), " ".join(map(term, texts)))
    )
    line = _line(first.name, names)
    connection.execute("INSERT INTO names VALUES (?, ?, ?, ?)", (first.name.casefold(), first.service, service, line))


def drop(connection: Connection, uuid: str, *, write: int) -> tuple[Document, ...]:
    """Take a service out. Returns the documents it had, without their tokens."""
    row = connection.execute("SELECT id, name, data FROM services WHERE uuid = ?", (uuid,)).fetchone()
    if row is None:
        return ()
    service, name, data = row
    for table in ("services", "columns"):
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (service,))  # noqa: S608 - the two names above
    connection.execute("DELETE FROM words WHERE rowid = ?", (service,))
    connection.execute("DELETE FROM names WHERE sort = ? AND uuid = ?", (name.casefold(), uuid))
    connection.execute("INSERT INTO gone VALUES (?, ?)", (service, write))
    return unpack_documents(data)


class Tally:
    """Words and titles to be counted up and down, gathered so that many services cost each word one statement."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._titles: Counter[tuple[str, str]] = Counter()

    def count(self, documents: Sequence[Document], by: int) -> None:
        """Count the words and titles of one service up (1) or down (-1)."""
        if not documents:
            return
        for word in _words(documents):
            self._words[word] += by
        for title in dict.fromkeys(_titles(documents)):
            self._titles[title] += by

    def write(self, connection: Connection) -> None:
        """Bring the counts into the tables; words that nobody writes any more go, with their slips."""
        words = [(word, tokens.stem(word), count) for word, count in self._words.items() if count]
        new = [word for word, _, _ in words if spelled(word) and not _is_known(connection, word)]
        connection.executemany(
            "INSERT INTO spellings VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET count = count + excluded.count", words
        )
        connection.executemany("INSERT OR IGNORE INTO slips VALUES (?, ?)", sorted((less, word) for word in new for less in _slips(word)))
        fewer = [(word,) for word, _, count in words if count < 0]
        ended = [word for (word,) in fewer if connection.execute("SELECT count <= 0 FROM spellings WHERE word = ?", (word,)).fetchone()[0]]
        connection.executemany("DELETE FROM slips WHERE less = ? AND word = ?", [(less, word) for word in ended for less in _slips(word)])
        connection.executemany("DELETE FROM spellings WHERE word = ?", [(word,) for word in ended])
        titles = [(kind, name.casefold(), name, _line(name), count) for (kind, name), count in self._titles.items() if count]
        connection.executemany(
            "INSERT INTO titles VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, sort, name) DO UPDATE SET count = count + excluded.count", titles
        )
        if any(count < 0 for *_, count in titles):
            connection.execute("DELETE FROM titles WHERE count <= 0")


def _slips(word: str) -> set[str]:
    """Under what a word is looked up: as it is, and less one letter."""
    return deletes(word) | {word}


def _is_known(connection: Connection, word: str) -> bool:
    return connection.execute("SELECT 1 FROM spellings WHERE word = ?", (word,)).fetchone() is not None


def _words(documents: Sequence[Document]) -> Iterable[str]:
    first = documents[0]
    places = (document.place.name for document in documents if document.place is not None)
    return tokens.written((first.name, first.organisation, first.summary, first.who_for, *places))


def _titles(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    if documents[0].organisation:
        yield "organisation", documents[0].organisation
    for document in documents:
        if document.place is not None and document.place.name:
            yield "place", document.place.name


def _line(name: str, more: Iterable[str] = ()) -> str:
    """The words of a name, each behind a blank, and the stems of other names that do not begin any of them."""
    words = tokens.split(name)
    line = " " + " ".join(words)
    return line + "".join(f" {stem}" for stem in more if f" {stem}" not in line)
