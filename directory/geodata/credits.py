"""The lines that a page must show for the postcodes and areas that are loaded."""

from directory.geodata.codepoint import ATTRIBUTION
from directory.geodata.models import AreaSet, Postcode


def credits() -> list[str]:
    """One line for the postcodes, and one for the installed set where its source asks for another."""
    lines = [ATTRIBUTION] if Postcode.objects.exists() else []
    here = AreaSet.objects.filter(installed=True).first()
    if here and here.licence and here.licence not in lines:
        lines.append(f"{here}: {'. '.join(part for part in (here.source, here.licence) if part)}")
    return lines
