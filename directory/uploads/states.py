"""The states of a file that was handed in."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class UploadState(TextChoices):
    RECEIVED = "received", "We are looking at it"
    COLUMNS = "columns", "Say what its columns are"
    READING = "reading", "We are reading it"
    TRYING = "trying", "We are trying it out"
    TRIED = "tried", "Look at what would change"
    WRITING = "writing", "It is being written"
    STOPPED = "stopped", "Stopped half-way"
    WRITTEN = "written", "Written"
    FAILED = "failed", "It cannot be read"


# The worker has something to do.
AT_WORK = frozenset({UploadState.RECEIVED, UploadState.READING, UploadState.TRYING, UploadState.WRITING})

_STAFF, _WORKER = [Relation.OWNER], [Relation.SYSTEM]
S = UploadState

# Other columns may be said as long as nothing of the file was written.
UPLOAD = Table(
    "file",
    UploadState,
    moves(NEW, to=S.RECEIVED, by=_STAFF),
    moves(S.RECEIVED, to=S.COLUMNS, by=_WORKER),
    moves(S.COLUMNS, to=S.READING, by=_STAFF),
    moves(S.READING, to=S.TRYING, by=_WORKER),
    moves(S.TRYING, to=S.TRIED, by=_WORKER),
    moves(S.TRIED, S.FAILED, to=S.COLUMNS, by=_STAFF),
    moves(S.TRIED, S.STOPPED, to=S.WRITING, by=_STAFF),
    moves(S.WRITING, to=S.STOPPED, by=[*_STAFF, *_WORKER]),
    moves(S.WRITING, to=S.WRITTEN, by=_WORKER),
    moves(S.RECEIVED, S.READING, S.TRYING, to=S.FAILED, by=_WORKER),
)
