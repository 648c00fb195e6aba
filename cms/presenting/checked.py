"""How fresh a listing is, in the words of a tag."""

import re
from dataclasses import dataclass

from directory import freshness
from directory.models import Service

_HOW = {
    Service.CheckedHow.OWNER: "The group itself said so.",
    Service.CheckedHow.PHONE: "Somebody rang and asked.",
    Service.CheckedHow.LINK: "The group itself said so.",
    Service.CheckedHow.IMPORT: "The list it came from said so.",
    Service.CheckedHow.REFERRAL: "Somebody got help there.",
}


@dataclass(frozen=True)
class Checked:
    """`text` for the tag, `old` where the check is overdue, `how` it was checked as a sentence."""

    text: str
    old: bool
    how: str = ""

    @property
    def tone(self) -> str:
        return "clay" if self.old else "moss"


def checked(service: Service) -> Checked:
    """Checked 12 days ago; or, of something that only an old list knows: Not checked since 2013."""
    old, by_list = freshness.is_old(service), service.checked_how == Service.CheckedHow.IMPORT
    year = str(service.checked_at.year) if service.checked_at and by_list else source_year(service)
    if year and old and (by_list or service.checked_at is None):
        return Checked(f"Not checked since {year}", old=True)
    how = _HOW.get(Service.CheckedHow(service.checked_how), "") if service.checked_at and service.checked_how else ""
    return Checked(freshness.checked_words(service), old, how)


def source_year(service: Service) -> str:
    """The year of the source, as far as it tells one."""
    found = re.match(r"(19|20)\d\d", service.source_date)
    return found.group() if found else ""
