"""Two workers at two files of one source at the same moment, on a SQLite file and on a PostgreSQL server: every listing is there once."""

from pathlib import Path
from typing import Any

import pytest

from directory import seeding
from directory.accounts.roles import Role
from directory.models import Service
from directory.uploads import uploads, working
from directory.uploads.files import Receiver
from directory.uploads.models import Upload
from directory.uploads.states import AT_WORK, UploadState
from tests import factories
from tests.at_once import at_once
from tests.postgres import postgres_url  # noqa: F401

ROWS = 12


@pytest.fixture(autouse=True)
def ground(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of what the other tests of this room stand on, which asks for the tests' own database."""
    settings.CARESTORE_HOME = tmp_path
    monkeypatch.setattr(working, "ROWS", 2)


@pytest.mark.postgres
def test_every_listing_once(each_store: str) -> None:
    seeding.load_needs()
    text = "Group,What\n" + "".join(f"Club {number},Words.\n" for number in range(ROWS))
    for _ in range(2):
        receiver = Receiver()
        receiver.receive_data_chunk(text.encode(), 0)
        receiver.file_complete(len(text))
        upload = uploads.receive(receiver.key, "clubs.csv", "Town list", by=factories.user(Role.EDITOR))
        working.work_some()
        upload = uploads.say_columns(Upload.objects.get(pk=upload.pk), {"Group": "name", "What": "summary"}, by=upload.made_by)
        while Upload.objects.get(pk=upload.pk).state != UploadState.TRIED:
            working.work_some()

    for upload in Upload.objects.all():
        uploads.write(upload, by=upload.made_by)

    def worker() -> None:
        for _ in range(60):
            if not Upload.objects.filter(state__in=AT_WORK).exists():
                return
            working.work_some()

    at_once([worker, worker, worker])
    assert set(Upload.objects.values_list("state", flat=True)) == {UploadState.WRITTEN}
    assert sorted(Service.objects.values_list("name", flat=True)) == sorted(f"Club {number}" for number in range(ROWS))
