"""Encryption of text: what goes in comes out, nothing shows, and only the right keys open it."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given
from hypothesis import strategies as st

from directory.personal.crypto import CannotDecrypt, decrypt, encrypt, is_newest

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_goes_in_comes_out(plain):
    assert decrypt(encrypt(plain)) == plain


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=6))
def test_the_plain_text_does_not_show(plain):
    hidden = encrypt(plain)
    assume(len(plain) < len(hidden))
    assert plain not in hidden


def test_the_same_text_looks_different_each_time():
    assert encrypt("Dorothy") != encrypt("Dorothy")


def test_the_newest_key_encrypts_and_every_key_decrypts(settings):
    settings.FIELD_KEYS = [OLD]
    before = encrypt("Dorothy")
    settings.FIELD_KEYS = [NEW, OLD]
    after = encrypt("Dorothy")
    assert decrypt(before) == decrypt(after) == "Dorothy"
    assert is_newest(after)
    assert not is_newest(before)
    settings.FIELD_KEYS = [NEW]
    assert decrypt(after) == "Dorothy"
    with pytest.raises(CannotDecrypt):
        decrypt(before)


@pytest.mark.parametrize("make", [lambda: "", lambda: "Dorothy", lambda: "gAAAAA", lambda: encrypt("Dorothy")[:-5] + "AAAA="])
def test_what_cannot_be_opened_is_said_without_the_value(make):
    stored = make()
    with pytest.raises(CannotDecrypt, match="FIELD_KEYS") as error:
        decrypt(stored)
    assert "Dorothy" not in str(error.value)
    assert not stored or stored not in str(error.value)
    assert error.value.__suppress_context__
