"""A file that comes with a form about people is taken into memory: it never lies plain on a disk, also where the server is cut off."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class InMemory(FileUploadHandler):
    """Takes the first file of a form, and no more of it than one byte too many. most: so many bytes are not too many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.kept = BytesIO()
        self.begun = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.begun:
            raise SkipFile
        self.begun = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept.write(raw_data[: self.most + 1 - self.kept.tell()])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field_name, "handed in", self.content_type, size, self.charset)
