"""The demonstration's own data, and what its command refuses."""

import csv
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "site" / "carestore" / "demo"


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def elements_by_need() -> dict[str, str]:
    with (ROOT / "directory" / "data" / "needs.csv").open(newline="", encoding="utf-8") as file:
        return {row["slug"]: row["element"] for row in csv.DictReader(file)}


def test_at_least_sixty_real_services_cover_all_four_elements_and_leave_the_gaps_that_exist():
    elements, services = elements_by_need(), rows("services.csv")
    served = {need for row in services for need in row["needs"].split(";") if need}
    assert len(services) >= 60
    assert served <= set(elements)
    assert {elements[need] for need in served} == {"my-life", "my-home", "my-community", "my-care"}
    assert set(elements) - served


def test_every_real_service_names_its_source_and_date_and_none_comes_from_the_map():
    for row in rows("services.csv"):
        assert row["source"], row["name"]
        assert row["source_date"], row["name"]
        assert "openstreetmap" not in (row["source"] + row["licence"]).lower()
        assert "ODbL" not in row["licence"]


def test_whoever_is_invented_is_marked():
    people = json.loads((DEMO / "people.json").read_text())["people"] + json.loads((DEMO / "volunteers.json").read_text())["volunteers"]
    logins = json.loads((DEMO / "logins.json").read_text())["logins"]
    assert all(row["name"].endswith(" Demo") for row in people + logins)
    assert all("demo" in row["organisation"].lower() for row in rows("invented_services.csv"))


def test_invented_telephone_numbers_are_those_kept_for_drama():
    text = "".join((DEMO / name).read_text() for name in ("people.json", "volunteers.json", "organisations.json", "invented_services.csv"))
    numbers = re.findall(r"\b0\d{4}[ ]?\d{6}\b", text)
    assert len(numbers) > 20
    assert all(re.match(r"01632 ?960|07700 ?900", number) for number in numbers)


def run_demo(home: Path, **environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY", "JOURNAL_KEY")}
    settings = {"CARESTORE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "carestore.settings", "EMAIL_URL": "console:"}
    command = [sys.executable, "manage.py", "demo"]
    return subprocess.run(command, cwd=ROOT, env={**clean, **settings, **environment}, capture_output=True, text=True, timeout=60)


def test_it_is_not_opened_with_production_settings(tmp_path):
    answer = run_demo(tmp_path, DEMO="1", BASE_URL="https://store.example.org")
    assert answer.returncode != 0
    assert "this machine only" in answer.stderr


def test_a_port_in_use_gets_one_plain_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run_demo(tmp_path, DEMO="1", PORT=str(port))
    assert answer.returncode != 0
    assert f"Port {port} is in use" in answer.stderr
    assert not (tmp_path / "carestore.sqlite3").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_named(tmp_path, port):
    answer = run_demo(tmp_path, DEMO="1", PORT=port)
    assert answer.returncode != 0
    assert "PORT" in answer.stderr
