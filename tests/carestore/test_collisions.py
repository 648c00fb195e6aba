"""Two who change the same at the same moment: the one who comes second is told to look again (409), never that something is broken."""

import psycopg
from django.db import IntegrityError, OperationalError

from carestore.api import errors


def raised(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_who_comes_second_is_told_to_look_again() -> None:
    for error in (IntegrityError("idempotency_key_once"), raised(OperationalError("x"), psycopg.errors.DeadlockDetected())):
        answer = errors(error, {})
        assert answer is not None
        assert answer.status_code == 409
        assert list(answer.data) == ["errors"]
        assert "idempotency" not in str(answer.data)


def test_a_database_that_is_away_is_not_the_callers_doing() -> None:
    assert errors(OperationalError("no connection"), {}) is None
