"""A file comes in by the browser, is tried and written by the worker: nothing half-done, nothing twice, nothing plain on a disk."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.imports import reading
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.models import Change, Service
from directory.sources.models import ImportSource
from directory.states import WrongState
from directory.uploads import files, uploads, working
from directory.uploads.models import Part, Upload
from directory.uploads.naming import likely
from directory.uploads.states import UploadState
from tests import factories
from tests.uploads.conftest import GOOD, columns

pytestmark = pytest.mark.django_db
HandIn = Callable[..., Upload]
Work = Callable[..., None]
OURS = ("name", "summary", "phone")


def state_of(upload: Upload) -> str:
    upload.refresh_from_db()
    return upload.state


def page_of(client: Client, upload: Upload, **asked: str) -> str:
    return client.get(reverse("upload", args=[upload.pk]), asked).content.decode()


def do(client: Client, upload: Upload, **told: str) -> None:
    assert client.post(reverse("upload", args=[upload.pk]), told).status_code == 302


def tried(client: Client, upload: Upload, work: Work, *ours: str) -> None:
    work()
    do(client, upload, **columns(upload, *(ours or OURS)))
    work()
    assert state_of(upload) == UploadState.TRIED, upload.error


def lying(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "uploads").iterdir()) if (tmp_path / "uploads").exists() else []


def test_from_the_form_to_the_listings(
    client: Client, hand_in: HandIn, work: Work, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    upload = hand_in()
    (file,) = lying(tmp_path)
    assert b"Lunch" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    work()
    assert state_of(upload) == UploadState.COLUMNS
    assert "A hot lunch." in page_of(client, upload)
    tried(client, upload, work)
    shown = page_of(client, upload)
    assert "2 new, 0 changed" in shown
    assert "Tea afternoon" in shown
    assert not Service.objects.exists()
    assert ImportSource.objects.get().columns == {"Group": "name", "What": "summary", "Ring": "phone"}
    do(client, upload, do="write")
    with django_capture_on_commit_callbacks(execute=True):
        work()
    assert state_of(upload) == UploadState.WRITTEN
    assert set(Service.objects.values_list("name", "source")) == {("Lunch Club", "Town list"), ("Tea afternoon", "Town list")}
    assert lying(tmp_path) == []
    assert all(part.listings == [] for part in Part.objects.all())
    assert "This was done: 2 new" in page_of(client, upload)
    assert {"upload.received", "upload.written"} <= set(Event.objects.values_list("kind", flat=True))
    assert not list(verify())


def test_the_same_again_changes_nothing_and_edits_here_stay(client: Client, hand_in: HandIn, work: Work, editor: User) -> None:
    first = hand_in()
    tried(client, first, work)
    do(client, first, do="write")
    work()
    again = hand_in()
    work()
    # What the columns are is known by now.
    assert 'value="summary" selected' in page_of(client, again)
    tried(client, again, work)
    assert "0 new, 0 changed, 2 as they were" in page_of(client, again)
    lunch = Service.objects.get(name="Lunch Club")
    listings.set_fields(lunch, {"summary": "Our own words."}, by=editor)
    third = hand_in(GOOD.replace("A hot lunch.", "Soup.").replace("01484 223198", "01484 223199"))
    tried(client, third, work)
    assert "0 new, 1 changed, 0 as they were, 1 field put up" in page_of(client, third)
    assert "01484 223199" in page_of(client, third, show="changed")
    assert "Our own words." in page_of(client, third, show="conflicts")
    assert not Change.objects.exists()
    do(client, third, do="write")
    work()
    lunch.refresh_from_db()
    assert (lunch.summary, Change.objects.get().service) == ("Our own words.", lunch)
    assert Service.objects.count() == 2


def test_bad_rows_stop_the_file_unless_left_out(client: Client, hand_in: HandIn, work: Work) -> None:
    upload = hand_in(GOOD + "Bad one,Words.,=1+1\n")
    tried(client, upload, work)
    assert "row 4" in page_of(client, upload, show="bad").lower()
    assert "column Ring" in page_of(client, upload, show="bad")
    do(client, upload, do="write")
    assert state_of(upload) == UploadState.TRIED
    told = b"".join(client.get(reverse("upload-bad-rows", args=[upload.pk])).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[0] == "row in the file,column,what is wrong,Group,What,Ring"
    assert "Bad one,Words.,'=1+1" in told
    do(client, upload, do="write_good")
    work()
    assert Service.objects.count() == 2
    # Put right, that file comes in as it is.
    mended = hand_in(told.replace("'=1+1", "01484 223190"), name="bad-rows.csv")
    tried(client, mended, work, "", "", "", *OURS)
    assert "1 new" in page_of(client, mended)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 and so on", "is a PDF"),
        (b"\xff\xfeG\x00r\x00", "UTF-16"),
        ("Group,What\n\xe9".encode("latin-1"), "UTF-8"),
        (b"   \n  ", "is empty"),
        (b"PK\x03\x04 broken", "no workbook"),
    ],
)
def test_what_cannot_be_read_is_told(client: Client, hand_in: HandIn, work: Work, content: bytes, words: str) -> None:
    upload = hand_in(content)
    work()
    assert state_of(upload) == UploadState.FAILED
    assert words in page_of(client, upload)
    do(client, upload, do="again")
    assert state_of(upload) == UploadState.FAILED


def test_workbooks_and_geojson(client: Client, hand_in: HandIn, work: Work) -> None:
    book = Workbook()
    for row in (["Group", "What", "Ring"], ["Lunch Club", "A hot lunch.", "01484 223197"]):
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    workbook = hand_in(raw.getvalue(), name="groups.xlsx")
    tried(client, workbook, work)
    assert "1 new" in page_of(client, workbook)
    point = '{"type":"Feature","properties":{"name":"Tea","summary":"Tea."},"geometry":{"type":"Point","coordinates":[-1.88,53.62]}}'
    features = hand_in(f'{{"type":"FeatureCollection","features":[{point}]}}', name="groups.geojson")
    tried(client, features, work, "name", "summary", "lat", "lon")
    assert "1 new" in page_of(client, features)


def test_too_large_is_not_kept(client: Client, editor: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 3_000_000)
    client.force_login(editor)
    answer = client.post(reverse("uploads"), {"source": "Town list", "file": SimpleUploadedFile("big.csv", b"x" * 4_000_000)})
    assert (answer.status_code, "larger than" in answer.content.decode()) == (400, True)
    assert lying(tmp_path) == []
    assert reading.MOST_BYTES == 50_000_000


@pytest.mark.parametrize(
    "told", [{"source": "", "file": b"a"}, {"source": "x" * 201, "file": b"a"}, {"source": "a", "file": b""}, {"source": "a"}]
)
def test_a_form_that_lacks_something_leaves_nothing(client: Client, editor: User, tmp_path: Path, told: dict[str, Any]) -> None:
    client.force_login(editor)
    sent = {name: SimpleUploadedFile("a.csv", value) if name == "file" else value for name, value in told.items()}
    assert client.post(reverse("uploads"), sent).status_code == 400
    assert lying(tmp_path) == []
    assert not Upload.objects.exists()


def test_a_form_without_its_token_does_nothing(editor: User, tmp_path: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    client.get(reverse("uploads"))
    sent = {"source": "Town list", "file": SimpleUploadedFile("a.csv", GOOD.encode()), "csrfmiddlewaretoken": "x" * 64}
    assert client.post(reverse("uploads"), sent).status_code == 403
    assert not Upload.objects.exists()
    assert lying(tmp_path) == []
    shown = client.get(reverse("uploads")).content.decode()
    token = shown.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent["file"] = SimpleUploadedFile("a.csv", GOOD.encode())
    assert client.post(reverse("uploads"), {**sent, "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (("name", "name", "phone"), "both name"),
        (("name", "", ""), "a summary or a description"),
        (("name", "summary", "strange"), "no column strange"),
    ],
)
def test_columns_that_make_no_sense(client: Client, hand_in: HandIn, work: Work, ours: tuple[str, ...], words: str) -> None:
    upload = hand_in()
    work()
    answer = client.post(reverse("upload", args=[upload.pk]), columns(upload, *ours), follow=True)
    assert words in answer.content.decode()
    assert state_of(upload) == UploadState.COLUMNS
    assert not ImportSource.objects.exists()


def test_other_columns_as_long_as_nothing_is_written(client: Client, hand_in: HandIn, work: Work) -> None:
    upload = hand_in()
    tried(client, upload, work, "name", "summary", "")
    do(client, upload, do="again")
    assert state_of(upload) == UploadState.COLUMNS
    tried(client, upload, work)
    do(client, upload, do="write")
    do(client, upload, do="again")
    assert state_of(upload) == UploadState.WRITING


@pytest.mark.parametrize(
    ("headings", "kept", "ours"),
    [
        (["Name", "Summary", "E-Mail"], {}, ["name", "summary", "email"]),
        (["Group", "What"], {}, ["name", "summary"]),
        (["Title", "Provider", "Post Code"], {}, ["name", "organisation", "postcode"]),
        (["Phone", "Telephone", "Colour"], {}, ["phone", "", ""]),
        (["Group", "Phone"], {"Group": "", "Phone": "name"}, ["", "name"]),
    ],
)
def test_what_a_heading_probably_is(headings: list[str], kept: dict[str, str], ours: list[str]) -> None:
    assert list(likely(headings, kept).values()) == ours


class Killed(BaseException):
    """The process ends at this point."""


def test_killed_in_the_middle_and_gone_on(client: Client, hand_in: HandIn, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "ROWS", 2)
    upload = hand_in("Group,What\n" + "".join(f"Club {number},Words {number}.\n" for number in range(7)))
    tried(client, upload, work, "name", "summary")
    do(client, upload, do="write")
    take, calls = working.take, []

    def deadly(*args: Any, **more: Any) -> None:
        calls.append(1)
        take(*args, **more)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(working, "take", deadly)
    with pytest.raises(Killed):
        work()
    # What the second part had done is taken back with it.
    assert Service.objects.count() == 2
    assert state_of(upload) == UploadState.WRITING
    work()
    assert state_of(upload) == UploadState.WRITTEN
    assert sorted(Service.objects.values_list("name", flat=True)) == [f"Club {number}" for number in range(7)]


def test_stopped_and_gone_on(client: Client, hand_in: HandIn, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "ROWS", 1)
    monkeypatch.setattr(working, "A_WHILE", 0)
    upload = hand_in()
    tried(client, upload, work)
    do(client, upload, do="write")
    working.work_some()
    do(client, upload, do="stop")
    working.work_some()
    assert Service.objects.count() == 1
    assert "50% of 2 rows" in page_of(client, upload)
    do(client, upload, do="write")
    work()
    assert (Service.objects.count(), state_of(upload)) == (2, UploadState.WRITTEN)


def test_two_files_of_one_source_at_once(client: Client, hand_in: HandIn, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "ROWS", 1)
    monkeypatch.setattr(working, "A_WHILE", 0)
    both = [hand_in(), hand_in()]
    for upload in both:
        tried(client, upload, work)
    for upload in both:
        do(client, upload, do="write")
    work()
    assert [state_of(upload) for upload in both] == [UploadState.WRITTEN] * 2
    assert Service.objects.count() == 2


def test_a_database_that_is_busy_is_asked_again(client: Client, hand_in: HandIn, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = hand_in()
    tried(client, upload, work)
    do(client, upload, do="write")
    take, faults = working.take, iter([OperationalError("database is locked")] * 2)

    def busy(*args: Any, **more: Any) -> None:
        for fault in faults:
            raise fault
        take(*args, **more)

    monkeypatch.setattr(working, "take", busy)
    work()
    assert (state_of(upload), Service.objects.count()) == (UploadState.WRITTEN, 2)


def test_one_that_never_works_is_given_up(client: Client, hand_in: HandIn, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise OperationalError("disk full")

    upload = hand_in()
    tried(client, upload, work)
    do(client, upload, do="write")
    monkeypatch.setattr(working, "take", broken)
    work(20)
    assert state_of(upload) == UploadState.STOPPED
    assert "on our side" in page_of(client, upload)


def test_whoever_may_no_more_writes_no_more(client: Client, hand_in: HandIn, work: Work, editor: User) -> None:
    upload = hand_in()
    tried(client, upload, work)
    do(client, upload, do="write")
    editor.grants.all().delete()
    work()
    assert (state_of(upload), Service.objects.exists()) == (UploadState.STOPPED, False)


def test_nobody_sees_what_others_handed_in(client: Client, hand_in: HandIn, work: Work) -> None:
    upload = hand_in(name="secret-groups.csv")
    tried(client, upload, work)
    other = factories.user(Role.EDITOR)
    for verb in (uploads.write, uploads.stop, uploads.change_columns, uploads.take_away):
        with pytest.raises((PermissionDenied, WrongState)):
            verb(upload, by=other)
    client.force_login(other)
    assert "secret-groups" not in client.get(reverse("uploads")).content.decode()
    for name in ("upload", "upload-state", "upload-bad-rows"):
        path = reverse(name, args=[upload.pk])
        assert client.get(path).status_code == 404
        assert client.post(path, {"do": "write"}).status_code in (404, 405)
    for role in (Role.PARTNER, Role.COORDINATOR):
        client.force_login(factories.user(role))
        for path in (reverse("uploads"), reverse("upload", args=[upload.pk])):
            answer = client.post(path, {"do": "write"})
            assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")
    assert state_of(upload) == UploadState.TRIED


def test_after_a_day_nothing_of_it_is_there(hand_in: HandIn, work: Work, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    upload = hand_in()
    work()
    working.work_some()
    assert Upload.objects.exists()
    Upload.objects.update(made_at=upload.made_at - timedelta(days=1, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        working.work_some()
    assert (Upload.objects.exists(), lying(tmp_path)) == (False, [])


def test_what_stands_in_the_table_is_encrypted(client: Client, hand_in: HandIn, work: Work) -> None:
    from django.db import connection

    upload = hand_in(GOOD + "Bad one,Words.,=1+1\n")
    tried(client, upload, work)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM uploads_part")
        rows = str(cursor.fetchall())
        cursor.execute("SELECT * FROM uploads_upload")
        rows += str(cursor.fetchall())
    assert "Lunch" not in rows
    assert "223197" not in rows
    assert "groups.csv" not in rows


def test_unknown_steps_and_forged_ids(client: Client, hand_in: HandIn) -> None:
    upload = hand_in()
    assert client.post(reverse("upload", args=[upload.pk]), {"do": "strange"}).status_code == 404
    assert client.get(reverse("upload", args=["6f2c1f3e-8f6c-4d65-9c1c-7f5f5f5f5f5f"])).status_code == 404
    assert client.post(reverse("upload", args=[upload.pk]), {"do": "write"}).status_code == 302
    assert state_of(upload) == UploadState.RECEIVED
    assert client.get(reverse("upload-state", args=[upload.pk])).json()["state"] == "received"


def test_what_is_not_right_is_said_in_the_title_and_takes_the_focus(client: Client, editor: User) -> None:
    client.force_login(editor)
    text = client.post(reverse("uploads"), {"source": "Town list"}).content.decode()
    assert "<title>Not right yet: Import listings" in text
    assert text.count("autofocus") == 1
    assert re.search(r'<input type="file"[^>]* aria-invalid="true" aria-describedby="file-error" autofocus>', text)


def test_the_title_says_where_a_file_stands(client: Client, hand_in: HandIn, work: Work) -> None:
    upload = hand_in()
    work()
    upload.refresh_from_db()
    assert f"<title>{upload.get_state_display()}: groups.csv" in page_of(client, upload)
