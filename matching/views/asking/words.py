"""What was answered at /ask/, in words: for the last look of who asked, and for the coordinator who rings."""

from typing import Any

from django.urls import reverse

from matching.asking import steps
from matching.models import Ask, CallBack, Enquiry
from matching.persons.homes import is_outside
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
GO_ON = "Send it all the same: we talk with you about who helps there."
_VOICEMAIL = {"yes": "A message is fine", "no": "Leave no message"}


def rows_of(enquiry: Enquiry) -> list[dict[str, Any]]:
    """The lines of the summary component for who asked, with a way back to each step."""
    own = enquiry.whom == Enquiry.Whom.SELF
    rows = [(step, {"label": TITLES[step], "value": lines_of(step, enquiry, of_oneself=own)}) for step in _told(enquiry)]
    return [{**row, "hint": _outside(step, enquiry, GO_ON), "change_url": reverse("ask-step", args=[step])} for step, row in rows]


def rows_at_the_desk(enquiry: Enquiry, *, but: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The same lines for a coordinator. but: answers that stand elsewhere on the page, such as the telephone number."""
    rows = [(step, lines_of(step, enquiry, but=but)) for step in _told(enquiry)]
    shown = [(step, lines) for step, lines in rows if lines or not but & enquiry.answers[step].keys()]
    return [{"label": AT_THE_DESK[step], "value": lines, "hint": _outside(step, enquiry)} for step, lines in shown]


def before_a_call(enquiry: Enquiry) -> list[dict[str, Any]]:
    """Of the same lines, what must be known before any word with them: wherever they are named."""
    told = [step for step in (steps.REACH, steps.UNDERSTAND) if step in enquiry.answers]
    return [{"label": AT_THE_DESK[step], "value": lines} for step in told if (lines := lines_of(step, enquiry))]


def lines_of(step: str, enquiry: Enquiry, *, of_oneself: bool = False, but: frozenset[str] = frozenset()) -> list[str]:
    """What was said in one step, line by line. of_oneself: in the words of whoever it is about."""
    said = {name: value for name, value in enquiry.answers.get(step, {}).items() if name not in but}
    if step == steps.UNDERSTAND:
        return [*(need.called(of_oneself=of_oneself) for need in needs_coded(said.get("codes", []))), *filter(None, [said.get("more")])]
    return [line for line in _LINES[step](said, enquiry) if line]


def _told(enquiry: Enquiry) -> list[str]:
    return [step for step in steps.steps_of(enquiry) if step in enquiry.answers and step not in (steps.ANSWERS, steps.AGE)]


def _outside(step: str, enquiry: Enquiry, then: str = "") -> str:
    """Nothing is refused because of it. then: what comes of it, for who asked."""
    outside = step == steps.YOU and is_outside(enquiry.answers[step].get("postcode", ""))
    return f"As far as we know, this postcode lies outside the area where we help. {then}".strip() if outside else ""


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
    steps.GIVE: lambda said, enquiry: [said.get("give", "")],
}
