"""Somebody at the pages, without JavaScript: reads what they say, fills in a form by its labels, presses a button, goes where it leads."""

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from directory.accounts.models import User

# The host that every installation answers to, wherever it stands.
HOST = "127.0.0.1"


class Visitor:
    """One person with one browser. Every page must answer; a form that comes back with faults answers 400, and that is a failure too."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(SERVER_NAME=HOST)
        self.filled: dict[str, Any] = {}
        if user is not None:
            self.client.force_login(user)

    def opens(self, address: str) -> "Visitor":
        return self._shown(self.client.get(address, follow=True))

    def follows(self, words: str) -> "Visitor":
        """The first link of the page that says so."""
        link = next(link for link in self.page.select("main a[href]") if words in text_of(link))
        return self.opens(str(link["href"]))

    def fills(self, label: str, value: Any) -> "Visitor":
        """A question, by its label; a choice by its words (of radio buttons too: the question, then the words); True for a tick."""
        self.filled[label] = value
        return self

    def presses(self, button: str, under: str = "") -> "Visitor":
        """The first button whose words begin so (below the heading `under`), with all that its form holds."""
        pressed = next(found for found in self._buttons(under) if text_of(found).startswith(button))
        form = pressed.find_parent("form")
        assert form is not None
        data = dict(filled_in(form, self.filled))
        if pressed.get("name"):
            data[str(pressed["name"])] = pressed.get("value", "")
        address = str(form.get("action") or self.address)
        self.filled = {}
        send = self.client.post if form.get("method") == "post" else self.client.get
        return self._shown(send(address, data, follow=True))

    @property
    def reads(self) -> str:
        """All words of the page."""
        main = self.page.select_one("main")
        return text_of(main) if main is not None else text_of(self.page)

    def lists(self, selector: str) -> list[str]:
        """The words of each part of the page that fits."""
        return [text_of(part) for part in self.page.select(selector)]

    def _buttons(self, under: str) -> list[Tag]:
        if not under:
            return self.page.select("main button")
        heading = next(found for found in self.page.select("h1, h2, h3") if text_of(found).startswith(under))
        return heading.find_all_next("button")

    def _shown(self, response: Any) -> "Visitor":
        assert response.status_code == 200, (response.status_code, response.content.decode()[:2_000])
        self.address = response.request["PATH_INFO"]
        self.page = BeautifulSoup(response.content, "html.parser")
        for number in self.page.select("span.whole"):  # it keeps a line together, and no gap is seen around it
            number.unwrap()
        self.page.smooth()
        return self


def filled_in(form: Tag, answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a browser would send: all that stands in the form, with these answers put in. A label that is not there is a fault."""
    data: dict[str, Any] = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        values = standing_in(control)
        if values is not None:
            data.setdefault(str(control["name"]), []).extend(values)
    for label, answer in answers.items():
        name, values = answered(form, label, answer)
        data[name] = values
    yield from data.items()


def standing_in(control: Tag) -> list[str] | None:
    """What a control holds now; None where it sends nothing."""
    if control.name == "textarea":
        return [control.get_text().lstrip("\n")]
    if control.name == "select":
        chosen = control.select("option[selected]") or control.select("option")[:1]
        return [str(option.get("value", text_of(option))) for option in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [str(control.get("value", "on"))] if control.has_attr("checked") else None
    return [str(control.get("value", ""))]


def answered(form: Tag, label: str, answer: Any) -> tuple[str, list[str]]:
    """The name of the control behind a label, and what an answer makes it send."""
    found = next((one for one in form.select("label") if text_of(one).startswith(label)), None)
    if found is None:
        question = next(one for one in form.select("legend") if text_of(one).startswith(label))
        return answered(question.find_parent("fieldset") or form, answer, True)
    control = form.find(id=found["for"])
    assert isinstance(control, Tag)
    name = str(control["name"])
    if control.name == "select":
        option = next(option for option in control.select("option") if answer in (text_of(option), option.get("value")))
        return name, [str(option.get("value"))]
    if control.get("type") in ("checkbox", "radio"):
        return name, [str(control.get("value", "on"))] if answer else []
    return name, [str(answer)]


def text_of(part: Tag) -> str:
    """The words of a part of a page, each gap one space."""
    return " ".join(part.get_text(" ").split())
