"""Lists of the desk, in the shape of the work_list component."""

from dataclasses import dataclass

MOST = 30


@dataclass(frozen=True)
class Work:
    """One line of the list, in the shape of the work_list component."""

    title: str
    url: str
    meta: str
    due: str = ""
    tag: str = ""
    tone: str = ""
    late: bool = False


@dataclass(frozen=True)
class Section:
    """One list of the day."""

    title: str
    rows: list[Work]
    empty: str

    @property
    def short(self) -> str:
        """Its name where all lists are told in a row: "Visits: how were they?" is "Visits"."""
        return self.title.partition(":")[0]
