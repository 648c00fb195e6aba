"""What is wrong with one row, gathered, so that whoever puts it right is told everything at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from directory.states import WrongState

# About the row as a whole.
ROW_ITSELF = NON_FIELD_ERRORS


class Faults:
    """Texts by column. Of one column only what was found first is told: the rest may come of it."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, column: str, *texts: str) -> None:
        """Something is wrong with this column."""
        self._found.setdefault(column, list(texts))

    @contextmanager
    def gathered(self, columns: dict[str, str] | None = None) -> Iterator[None]:
        """What a verb refuses within, is kept and not raised. columns: what the verb's fields are called in the spreadsheet, where otherwise."""
        try:
            yield
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {ROW_ITSELF: error.messages}
            for name, texts in told.items():
                self.add((columns or {}).get(name, name), *texts)
        except WrongState as error:
            self.add(ROW_ITSELF, str(error))

    def refused(self) -> ValidationError:
        """What was found, to be raised: {column: [text]}."""
        return ValidationError(self._found)
