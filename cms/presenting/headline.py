"""The sentence above the list: "4 places can help with shopping near Marsden"."""

from cms.presenting.words import counted, inside, listed
from search.query import Query
from search.results import Found

NEEDS_NAMED = 3
WORDS_NAMED = 6
# Of several needs that were understood, the sentence names those that are nearly as sure as the surest; the chips name all.
SURE_ENOUGH = 0.7


def headline(found: Found, names: dict[str, str]) -> str:
    """Names are those of the needs, by slug."""
    query = found.query
    about = subject(query, names)
    if not found.total and _narrowed(query):
        return f"Nothing on our list{f' for {about}' if about else ''}{where(query)} fits all you asked for yet"
    if not found.total:
        return f"Nothing on our list fits{f' {about}' if about else ''}{where(query)} yet"
    if about:
        return f"{counted(found.total, 'place')} can help with {about}{where(query)}"
    return f"{counted(found.total, 'place')} can help{where(query) or ' in and around the valley'}"


def _narrowed(query: Query) -> bool:
    """Whether more was asked than what and where: then it may be that alone that nothing fits."""
    return any((query.mode, query.kind, query.free, query.access, query.language, query.who, query.open, query.days, query.bbox))


def subject(query: Query, names: dict[str, str]) -> str:
    """What was asked for, as it stands in a sentence: the needs chosen, the needs understood, or the words."""
    chosen = [names.get(slug, slug) for slug in query.need]
    surest = max((guess.confidence for guess in query.needs), default=0.0)
    understood = [guess.name for guess in query.needs if guess.confidence >= SURE_ENOUGH * surest]
    needs = list(dict.fromkeys(inside(name) for name in [*understood, *chosen]))[:NEEDS_NAMED]
    if needs:
        return listed(needs, "or")
    return f"“{' '.join(query.typed[:WORDS_NAMED])}”" if query.typed else ""


def where(query: Query) -> str:
    """ " near Marsden", " within 5 miles of HD7 5AA", or nothing."""
    if query.place is None:
        return ""
    name = "you" if query.place.kind == "point" else query.place.name
    return f" within {miles(query.radius)} of {name}" if query.radius else f" near {name}"


def miles(radius: float) -> str:
    """1 mile, 2.5 miles."""
    return f"{radius:g} mile{'' if radius == 1 else 's'}"
