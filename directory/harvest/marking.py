"""HTML, as other directories write it, into the markdown of our listings. Cleaned by nh3 first; nothing that acts comes through."""

import html
import re
from html.parser import HTMLParser

import nh3

from directory.harvest.reading import mended

TAGS = {"p", "br", "div", "ul", "ol", "li", "strong", "b", "em", "i", "a", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "td", "tr"}
SCHEMES = {"http", "https", "mailto", "tel"}
BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr"}
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_HAS_TAGS = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|<!--|&lt;/?[a-z]", re.IGNORECASE)
# No description is longer, tags and all. Tags that are opened and never closed cost the square of their number.
MOST_LETTERS = 100_000
# Nothing that was taken is given back: an address of a million letters that no bracket closes would be tried once for each of them.
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*+<?((?:[^()<>\s]|\([^()]*\))*+)[^()]*+\)")
_ACTIVE = re.compile(r"\b(javascript|vbscript|data)\s*:(?=\S)", re.IGNORECASE)


def markdown(value: object, most: int) -> str:
    """Clean markdown of `most` letters at most, from HTML or from text; "" where nothing is said."""
    if not isinstance(value, str):
        return ""
    text = mended(value)[:MOST_LETTERS]
    for _ in range(3):  # Some feeds escape their HTML once more.
        if not _HAS_TAGS.search(text):
            break
        if not re.search(r"<[a-z/!]", text, re.IGNORECASE):
            text = html.unescape(text)
        text = _converted(nh3.clean(text, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None))
    if "&" in text:
        text = html.unescape(text)
    text = _LINK.sub(_checked_link, text.replace("\xa0", " "))
    text = _ACTIVE.sub(r"\1 ", re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", text))
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]+\n", "\n", text)).strip()
    return text if len(text) <= most else text[: most - 1].rsplit(None, 1)[0] + "…"


def first_words(text: str, most: int) -> tuple[str, bool]:
    """As many whole sentences of the first paragraph of a markdown text as there is room for, and whether that is all of it."""
    paragraphs = [_plain(part) for part in text.split("\n\n") if not part.lstrip().startswith("#")]
    first = next(filter(None, paragraphs), "") or _plain(text)
    if len(first) <= most:
        return first, first == text
    end = max(first.rfind(mark, 0, most) for mark in (". ", "! ", "? "))
    if end > 0:
        return first[: end + 1], False
    blank = first.rfind(" ", 0, most - 1)
    return first[: blank if blank > 0 else most - 1].rstrip(" ,;:-") + "…", False


def _plain(text: str) -> str:
    bare = _LINK.sub(r"\1", re.sub(r"^\s*(#+|[-*]|\d+\.)\s+", "", text, flags=re.MULTILINE))
    return " ".join(re.sub(r"\*{1,2}([^*]+)\*{1,2}", r"\1", bare).replace("&lt;", "<").split())


def _checked_link(found: re.Match[str]) -> str:
    return f"[{found[1]}]({found[2]})" if found[2].split(":")[0].lower() in SCHEMES else found[1]


def _converted(cleaned: str) -> str:
    reader = _Reader()
    reader.feed(cleaned)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    """Writes markdown while it reads HTML that nh3 has cleaned."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lists: list[int] = []
        self.link = ""
        self.link_at = 0
        self.opened = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._block(tag)
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self._item()
        elif tag == "td":
            self.parts.append(" ")
        elif tag == "a":
            self.link, self.link_at = dict(attrs).get("href") or "", len(self.parts)
        elif tag in MARKS:
            self.parts.append(MARKS[tag])
        self.opened = tag in MARKS

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self.link:
            self._close_link()
        elif tag in MARKS:
            self._close_mark(MARKS[tag])

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data)
        if self.opened and self.parts and text.startswith(" "):
            # Blanks belong outside of the marks.
            text = text.lstrip()
            before = self.parts[-2] if len(self.parts) > 1 else "\n"
            self.parts[-1:] = [self.parts[-1]] if before.endswith(("\n", " ")) else [" ", self.parts[-1]]
        self.opened = False
        if text.strip() or (self.parts and not self.parts[-1].endswith(("\n", " "))):
            self.parts.append(text.lstrip() if self.parts and self.parts[-1].endswith("\n") else text)

    def _block(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        self.parts.append("\n\n" + (f"{'#' * max(2, int(tag[1]))} " if tag[0] == "h" and tag != "hr" else ""))

    def _item(self) -> None:
        mark = "- "
        if self.lists and self.lists[-1]:
            mark = f"{self.lists[-1]}. "
            self.lists[-1] += 1
        self.parts.append(f"\n{mark}")

    def _close_link(self) -> None:
        words = "".join(self.parts[self.link_at :]).strip().replace("[", "").replace("]", "")
        bare = self.link.removeprefix("mailto:").removeprefix("tel:")
        shown = f"[{words}]({self.link})" if words and words != bare and "(" not in self.link and ")" not in self.link else words or bare
        self.parts[self.link_at :] = [f" {shown}" if self._needs_blank() else shown]
        self.link = ""

    def _needs_blank(self) -> bool:
        before = self.parts[self.link_at - 1] if self.link_at else ""
        opened = self.parts[self.link_at] if self.link_at < len(self.parts) else ""
        return opened.startswith(" ") and not before.endswith((" ", "\n", "**", "*"))

    def _close_mark(self, mark: str) -> None:
        """An end beside its beginning marks nothing; blanks belong outside of the marks."""
        if self.parts and self.parts[-1] == mark:
            self.parts.pop()
            return
        if self.parts:
            last = self.parts[-1]
            self.parts[-1] = last.rstrip()
            self.parts.append(mark + (" " if last != last.rstrip() else ""))
