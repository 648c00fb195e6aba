"""Alive is one thing, fit to serve another: without its guards or its worker the journal is not fit."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client

from carestore import health, worker
from directory import clock, listings
from directory.accounts.roles import Role
from directory.journal import triggers
from directory.journal.following import catch_up
from tests import factories
from tests.emptying import drop_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.CARESTORE_HOME = tmp_path
    return tmp_path


def beat(home: Path, *, ago: timedelta = timedelta()) -> None:
    (home / "worker.beat").write_text(str((clock.now() - ago).timestamp()))


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health/ready")
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(client: Client) -> None:
    drop_triggers()
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


def test_ready_with_guards_and_worker(home: Path) -> None:
    beat(home)
    catch_up()
    code, told = ready()
    assert code == 200
    assert told == {
        "database": True,
        "journal_triggers": True,
        "worker": True,
        "behind": dict.fromkeys(
            ("index", "referral_mails", "referral_checks", "referral_tasks", "offer_mails", "group_mails", "search_mails"), 0
        ),
        "tasks_waiting": 0,
        "open_data_licence": "none chosen yet",
    }


def test_not_ready_where_the_worker_never_ran_or_fell_silent(home: Path) -> None:
    assert ready()[0] == 503
    assert ready()[1]["worker"] is False
    beat(home, ago=health.WORKER_SILENT - timedelta(seconds=10))
    assert ready()[0] == 200
    beat(home, ago=health.WORKER_SILENT + timedelta(seconds=1))
    assert ready()[0] == 503
    (home / "worker.beat").write_text("nonsense")
    assert ready()[0] == 503


@pytest.mark.parametrize("name", ["journal_no_update", "journal_no_delete", "journal_in_order"])
def test_not_ready_without_one_of_the_journals_triggers(home: Path, name: str) -> None:
    beat(home)
    table = "" if connection.vendor == "sqlite" else f" ON {triggers.TABLE}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")
    code, told = ready()
    assert (code, told["journal_triggers"], told["database"]) == (503, False, True)
    triggers.install(connection)
    assert ready()[0] == 200


def test_an_index_that_lags_is_told_and_does_not_shut_the_site(home: Path) -> None:
    beat(home)
    catch_up()
    listings.create_organisation(by=factories.user(Role.EDITOR), name="Group")
    code, told = ready()
    assert code == 200
    assert told["behind"]["index"] > 0
    catch_up()
    assert ready()[1]["behind"]["index"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_round_of_the_worker_brings_the_index_to_the_head_and_beats(home: Path, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    editor = factories.user(Role.EDITOR)
    group = listings.create_organisation(by=editor, name="Group")
    listings.create_service(group, by=editor, name="Shopping Friends", summary="We go shopping.")
    assert worker.last_seen() is None
    worker.one_round()
    seen = worker.last_seen()
    assert seen is not None
    assert clock.now() - seen < health.WORKER_SILENT
    found = Client().get("/api/v1/search/", {"q": "friends"}).json()
    assert [row["name"] for row in found["results"]] == ["Shopping Friends"]


def test_nothing_about_the_site_or_its_people_is_told(home: Path) -> None:
    beat(home)
    person = factories.person()
    text = Client().get("/health/ready").content.decode()
    assert str(person.pk) not in text
    assert str(home) not in text


def test_the_systems_own_check_finds_a_missing_trigger() -> None:
    call_command("check", databases=["default"])
    drop_triggers()
    with pytest.raises(SystemCheckError, match="journal_no_update"):
        call_command("check", databases=["default"])
