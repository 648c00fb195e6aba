"""Encrypting and decrypting text with FIELD_KEYS: the first key encrypts, every key may decrypt.

Errors never carry a value, neither plain nor encrypted.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotDecrypt(Exception):
    """A stored value that no key of FIELD_KEYS opens: the key is gone, or the value was changed or never encrypted."""


def encrypt(plain: str) -> str:
    """The text encrypted with the newest key, as ASCII. The same text gives another result each time."""
    return _keyring().encrypt(plain.encode()).decode("ascii")


def decrypt(stored: str) -> str:
    """The plain text of what encrypt() made with any of the keys. Raises CannotDecrypt."""
    try:
        return _keyring().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt(
            "No key in FIELD_KEYS opens this value. Was a key taken away before 'manage.py rotate_keys' had finished?"
        ) from None


def is_newest(stored: str) -> bool:
    """Was this value encrypted with the newest key? Then rotation has nothing to do for it."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def _keyring() -> MultiFernet:
    return _made_of(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=8)
def _made_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
