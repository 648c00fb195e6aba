"""What the tests of personal data share: a model with every encrypted field, on each database."""

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection, models

from directory.personal.fields import EncryptedBinaryField, EncryptedDateField, EncryptedJSONField, EncryptedTextField


class Secret(models.Model):
    """A person as the product keeps one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = EncryptedTextField(default="")
    born_on = EncryptedDateField(null=True)
    facts = EncryptedJSONField(null=True)
    picture = EncryptedBinaryField(null=True)
    village = models.CharField(max_length=40, default="")

    class Meta:
        app_label = "personal_tests"

    def __str__(self) -> str:
        return str(self.pk)


@pytest.fixture
def secrets(each_database: str) -> Iterator[type[Secret]]:
    """The model, with its table."""
    with connection.schema_editor() as editor:
        editor.create_model(Secret)
    return Secret


@pytest.fixture
def stored() -> "Stored":
    """What really stands in the table."""
    return Stored()


class Stored:
    """Reads a table without the model."""

    def rows(self, columns: str = "name, born_on, facts") -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM personal_tests_secret ORDER BY village")
            return cursor.fetchall()
