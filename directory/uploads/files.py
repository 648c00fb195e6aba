"""The files themselves: encrypted while they come in, and never plain on a disk, not even while they are read."""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers

from directory import clock
from directory.imports.faults import BadFile
from directory.imports.reading import MOST_BYTES
from directory.personal.crypto import CannotDecrypt, decrypt, encrypt

PIECE = 1_000_000


class Receiver(FileUploadHandler):
    """Takes the first file of a form, encrypts it piece by piece as it comes, and stops at the size that imports take."""

    chunk_size = 64 * 2**10

    def __init__(self) -> None:
        super().__init__()
        self.key = uuid4()
        self.name = ""
        self.size = 0
        self.too_large = False
        self._waiting = b""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        if self.name:
            raise SkipFile
        self.name = (self.file_name or "file").replace("\0", "")[-150:]
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MOST_BYTES:
            self.too_large = True
            self.throw_away()
            raise SkipFile
        self._waiting += raw_data
        if len(self._waiting) >= PIECE:
            self._put()

    def file_complete(self, file_size: int) -> None:
        if self._waiting:
            self._put()

    def throw_away(self) -> None:
        """Leave nothing behind."""
        self._waiting = b""
        erase(self.key)

    def _put(self) -> None:
        path = _path(self.key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
            file.write(encrypt(b64encode(self._waiting).decode("ascii")).encode("ascii") + b"\n")
        self._waiting = b""


@contextmanager
def opened(key: UUID, name: str) -> Iterator[Path]:
    """The plain file for as long as it is read, in memory alone, under the name that it had. Raises BadFile where it is not there any more."""
    memory = os.memfd_create("upload", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(memory), "wb") as plain, _path(key).open("rb") as file:
            for line in file:
                plain.write(b64decode(decrypt(line.decode("ascii").strip())))
    except (FileNotFoundError, CannotDecrypt) as error:
        os.close(memory)
        raise BadFile("The file is not here any more. Hand it in again.") from error
    try:
        with TemporaryDirectory(prefix="upload-") as folder:
            path = Path(folder) / _safe(name)
            path.symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield path
    finally:
        os.close(memory)


def erase(key: UUID) -> None:
    """Take the file away; nothing happens where there is none."""
    _path(key).unlink(missing_ok=True)


def erase_left_behind(known: set[UUID], *, older_than: float) -> None:
    """Files that no row knows, of forms that broke off. `older_than`: in seconds."""
    folder = _path(uuid4()).parent
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in map(str, known) and path.stat().st_mtime < clock.now().timestamp() - older_than:
            path.unlink(missing_ok=True)


def _path(key: UUID) -> Path:
    return Path(settings.CARESTORE_HOME) / "uploads" / str(key)


def _safe(name: str) -> str:
    """A name without folders, and with an ending: what reads workbooks asks for one."""
    kept = "".join(letter for letter in Path(name).name if letter.isprintable() and letter not in "/\\").strip(". ") or "file"
    return kept.encode()[-200:].decode(errors="ignore")
