"""A database that nobody else has, of the kind that the site has: removed at the end."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from search.benchmark.running import JobFailed


@contextmanager
def beside(address: str) -> Iterator[str]:
    """The address of a new database on the server of this one ("" for a file, which each benchmark has in its own folder).

    The site's own data is neither read nor written. Raises JobFailed where its account may not make databases.
    """
    if not address.startswith(("postgres://", "postgresql://")):
        yield ""
        return
    import psycopg

    name = f"benchmark_{secrets.token_hex(4)}"
    try:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')  # noqa: S608 - a name of ours
    except psycopg.Error as error:
        raise JobFailed(f"No database could be made on this server ({type(error).__name__}).") from error
    try:
        yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # noqa: S608 - a name of ours
