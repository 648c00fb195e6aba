"""Transactional tests leave an empty journal that is guarded again."""

import pytest
from django.db import DatabaseError

from directory.journal.heads import head
from directory.journal.models import Event
from directory.journal.triggers import triggers_ok


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_every_transactional_test_begins_empty_and_guarded(happen, turn):
    assert triggers_ok()
    happen()
    assert head().seq == 1
    with pytest.raises(DatabaseError):
        Event.objects.all().delete()
    assert head().seq == 1


@pytest.mark.django_db
def test_so_does_every_other():
    assert triggers_ok()
    assert head().seq == 0
