"""Several doings at the same moment, each in a thread of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(doings: list[Callable[[], Any]]) -> list[Any]:
    """What each gave or raised, all begun at the same moment in threads of their own."""
    start = Barrier(len(doings))

    def do(doing: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return doing()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(do, doings))
