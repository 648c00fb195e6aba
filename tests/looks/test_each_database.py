"""Looks are added up alike on SQLite and on PostgreSQL."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from directory.looks import counting, keeping, noting
from directory.looks.models import WeekOfLooks
from tests import factories
from tests.freshness.conftest import MONDAY, later  # noqa: F401


@pytest.mark.postgres
def test_two_minutes_of_one_week(each_store: str, later: Any, settings: Any, tmp_path: Path) -> None:  # noqa: F811
    settings.CARESTORE_HOME = tmp_path
    with later(0):
        service, other = factories.service(name="Lunch"), factories.service(name="Walks")
        for minute, pk in ((0, service.pk), (0, other.pk), (1, service.pk)):
            path = noting.folder() / f"20261123T110{minute}"
            path.parent.mkdir(exist_ok=True)
            with path.open("a") as file:
                file.write(f"{pk.hex}\n")
            if minute:
                keeping.take_in()
        assert counting.lately([service.pk, other.pk]) == {service.pk: 2, other.pk: 1}
        assert WeekOfLooks.objects.get(service=service).week == date(2026, 11, 23)
        with path.open("a") as file:
            file.write(f"{service.pk.hex}\n")
        keeping.take_in()
        assert counting.lately([service.pk]) == {service.pk: 3}
