"""Triggers by which the database itself refuses to change, remove, empty or misnumber the journal.

They are made again after every migrate, and missed by a system check, `/health/ready` and `verify_journal`.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from directory.journal.models import Event

TABLE = Event._meta.db_table

_REFUSED = "journal: events are never changed or removed"
_ORDER = "journal: the next event has the next number"
_NEXT = f"(SELECT COALESCE(MAX(seq), 0) + 1 FROM {TABLE})"  # noqa: S608

SQLITE = {
    "journal_no_update": f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    "journal_no_delete": f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    # Also stops INSERT OR REPLACE where somebody's connection has recursive_triggers off.
    "journal_in_order": f"CREATE TRIGGER journal_in_order BEFORE INSERT ON {TABLE} WHEN NEW.seq <> {_NEXT}"
    f" BEGIN SELECT RAISE(ABORT, '{_ORDER}'); END",
}

_FUNCTIONS = {
    "journal_refuse": f"BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END",
    "journal_keep_order": f"BEGIN IF NEW.seq <> {_NEXT} THEN RAISE EXCEPTION '{_ORDER}'"
    " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END",
}
POSTGRESQL = {
    "journal_no_update": ("BEFORE UPDATE", "ROW", "journal_refuse"),
    "journal_no_delete": ("BEFORE DELETE", "ROW", "journal_refuse"),
    "journal_no_truncate": ("BEFORE TRUNCATE", "STATEMENT", "journal_refuse"),
    "journal_in_order": ("BEFORE INSERT", "ROW", "journal_keep_order"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger, also where it is there already. Does nothing in a database without the table."""
    if TABLE not in connection.introspection.table_names():
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, sql in SQLITE.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(sql)
            return
        for function, body in _FUNCTIONS.items():
            cursor.execute(f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$")
        for name, (when, each, function) in POSTGRESQL.items():
            cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {when} ON {TABLE} FOR EACH {each} EXECUTE FUNCTION {function}()")
            cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER {name}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers (and, on SQLite, of the setting) that are not there, switched off, or do something else."""
    if TABLE not in connection.introspection.table_names():
        return []
    return _missing_on_sqlite(connection) if connection.vendor == "sqlite" else _missing_on_postgresql(connection)


def triggers_ok(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Does the database guard the journal? False without the table, too."""
    connection = connections[alias]
    return TABLE in connection.introspection.table_names() and not missing(connection)


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of post_migrate."""
    install(connections[using])


def check_triggers(*, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """System check: run by `migrate`, and by `check --database default`."""
    return [
        Error(
            f"The journal's table in database '{alias}' is not guarded: {', '.join(names)}.",
            hint="Find out why (manage.py verify_journal), then make the triggers again with 'manage.py migrate --skip-checks'.",
            id="journal.E001",
        )
        for alias in databases or []
        if (names := missing(connections[alias]))
    ]


def _missing_on_sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        found = dict(cursor.fetchall())
        cursor.execute("PRAGMA recursive_triggers")
        replacing_is_seen = cursor.fetchone()[0] == 1
    names = [name for name, sql in SQLITE.items() if found.get(name) != sql]
    return names if replacing_is_seen else [*names, "recursive_triggers"]


def _missing_on_postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, btrim(p.prosrc) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = to_regclass(%s) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')",
            [TABLE],
        )
        found = dict(cursor.fetchall())
    return [name for name, (_, _, function) in POSTGRESQL.items() if found.get(name) != _FUNCTIONS[function]]
