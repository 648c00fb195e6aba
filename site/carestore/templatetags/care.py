"""Tags and filters of the components: `{% load care %}`."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TONES = {"my-life": "heather", "my-home": "clay", "my-community": "moss", "my-care": "river"}


@register.simple_tag
@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """One drawing of icons.svg, for the eye only: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', static("carestore/icons.svg"), name
    )


@register.simple_block_tag
def notice(content: SafeString, title: str, tone: str = "river", level: int = 3) -> str:
    """The next step, with free content: {% notice "Nothing quite right?" %}…{% endnotice %}."""
    return render_to_string("components/notice.html", {"title": title, "body": content, "tone": tone, "level": level})


@register.simple_block_tag
def fold(content: SafeString, summary: str, open: bool = False) -> str:  # noqa: A002 - named as the HTML attribute it becomes
    """Free content that is folded away: {% fold "7 who cannot, and why" %}…{% endfold %}."""
    return render_to_string("components/fold.html", {"summary": summary, "body": content, "open": open})


@register.simple_tag
def kept(template_name: str, **values: Any) -> str:
    """A part of a page that its values alone decide, drawn once for the same ones: {% kept "components/result_card.html" result=card level=3 %}.

    Like `include … only`, for parts that come many times. The values are frozen, so that equal ones are drawn alike.
    """
    try:
        return _drawn(template_name, tuple(values.items()))
    except TypeError:  # a value that is not frozen
        return render_to_string(template_name, values)


@register.simple_tag
def kept_cards(cards: Iterable[Any], level: int = 3) -> SafeString:
    """Results as the lines of a list, each card drawn once for the same values: <ol class="plain">{% kept_cards finding.cards %}</ol>."""
    return mark_safe("".join(f"<li>{kept('components/result_card.html', result=card, level=level)}</li>" for card in cards))  # noqa: S308 - drawn by a template


@lru_cache(maxsize=1500)
def _drawn(template_name: str, values: tuple[tuple[str, Any], ...]) -> str:
    return render_to_string(template_name, dict(values))


@register.filter
def tel(phone: str) -> str:
    """A telephone number as the address of a link. The trunk zero in "+44 (0)1484" is left out."""
    return "tel:" + re.sub(r"[^\d+]", "", str(phone).replace("(0)", ""))


# What is said in one breath: M-1042, HD7 5AA or the HD7 5 of an area, 01632 960 123.
IN_ONE_BREATH = re.compile(r"\b(?:[A-Z]-\d+|[A-Z]{1,2}\d[A-Z\d]? \d(?:[A-Z]{2})?|0\d{2,4} \d{3} ?\d{3,4})\b")


@register.filter
def whole(text: Any) -> SafeString:
    """Words in which no number, postcode or telephone number is broken at the end of a line. Markup is left as it is."""
    said = conditional_escape(str(text))  # what a page tells after a step is markup only once it is words
    if "<" in said:
        return said
    return mark_safe(IN_ONE_BREATH.sub(r'<span class="whole">\g<0></span>', said))  # noqa: S308 - escaped above


@register.filter
def tone(slug: str) -> str:
    """The tone of an element by its slug; stone for anything else."""
    return TONES.get(str(slug), "stone")


@register.filter
def icon_of(slug: str) -> str:
    """The icon of an element by its slug; a pin for anything else."""
    return str(slug) if str(slug) in TONES else "pin"


KIND_WORDS = {
    "This field is required.": "Please answer this.",
    "Enter a valid email address.": "Part of this e-mail address is missing. It looks like name@example.org.",
    "Enter a valid date.": "We cannot read this date. Write it like 6/11/2026.",
    "Enter a valid time.": "We cannot read this time. Write it like 14:30.",
    "Enter a whole number.": "Please write a number without a point.",
    "Enter a number.": "Please write a number.",
    "Enter a valid URL.": "This web address is not whole. It looks like https://example.org.",
}
TOO_LONG = re.compile(r"Ensure this value has at most (\d+) characters? \(it has (\d+)\)\.")


@register.filter
def kindly(error: Any) -> str:
    """An error of Django's own fields in words that say what to do; our own errors as they are."""
    said = str(error)
    if long := TOO_LONG.fullmatch(said):
        return f"This is too long: {long[2]} letters and spaces, and there is room for {long[1]}."
    return "Please choose one of these." if said.startswith("Select a valid choice.") else KIND_WORDS.get(said, said)


@register.filter
def as_start(label: Any) -> str:
    """A label with a sentence to follow: "Your name" becomes "Your name:", a question stays one."""
    said = str(label).strip()
    return said if said.endswith(("?", ":", ".")) else f"{said}:"


@register.filter
def listed(value: Any) -> list[Any]:
    """A list of what was given: one word or number becomes a list of one, nothing an empty one."""
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


@register.filter
def text_of(value: Any) -> Any:
    """The words of a part that may be a plain string or an object with `text`."""
    if isinstance(value, dict):
        return value.get("text", "")
    return getattr(value, "text", value)


@register.filter
def under(cells: Iterable[Any], columns: Iterable[Any] | None) -> Iterator[tuple[Any, Any]]:
    """Pairs of column and cell of one row; a row as long as it is, a column where there is one."""
    names = list(columns or [])
    for place, cell in enumerate(cells):
        yield (names[place] if place < len(names) else ""), cell


@register.filter
def answer(value: Any) -> str:
    """yes, no or unknown, from True, False, None or those words."""
    words = {True: "yes", False: "no", None: "unknown", "": "unknown"}
    return words.get(value, "unknown") if value not in ("yes", "no") else str(value)


@register.filter
def cells_of(row: Any) -> list[Any]:
    """The cells of a row of a table or a figure: its `cells`, the row itself where it is a list, or the row as its only cell."""
    cells = row.get("cells") if isinstance(row, dict) else getattr(row, "cells", None)
    if cells is not None:
        return list(cells)
    return list(row) if isinstance(row, (list, tuple)) else [row]


HIDDEN_AT_MOST = 7  # the count rule hides 1 to 7, so a hidden bar is drawn as long as the longest it could be


@register.filter
def bar_widths(figure: Any) -> list[dict[str, Any]]:
    """Rows of a figure with a width in per cent for each bar: [{label, bars: [{series, shown, width, hidden}]}].

    A cell without a count is hidden by the count rule and drawn hatched at the largest it could be, so that its length tells nothing.
    """
    rows = _part(figure, "rows")
    series = _part(figure, "series")
    longest = max((_count(cell) for row in rows for cell in cells_of(row)), default=0) or 1
    return [
        {
            "label": _part(row, "label"),
            "bars": [
                {
                    "series": name,
                    "shown": _part(cell, "shown"),
                    "hidden": _part(cell, "count") is None,
                    "width": round(100 * _count(cell) / longest, 1),
                }
                for name, cell in under(cells_of(row), series)
            ],
        }
        for row in rows
    ]


def _part(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def _count(cell: Any) -> int:
    count = _part(cell, "count")
    return HIDDEN_AT_MOST if count is None else int(count)
