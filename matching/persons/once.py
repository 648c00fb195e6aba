"""A form that is sent twice makes one thing: its mark decides the key of what it makes, and a key exists once."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from directory.accounts.models import User


class SentAlready(ValidationError):
    """The same form was sent before, with other words in it."""

    def __init__(self) -> None:
        super().__init__("This form was sent already, with other words. Open the page anew to write down something else.")


def key_of(what: str, mark: str, by: User) -> UUID:
    """The key that this form of this user gives to what it makes: the same every time it is sent. what: "person" or "ask"."""
    return UUID(bytes=salted_hmac(f"matching.once.{what}", f"{by.pk}|{mark}", algorithm="sha256").digest()[:16], version=4)
