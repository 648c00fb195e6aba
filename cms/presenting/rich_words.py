"""Markdown of listings as clean HTML. It comes from outside, so nothing but plain marks and links is let through."""

import markdown
import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "blockquote", "h3", "h4"}
# A description has no headings as large as those of the page around it.
_LOWER = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
# A page of words has a handful of links. Ten thousand brackets that nobody closes are read for a minute, on every look at the page.
MOST_OPENED = 60
_OPEN = "[<`"


def rich_words(text: str) -> SafeString:
    """The text as HTML, safe to show. Links open as they are, and lend the target no good name."""
    html = _as_html(text)
    for tag, lower in _LOWER.items():
        html = html.replace(f"<{tag}>", f"<{lower}>").replace(f"</{tag}>", f"</{lower}>")
    cleaned = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"}, link_rel="nofollow noopener"
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned by nh3 in the line above


def _as_html(text: str) -> str:
    """What is no text but a scribble of marks is shown as it stands, in plain paragraphs."""
    if sum(map(text.count, _OPEN)) > MOST_OPENED:
        return linebreaks(text, autoescape=True)
    try:
        return markdown.markdown(text, extensions=["sane_lists"], output_format="html")
    except RecursionError:
        # A list in a list in a list, a thousand deep.
        return linebreaks(text, autoescape=True)
