"""A new key: everything is encrypted again, in steps that may stop, and then the old key can go."""

from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from directory.accounts.models import User
from directory.personal import crypto
from directory.personal.rotation import Rotated, models_with_secrets, rotate

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def people(secrets, settings):
    """Five people encrypted with the old key; the new one has just been put in front."""
    settings.FIELD_KEYS = [OLD]
    for n in range(5):
        secrets.objects.create(name=f"Person {n}", born_on=date(1940 + n, 1, 1) if n else None, facts={"n": n}, village=str(n))
    settings.FIELD_KEYS = [NEW, OLD]
    return secrets


def test_after_a_rotation_the_old_key_can_go(people, stored, settings):
    sums = []
    assert rotate(people, batch=2, progress=sums.append) == Rotated(newest_already=0, changed=14, unreadable=0)
    assert len(sums) == 3
    assert sums[-1].changed == 14
    settings.FIELD_KEYS = [NEW]
    kept = people.objects.order_by("village").values_list("name", "born_on", "facts", "village")
    assert list(kept) == [(f"Person {n}", date(1940 + n, 1, 1) if n else None, {"n": n}, str(n)) for n in range(5)]
    assert all(crypto.is_newest(value) for row in stored.rows() for value in row if value)


def test_a_second_rotation_changes_nothing(people, stored):
    rotate(people)
    before = stored.rows()
    assert rotate(people) == Rotated(newest_already=14)
    assert stored.rows() == before


class Stopped(Exception):
    pass


def test_a_rotation_that_was_stopped_goes_on(people, settings):
    def stop(_):
        raise Stopped

    with pytest.raises(Stopped):
        rotate(people, batch=2, progress=stop)
    done = rotate(people, batch=2)
    assert done.newest_already in (5, 6)
    assert done.changed == 14 - done.newest_already
    settings.FIELD_KEYS = [NEW]
    assert people.objects.filter(name__isnull=False).count() == len({person.name for person in people.objects.all()}) == 5


def test_what_no_key_opens_is_counted_and_left(people, stored, settings):
    settings.FIELD_KEYS = [LOST]
    people.objects.create(name="Lost", village="9")
    before = stored.rows()[-1]
    settings.FIELD_KEYS = [NEW, OLD]
    assert rotate(people) == Rotated(changed=14, unreadable=1)
    assert stored.rows()[-1] == before


def test_every_model_with_encrypted_fields_is_found():
    assert User in models_with_secrets()
    assert all(not model._meta.proxy for model in models_with_secrets())


@pytest.mark.django_db
def test_the_command_rotates_what_the_product_keeps(settings, capsys):
    settings.FIELD_KEYS = [OLD]
    User.objects.create_user("dot@example.org", name="Dorothy")
    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_keys")
    out = capsys.readouterr().out
    assert "accounts.user: 1 values encrypted again" in out
    assert out.splitlines()[-1].startswith("ok, ")
    assert "Dorothy" not in out
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(email="dot@example.org").name == "Dorothy"
    settings.FIELD_KEYS = [LOST]
    with pytest.raises(CommandError, match="Keep every old key"):
        call_command("rotate_keys")
