"""What a claim is for: a whole organisation, with every listing of it."""

from dataclasses import dataclass

from directory.models import Service

MOST = 10


@dataclass(frozen=True)
class Scope:
    """The page where it began, the names of all listings that visitors see, as far as they are told, and how many more there are."""

    organisation: str
    page: str
    names: tuple[str, ...]
    more: int

    @property
    def many(self) -> int:
        """All of them."""
        return len(self.names) + self.more

    @property
    def pages(self) -> str:
        """In one line of a mail."""
        return f"all {self.many} pages of “{self.organisation}”" if self.many > 1 else f"the page of “{self.page}”"

    @property
    def listed(self) -> str:
        """Which they are, below that line; empty where it is one."""
        lines = [f"- {name}" for name in self.names] + ([f"- and {self.more} more"] if self.more else [])
        return "\n\n" + "\n".join(lines) if self.many > 1 else ""


def scope_of(service: Service) -> Scope:
    """What whoever claims this listing asks for: all of its organisation. Two queries at most."""
    rows = Service.objects.public().filter(organisation=service.organisation_id).order_by("name", "id")
    names = tuple(rows.values_list("name", flat=True)[: MOST + 1])
    return Scope(service.organisation.name, service.name, names[:MOST], rows.count() - MOST if len(names) > MOST else 0)
