"""What the tests of files handed in share: a folder of their own, an editor, and the worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory import seeding
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.uploads import working
from directory.uploads.models import Upload
from directory.uploads.states import AT_WORK
from search import known
from tests import factories

GOOD = "Group,What,Ring\nLunch Club,A hot lunch.,01484 223197\nTea afternoon,Tea and company.,01484 223198\n"


@pytest.fixture(autouse=True)
def ground(db: None, settings: Any, tmp_path: Path) -> None:
    settings.CARESTORE_HOME = tmp_path
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()
    seeding.load_needs()


@pytest.fixture
def editor() -> User:
    return factories.user(Role.EDITOR)


@pytest.fixture
def hand_in(editor: User, client: Client) -> Callable[..., Upload]:
    """Hand in a file with the browser; the upload as it is then."""
    client.force_login(editor)

    def go(content: str | bytes = GOOD, name: str = "groups.csv", source: str = "Town list") -> Upload:
        raw = content.encode() if isinstance(content, str) else content
        answer = client.post(reverse("uploads"), {"source": source, "file": SimpleUploadedFile(name, raw)})
        assert answer.status_code == 302, answer.content.decode()
        return Upload.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[1])

    return go


@pytest.fixture
def work() -> Callable[..., None]:
    """Rounds of the worker until it has nothing to do."""

    def go(most: int = 200) -> None:
        for _ in range(most):
            if not Upload.objects.filter(state__in=AT_WORK).exists():
                return
            working.work_some()
        raise AssertionError("The worker never comes to an end.")

    return go


def columns(upload: Upload, *ours: str) -> dict[str, str]:
    """What the form of columns sends."""
    return {"do": "columns", **{f"column-{number}": name for number, name in enumerate(ours)}}
