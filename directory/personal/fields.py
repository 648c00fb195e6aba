"""Model fields that are stored encrypted, as text.

A database cannot search or sort what it cannot read: only `__isnull` is answered; exact look-up goes through a column filled by
`directory.personal.lookup`. None stays NULL. Errors name the field and never the value.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn

from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from directory.personal import crypto

_NO_VALUES: Any = {"invalid_choice": "This is not one of the choices.", "invalid": "This value cannot be kept here."}


class EncryptedField(models.Field):
    """What the encrypted fields share; mixed in before the field whose values they keep."""

    to_text: Callable[[Any], str]
    from_text: Callable[[str], Any]

    def get_internal_type(self) -> str:
        return "TextField"

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else crypto.encrypt(self.to_text(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            # bulk_update() makes expressions of the field's own kind, whose values come through here too.
            if isinstance(value.output_field, EncryptedField):
                return value
            raise FieldError(f"{self}: an expression of the database would be stored without encryption.")
        return self.get_prep_value(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        try:
            return self.from_text(crypto.decrypt(value))
        except crypto.CannotDecrypt as error:
            raise crypto.CannotDecrypt(f"{self}: {error}") from None
        except ValueError:
            # Python's own error would carry the text.
            raise crypto.CannotDecrypt(f"{self}: this value was made by a field of another kind.") from None

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            self._refuse(lookup_name)
        return models.Field.get_lookup(self, lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        self._refuse(lookup_name)

    def _refuse(self, lookup_name: str) -> NoReturn:
        raise FieldError(f"{self} is encrypted: the database cannot answer '{lookup_name}'. Use __isnull, or a look-up column.")


class EncryptedTextField(EncryptedField, models.TextField):
    """Text; an empty string is stored encrypted like any other."""

    default_error_messages = _NO_VALUES

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> str:
        return text


class EncryptedBinaryField(EncryptedField, models.BinaryField):
    """Bytes, such as a small picture; the stored text is about 1.8 times as long."""

    default_error_messages = _NO_VALUES

    def to_text(self, value: Any) -> str:
        return b64encode(bytes(value)).decode("ascii")

    def from_text(self, text: str) -> bytes:
        return b64decode(text, validate=True)


class EncryptedDateField(EncryptedField, models.DateField):
    """A calendar day."""

    default_error_messages = _NO_VALUES

    def to_python(self, value: Any) -> date | None:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError("Write a date such as 2026-09-30.", code="invalid") from None

    def to_text(self, value: Any) -> str:
        day = self.to_python(value)
        if day is None:
            raise ValidationError("Write a date such as 2026-09-30.", code="invalid")
        return day.isoformat()

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)


class EncryptedJSONField(EncryptedField, models.JSONField):
    """Lists, dictionaries and plain values, as JSON. A JSON null is not told apart from NULL."""

    default_error_messages = _NO_VALUES

    def validate(self, value: Any, model_instance: Any) -> None:
        models.Field.validate(self, value, model_instance)
        self.to_text(value)

    def to_text(self, value: Any) -> str:
        try:
            return json.dumps(value, cls=self.encoder or DjangoJSONEncoder, allow_nan=False, separators=(",", ":"))
        except (TypeError, ValueError, RecursionError):
            raise ValidationError("This value cannot be written as JSON.", code="invalid") from None

    def from_text(self, text: str) -> Any:
        return json.loads(text, cls=self.decoder)
