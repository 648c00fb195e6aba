"""Settings that make no sense stop the product at its start, with a sentence that names the variable and tells no secret."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from carestore import env

ROOT = Path(__file__).resolve().parents[2]
FIELD_KEY = Fernet.generate_key().decode()
GOOD = {
    "SECRET_KEY": "a" * 40,
    "FIELD_KEYS": FIELD_KEY,
    "LOOKUP_KEY": "b" * 40,
    "JOURNAL_KEY": "c" * 40,
    "BASE_URL": "https://store.example.org",
    "EMAIL_URL": "smtp://us%40er:pass%2Fword@mail.example.org:587",
}
SHOW = "import json; from carestore import settings as s; print(json.dumps([s.DEBUG, s.DEMO, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.MODULES]))"


def start(home: Path, code: str = "import carestore.settings", **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with these variables and no others; None takes one away."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {**GOOD, "CARESTORE_HOME": str(home), **variables}
    environment = {**kept, **{name: value for name, value in given.items() if value is not None}, "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"}
    return subprocess.run([sys.executable, "-c", code], env=environment, cwd=home, capture_output=True, text=True)


def test_good_settings_start_and_are_safe(tmp_path: Path) -> None:
    answer = start(tmp_path, SHOW)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith('[false, false, ["store.example.org"')
    assert ", true, " in answer.stdout
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS"),
        ({"LOOKUP_KEY": None}, "LOOKUP_KEY"),
        ({"JOURNAL_KEY": None}, "JOURNAL_KEY"),
        ({"JOURNAL_KEY": "short"}, "at least 32 characters"),
        ({"FIELD_KEYS": "not-a-key"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"{FIELD_KEY},"}, "FIELD_KEYS"),
        ({"JOURNAL_KEY": GOOD["LOOKUP_KEY"]}, "different key"),
        ({"DEMO": "1"}, "DEMO=1 opens well-known passwords"),
        ({"DEMO": "perhaps"}, "DEMO is 'perhaps'"),
        ({"BASE_URL": "store.example.org"}, "BASE_URL"),
        ({"MODULES": "directory,teleport"}, "MODULES names teleport"),
        ({"SEARCH_URL": "localhost:9200"}, "SEARCH_URL"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL"),
    ],
)
def test_bad_settings_stop_it_with_a_plain_sentence(tmp_path: Path, variables: dict[str, str | None], names: str) -> None:
    answer = start(tmp_path, **variables)
    assert answer.returncode != 0
    last = answer.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert names in last
    assert not [value for value in {**GOOD, **variables}.values() if value and len(value) >= 32 and value in answer.stderr]


def test_the_demonstration_makes_its_keys_once_for_its_owner_only(tmp_path: Path) -> None:
    nothing = dict.fromkeys(env.KEY_NAMES)
    local = {"DEMO": "1", "BASE_URL": "http://127.0.0.1:8000", "EMAIL_URL": None}
    assert start(tmp_path, **nothing, **local).returncode == 0
    keys = tmp_path / "keys.json"
    made = keys.read_text()
    assert keys.stat().st_mode & 0o777 == 0o600
    assert start(tmp_path, **nothing, **local).returncode == 0
    assert keys.read_text() == made
    # What is there is read without DEMO, too.
    assert start(tmp_path, **nothing).returncode == 0


def test_nothing_else_ever_makes_keys(tmp_path: Path) -> None:
    assert start(tmp_path, **dict.fromkeys(env.KEY_NAMES)).returncode != 0
    assert not (tmp_path / "keys.json").exists()


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in env.KEY_NAMES:
        monkeypatch.delenv(name)
    env.load_keys(tmp_path, make=False)
    assert "SECRET_KEY" not in os.environ
    monkeypatch.setenv("LOOKUP_KEY", "from the environment")
    env.load_keys(tmp_path, make=True)
    found = {name: os.environ[name] for name in env.KEY_NAMES}
    assert found["LOOKUP_KEY"] == "from the environment"
    assert len(set(found.values())) == len(found)
    assert min(len(value) for name, value in found.items() if name != "LOOKUP_KEY") >= 32
    Fernet(found["FIELD_KEYS"])


@pytest.mark.parametrize(("value", "means"), [("1", True), ("YES", True), (" on ", True), ("0", False), ("no", False), ("Off", False)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, value: str, means: bool) -> None:
    monkeypatch.setenv("X", value)
    assert env.boolean("X", default=not means) is means


def test_what_is_empty_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "  ")
    assert env.boolean("X", default=True) is True
    assert env.integer("X", 8000, 1, 65535) == 8000
    assert env.words("X", frozenset({"a"}), ("a",)) == ("a",)
    assert env.web_address("X", "") == ""


@pytest.mark.parametrize("value", ["0", "65536", "-1", "8000.5", "eight", "1_000", "²", "8 000"])
def test_a_port_is_a_number_within_bounds(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT is .*: write a whole number from 1 to 65535"):
        env.integer("PORT", 8000, 1, 65535)


@pytest.mark.parametrize("value", ["ftp://x.example", "https://", "//x.example", "x.example", "http://[::1", "http://x.example:99999"])
def test_an_address_is_http_or_https(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        env.web_address("BASE_URL", "")


def test_mail_goes_where_the_address_says() -> None:
    found = env.email_settings(GOOD["EMAIL_URL"])
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us@er", "pass/word")
    assert env.email_settings("smtps://mail.example.org")["EMAIL_PORT"] == 465
    assert env.email_settings("smtp://mail.example.org?tls=0")["EMAIL_USE_TLS"] is False
    assert str(env.email_settings("file:///tmp/mail")["EMAIL_BACKEND"]).endswith("filebased.EmailBackend")


@pytest.mark.parametrize("value", ["", "smtp://", "imap://secret:word@x.example", "smtp://secret:word@x.example:port"])
def test_a_mail_address_that_cannot_be_tells_no_password(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as caught:
        env.email_settings(value)
    assert "word" not in str(caught.value).replace("password", "")


def test_every_variable_is_documented() -> None:
    """docs/settings.md names each variable that is read, and no other."""
    read = {"CARESTORE_HOME", *env.KEY_NAMES}
    for path in (ROOT / "site" / "carestore").rglob("*.py"):
        read |= set(re.findall(r'env\.\w+\("([A-Z_]+)"', path.read_text()))
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    told = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert told == read


def test_an_empty_value_means_the_default(tmp_path: Path) -> None:
    show = "from carestore import settings as s; print(s.SITE_NAME, s.BASE_URL, s.EMAIL_BACKEND, s.DATABASES['default']['ENGINE'])"
    names = (
        "SITE_NAME",
        "SITE_PHONE",
        "SITE_ADDRESS",
        "BASE_URL",
        "EMAIL_URL",
        "MAIL_FROM",
        "DATABASE_URL",
        "MODULES",
        "PAGE_CACHE_SECONDS",
    )
    empty = start(tmp_path, show, **dict.fromkeys(names, ""))
    without = start(tmp_path, show, **dict.fromkeys(names))
    assert empty.returncode == 0, empty.stderr
    assert empty.stdout == without.stdout


def test_an_empty_key_is_taken_from_the_file(tmp_path: Path) -> None:
    env.load_keys(tmp_path, make=True)
    show = "from carestore import settings as s; print(s.SECRET_KEY)"
    kept = json.loads((tmp_path / "keys.json").read_text())["SECRET_KEY"]
    assert start(tmp_path, show, SECRET_KEY="").stdout.strip() == kept


def test_a_command_says_in_one_sentence_what_is_not_set(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "CARESTORE_HOME": str(tmp_path)}
    command = [sys.executable, str(ROOT / "manage.py"), "harvest", "--help"]
    answer = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 1
    assert re.fullmatch(r"SECRET_KEY is not set\. [^\n]*manage\.py setup[^\n]*\n", answer.stderr), answer.stderr


@pytest.mark.parametrize(("demo", "address"), [("1", "http://127.0.0.1:8010"), ("0", "http://127.0.0.1:8000")])
def test_links_in_mails_lead_to_the_port_of_the_demonstration(tmp_path: Path, demo: str, address: str) -> None:
    show = "from carestore import settings as s; print(s.BASE_URL)"
    assert start(tmp_path, show, DEMO=demo, PORT="8010", BASE_URL=None).stdout.strip() == address
