"""A spreadsheet that was handed in, as a file that can be read: in memory, so that what it tells of people never lies plain on a disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    """A path at which this can be read for a while, under a name of ours: theirs may hold anything.

    Where the system knows no files in memory (Linux does), it is one on the disk that is deleted afterwards.
    """
    with TemporaryDirectory() as folder:
        # By its ending the library that reads workbooks knows one.
        path = Path(folder) / ("your file.xlsx" if content.startswith(b"PK\x03\x04") else "your file")
        if not hasattr(os, "memfd_create"):
            path.write_bytes(content)
            yield path
            return
        with os.fdopen(os.memfd_create("sheet"), "wb") as file:
            file.write(content)
            file.flush()
            path.symlink_to(f"/proc/self/fd/{file.fileno()}")
            yield path
