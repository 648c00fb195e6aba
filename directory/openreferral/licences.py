"""Under which licence the co-op gives its listings away: its own choice, made in a setting. What other sources gave keeps theirs."""

from dataclasses import dataclass

from django.conf import settings

from directory.models import Service
from directory.openreferral.values import text
from directory.suggestions.deciding import SOURCE as SUGGESTED


@dataclass(frozen=True)
class Licence:
    """Its name, and the address at which it can be read."""

    name: str
    url: str


# By the short names of SPDX, as the setting takes them.
KNOWN = {
    "OGL-3.0": Licence("Open Government Licence 3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
    "CC-BY-4.0": Licence("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": Licence("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
NONE_CHOSEN = "none chosen yet"


def chosen() -> Licence | None:
    """The licence of what is the co-op's own; None while none is chosen."""
    return KNOWN.get(settings.OPEN_DATA_LICENCE)


def of_service(service: Service) -> str:
    """The name of the licence that holds for a listing: the one that came with it; of what was written here, the one that was chosen.

    Empty where a source named none: what is somebody else's is not ours to give.
    """
    if own := text(service.licence):
        return own
    licence = chosen()
    return licence.name if licence and text(service.source) in ("", SUGGESTED) else ""


def link() -> str:
    """For the header Link; empty while none is chosen."""
    licence = chosen()
    return f'<{licence.url}>; rel="license"' if licence else ""
