"""Encrypting everything again after a new key was put in front of FIELD_KEYS.

Values of the newest key are left alone, so a rotation that was stopped goes on where it was. When it has found nothing unreadable, the old
key can be taken away.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models, transaction

from directory.personal import crypto
from directory.personal.fields import EncryptedField


class Rotated(NamedTuple):
    """What a rotation did, in values (not rows)."""

    newest_already: int = 0
    changed: int = 0
    unreadable: int = 0

    def plus(self, other: "Rotated") -> "Rotated":
        """The sum of two."""
        return Rotated(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def models_with_secrets() -> list[type[models.Model]]:
    """Every model whose own table has encrypted columns."""
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy and encrypted_fields(model)]


def encrypted_fields(model: type[models.Model]) -> list[models.Field]:
    """The encrypted columns of the model's own table."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]


def rotate(model: type[models.Model], batch: int = 500, progress: Callable[[Rotated], None] | None = None) -> Rotated:
    """Encrypt all values of one model with the newest key, batch by batch, each in a transaction of its own.

    progress is told the sum so far after each batch. Values that no key opens are counted and left as they are.
    """
    total = Rotated()
    last: Any = None
    while True:
        with transaction.atomic():
            rows = _rows(model, last, batch)
            for key, *values in rows:
                total = total.plus(_rotate_row(model, key, values))
        if not rows:
            return total
        last = rows[-1][0]
        if progress:
            progress(total)


def _rows(model: type[models.Model], last: Any, batch: int) -> Sequence[Sequence[Any]]:
    # Read as they are stored: through the model they would come decrypted.
    table, key, *columns = _quoted(model)
    after = f"WHERE {key} > %s" if last is not None else ""
    sql = f"SELECT {', '.join([key, *columns])} FROM {table} {after} ORDER BY {key} LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch] if last is None else [last, batch])
        return cursor.fetchall()


def _rotate_row(model: type[models.Model], key: Any, values: Sequence[str | None]) -> Rotated:
    table, key_column, *columns = _quoted(model)
    newest_already = changed = unreadable = 0
    for column, value in zip(columns, values, strict=True):
        if value is None:
            continue
        if crypto.is_newest(value):
            newest_already += 1
            continue
        try:
            renewed = crypto.encrypt(crypto.decrypt(value))
        except crypto.CannotDecrypt:
            unreadable += 1
            continue
        with connection.cursor() as cursor:
            # Somebody may have saved the row meanwhile, with the newest key: then there is nothing to do here.
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key_column} = %s AND {column} = %s", [renewed, key, value])  # noqa: S608
        changed += 1
    return Rotated(newest_already, changed, unreadable)


def _quoted(model: type[models.Model]) -> list[str]:
    columns = [model._meta.pk.column, *(field.column for field in encrypted_fields(model))]
    return [connection.ops.quote_name(name) for name in (model._meta.db_table, *columns) if name]
