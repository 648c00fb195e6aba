"""What tests of the desk's pages about people share: what a browser finds in a form and sends, and two telephone numbers."""

import re

from bs4 import BeautifulSoup

from tests.journeys.visitor import filled_in

LANDLINE, MOBILE = "01484 496001", "07700 900201"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def as_shown(form) -> dict[str, object]:
    """What a browser sends when nothing was touched."""
    page = BeautifulSoup(form, "html.parser").select_one("main form")
    assert page is not None
    return dict(filled_in(page, {}))


def as_shown_to(client, address: str, action: str) -> dict[str, object]:
    """What a browser sends of the form on this page whose address ends so."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    form = next(form for form in page.select("form") if str(form.get("action", "")).endswith(f"/{action}/"))
    return dict(filled_in(form, {}))
