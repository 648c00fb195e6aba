"""Who can sign in to the demonstration, and the ready-made API keys."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from directory.accounts.granting import grant
from directory.accounts.models import ServiceKey, User
from directory.accounts.roles import Role

HERE = Path(__file__).parent
PASSWORD = "care-store-demo"  # noqa: S105 - the point of it is that everybody knows it
DOMAIN = "demo.example"
ROLES = {
    "person": Role.PERSON,
    "family": Role.FAMILY,
    "volunteer": Role.VOLUNTEER,
    "partner": Role.PARTNER,
    "partner2": Role.PARTNER,
    "careworker": Role.CARE_WORKER,
    "coordinator": Role.COORDINATOR,
    "safeguarding": Role.SAFEGUARDING_LEAD,
    "council": Role.COUNCIL_REFERRER,
    "analyst": Role.ANALYST,
    "editor": Role.EDITOR,
    "admin": Role.ADMINISTRATOR,
}
KEYS = {"council": Role.COUNCIL_REFERRER, "analyst": Role.ANALYST}


def read(name: str) -> dict:
    """One of the demonstration's JSON files."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def make_logins() -> dict[str, User]:
    """One user for each log-in, by its name before the @."""
    # One hash for all: the password is the same, and scrypt is slow on purpose.
    users, password = {}, make_password(PASSWORD)
    for row in read("logins.json")["logins"]:
        user = User.objects.create(email=f"{row['role']}@{DOMAIN}", password=password, name=row["name"])
        grant(user, ROLES[row["role"]], by=None)
        users[row["role"]] = user
    return users


def make_keys(home: Path) -> Path:
    """API keys of two service accounts, written with the log-ins to demo.json (readable by its owner only)."""
    keys = {}
    for name, role in KEYS.items():
        account = User.objects.create_user(f"{name}-program@{DOMAIN}", name=f"{name.title()} program (demo)", is_service=True)
        grant(account, role, by=None)
        keys[name] = ServiceKey.objects.create_key(name=f"demo {name}", user=account)[1]
    logins = {role: f"{role}@{DOMAIN}" for role in ROLES}
    path = home / "demo.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"url": settings.BASE_URL, "password": PASSWORD, "logins": logins, "keys": keys}, indent=1) + "\n")
    return path
