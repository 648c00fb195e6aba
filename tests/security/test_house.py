"""What the house keeps shut on the machine and in the page editor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from directory.accounts.models import ServiceKey
from directory.accounts.roles import Role
from tests import factories

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_home_is_not_open_to_everybody_on_the_machine(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    environment = {**os.environ, "CARESTORE_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}", "DJANGO_SETTINGS_MODULE": ""}
    done = subprocess.run(
        [sys.executable, "-c", "import carestore.settings"], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert home.stat().st_mode & 0o007 == 0


@pytest.mark.django_db
def test_nobody_changes_their_log_in_past_the_journal() -> None:
    client = Client()
    editor = factories.user(Role.EDITOR)
    client.force_login(editor)
    client.post("/admin/account/", {"name_email-email": "Other@test.example", "name_email-first_name": "A", "name_email-last_name": "B"})
    editor.refresh_from_db()
    assert editor.email != "Other@test.example"
    assert b'name="name_email-email"' not in client.get("/admin/account/").content


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 401)])
def test_a_key_of_the_demonstration_opens_nothing_outside_it(settings: object, demo: bool, status: int) -> None:
    settings.DEMO = demo  # type: ignore[attr-defined]
    account = factories.user(Role.COUNCIL_REFERRER, email="council-program@demo.example", is_service=True)
    key = ServiceKey.objects.create_key(name="demo", user=account)[1]
    assert Client().get("/api/v1/referrals/", headers={"Authorization": f"Api-Key {key}"}).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 302)])
def test_a_session_of_the_demonstration_ends_with_it(settings: object, demo: bool, status: int) -> None:
    client = Client()
    client.force_login(factories.user(Role.COORDINATOR, email="coordinator@demo.example"))
    settings.DEMO = demo  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == status
