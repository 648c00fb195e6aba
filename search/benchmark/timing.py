"""Milliseconds, and megabytes at most: how long calls took, and how much memory a process had at its largest."""

import re
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, thread_time
from typing import TypeVar

T = TypeVar("T")
MB = 1_000_000


@dataclass(slots=True)
class Samples:
    """The milliseconds that some calls took, and those of them in which the processor worked on it: others may use the machine as well."""

    taken: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def timed(self, call: Callable[[], T]) -> T:
        """Call, and note how long it took."""
        begin, working = perf_counter(), thread_time()
        answer = call()
        self.worked.append((thread_time() - working) * 1000)
        self.taken.append((perf_counter() - begin) * 1000)
        return answer

    def at(self, share: float) -> float | None:
        """The milliseconds within which this share of the calls was done (0.95); None without any call."""
        return quantile(self.taken, share)

    def __len__(self) -> int:
        return len(self.taken)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that this share of the values does not exceed; None of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def most_memory() -> float:
    """The most memory this process has held so far, in MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not the system's count of the process, which begins with what its parent held.
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024 / MB
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MB if sys.platform == "darwin" else most * 1024 / MB


def size_of(folder: Path) -> float:
    """What the files of a folder take, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MB
