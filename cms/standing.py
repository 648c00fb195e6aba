"""Which page of the editors, if any, gives its words to a fixed address."""

from cms.models import FinderPage, FixedAddress, HomePage, StandardPage
from cms.public_state import once


@once
def home_words() -> HomePage | None:
    """The live home page that anybody may read."""
    return HomePage.objects.live().public().order_by("path").first()


@once
def finder_words() -> FinderPage | None:
    """The live words of the finder that anybody may read."""
    return FinderPage.objects.live().public().order_by("path").first()


def standing_words(address: FixedAddress) -> StandardPage | None:
    """The first live page whose words stand at this address."""
    return StandardPage.objects.live().public().filter(stands_at=address).order_by("path").first()
