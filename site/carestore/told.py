"""What a page tells after a step (Django's messages) may hold words about somebody: in the session it lies locked away, as in every other table."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage

from directory.personal.crypto import CannotDecrypt, decrypt, encrypt


class LockedMessages(SessionStorage):
    """In the session, encrypted. What no key opens any more is not told."""

    def serialize_messages(self, messages: Sequence[Any]) -> str:
        """As text that says nothing."""
        return encrypt(super().serialize_messages(messages))

    def deserialize_messages(self, data: list[Any] | str | None) -> list[Message]:
        """What was locked away; nothing where nothing was, or where it was not locked."""
        try:
            told = super().deserialize_messages(decrypt(data)) if isinstance(data, str) else []
        except CannotDecrypt:
            return []
        return list(told or [])
