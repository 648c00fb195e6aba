"""Forms as a browser without JavaScript fills them in."""

from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from directory.models import Service


class Inputs(HTMLParser):
    """What a browser without JavaScript would post from the page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = self.textarea = ""
        self.many = False
        self.first_option: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.values.setdefault(name, []).append(given.get("value", "on" if given.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select, self.first_option, self.many = name, None, "multiple" in given
        elif tag == "option" and self.select:
            if self.first_option is None:
                self.first_option = given.get("value", "")
            if "selected" in given:
                self.values.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            if not self.many:
                self.values.setdefault(self.select, [self.first_option or ""])
            self.select = ""
        if tag == "textarea":
            self.values[self.textarea][0] = self.values[self.textarea][0].removeprefix("\n")
            self.textarea = ""


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def filled(client: Client, name: str, service: Service, /, **changes: object) -> dict[str, object]:
    """The form as the page gives it, with these answers changed."""
    return {**Inputs(page(client, name, service.pk)).values, **changes}
