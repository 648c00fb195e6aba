"""/styleguide/: every component, drawn by the templates that the pages use, with the words at the top of its file."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from carestore.specimens import Specimen, groups
from directory.accounts.doors import PUBLIC, door

TONES = [
    ("moss", "actions, yes, near you, My Community"),
    ("heather", "volunteers, My Life"),
    ("clay", "attention, My Home"),
    ("river", "links, the next step, My Care"),
    ("stone", "what is quiet or not known"),
]


def described(name: str) -> str:
    """What a component's file says about itself: the comment at its top. Raises ValueError where it says nothing."""
    source = get_template(f"components/{name}.html").template.source  # type: ignore[attr-defined]
    words = re.match(r"{% comment %}\n(.+?)\n{% endcomment %}", source, re.DOTALL)
    if words is None:
        raise ValueError(f"components/{name}.html does not say what it is for.")
    return words[1]


def shown(specimen: Specimen, request: HttpRequest) -> dict[str, Any]:
    """A specimen as the page needs it."""
    template = get_template(f"components/{specimen.name}.html")
    return {
        "title": specimen.title,
        "name": specimen.name,
        "when": specimen.when,
        "described": [(name, described(name)) for name in (specimen.name, *specimen.shows_also)],
        "drawn": [template.render(context, request) for context in specimen.contexts],
    }


@door(PUBLIC)
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The living page of components."""
    parts = [(title, [shown(specimen, request) for specimen in specimens]) for title, specimens in groups()]
    return render(request, "styleguide/styleguide.html", {"parts": parts, "tones": TONES})
