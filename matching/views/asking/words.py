"""What was answered at /ask/, in words: for the last look of who asked, and for the coordinator who rings."""

from typing import Any

from django.urls import reverse

from matching.asking import steps
from matching.models import Ask, CallBack, Enquiry
from matching.persons.needs import needs_coded
from matching.views.asking.help_forms import PARTS
from matching.views.asking.people_forms import KNOWS, MAY_KNOW

TITLES = {
    steps.ABOUT: "What would help",
    steps.WHERE: "Where it is needed",
    steps.ANSWERS: "These may help already",
    steps.WHOM: "Who needs the help",
    steps.AGE: "18 or over",
    steps.KIND: "The kind of help",
    steps.THEM: "About the person",
    steps.OFTEN: "How often, how soon",
    steps.WHEN: "When it suits",
    steps.YOU: "Your name",
    steps.CONTACT: "How we reach you",
    steps.REACH: "Safe for you",
    steps.UNDERSTAND: "To understand each other",
    steps.GIVE: "What you could give",
    steps.CHECK: "Is this right?",
}
# The same lines as a coordinator reads them.
AT_THE_DESK = {
    **TITLES,
    steps.YOU: "Who asks",
    steps.CONTACT: "How we reach them",
    steps.REACH: "Safe to contact",
    steps.GIVE: "What they could give",
}
_VOICEMAIL = {"yes": "A message is fine", "no": "Leave no message"}


def rows_of(enquiry: Enquiry, *, change: bool = True) -> list[dict[str, Any]]:
    """The lines of the summary component; with a way back to each step where it can still be changed."""
    rows, titles = [], TITLES if change else AT_THE_DESK
    for step in steps.steps_of(enquiry):
        if step in enquiry.answers and step not in (steps.ANSWERS, steps.AGE):
            lines = lines_of(step, enquiry)
            rows.append({"label": titles[step], "value": lines, "change_url": reverse("ask-step", args=[step]) if change else ""})
    return rows


def lines_of(step: str, enquiry: Enquiry) -> list[str]:
    """What was said in one step, line by line."""
    said = enquiry.answers.get(step, {})
    return [line for line in _LINES[step](said, enquiry) if line]


def _about(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    return [said.get("words", ""), f"Kind of help: {enquiry.need.name}" if enquiry.need is not None else ""]


def _whom(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    if enquiry.person is not None and enquiry.whom == Enquiry.Whom.FAMILY:
        return [enquiry.person.name]
    return [str(enquiry.get_whom_display())]


def _them(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    return [said.get("their_name", ""), said.get("relation", ""), said.get("their_phone", ""), dict(KNOWS).get(said.get("knows", ""), "")]


def _often(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    return [_label(Ask.Often, said.get("often")), _label(Ask.Urgency, said.get("urgency"))]


def _reach(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    return [
        _label(CallBack.When, said.get("ring")),
        _VOICEMAIL.get(said.get("voicemail", ""), ""),
        dict(MAY_KNOW).get(said.get("may_answer", ""), ""),
    ]


def _understand(said: dict[str, Any], enquiry: Enquiry) -> list[str]:
    return [*(need.label for need in needs_coded(said.get("codes", []))), said.get("more", "")]


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else ""


_LINES: dict[str, Any] = {
    steps.ABOUT: _about,
    steps.WHERE: lambda said, enquiry: [said.get("place", "")],
    steps.WHOM: _whom,
    steps.KIND: lambda said, enquiry: [enquiry.need.name if enquiry.need is not None else ""],
    steps.THEM: _them,
    steps.OFTEN: _often,
    steps.WHEN: lambda said, enquiry: [dict(PARTS).get(part, "") for part in said.get("when", [])] or ["Any time"],
    steps.YOU: lambda said, enquiry: [said.get("name", ""), said.get("postcode", "")],
    steps.CONTACT: lambda said, enquiry: [said.get("phone", ""), said.get("email", "")],
    steps.REACH: _reach,
    steps.UNDERSTAND: _understand,
    steps.GIVE: lambda said, enquiry: [said.get("give", "")],
}
