"""One formula for both engines: a score is the sum of named parts, whole points of 1,000, each with a plain reason.

The need comes first (hand-mapped by people), the words break ties, distance fades and never divides, age of a check fades gently.
"""

from dataclasses import dataclass
from datetime import date

from directory.freshness import ago
from search.engines.base import Document, Hit
from search.query import Query
from search.reach import Reach, Way, limit, way

NEED = 500
TEXT = 150
REACH = 200
FRESHNESS = 50
OPEN_SPACE = 50
ACCESS = 50

FRESH_HALF_LIFE_DAYS = 365
NEVER_CHECKED = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a score: need, text, reach, freshness, open_space or access."""

    part: str
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """A service's score for one query; `way` is the best of its documents' ways, None where no place was given or none reaches."""

    parts: tuple[Part, ...]
    way: Way | None

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


def score(hit: Hit, query: Query, *, today: date) -> Score:
    """How well a candidate answers the query, with the reasons."""
    document, best = _best(hit, query)
    return Score(
        (
            _need(document, query),
            _text(hit, query),
            _reach(document, best, query),
            _freshness(document, today),
            _open_space(document, query),
            _access(document, query),
        ),
        best,
    )


def fits(hit: Hit, query: Query) -> bool:
    """The floor: below it the honest answer is that nothing fits. A need in question is met, or half of the words are there."""
    if not query.asks:
        return True
    met = {guess.slug for guess in query.needs}.intersection(hit.documents[0].needs)
    return bool(met) or (bool(query.words) and 2 * len(hit.words) >= len(query.words))


def rank_key(hit: Hit, scored: Score) -> tuple[object, ...]:
    """Best first; what is equal goes by name, then by id, so that pages never overlap."""
    return (-scored.points, hit.documents[0].name.casefold(), hit.service)


def _best(hit: Hit, query: Query) -> tuple[Document, Way | None]:
    """The document that reaches the place best, and its way."""
    ways = [(way(document, query), document) for document in hit.documents]
    reaching = [(found, document) for found, document in ways if found is not None]
    if not reaching:
        return hit.documents[0], None
    found, document = max(reaching, key=lambda pair: (_reach_points(pair[0], query), -(pair[0].miles or 0.0), pair[1].id))
    return document, found


def _need(document: Document, query: Query) -> Part:
    met = [guess for guess in query.needs if guess.slug in document.needs]
    asked = [slug for slug in query.need if slug in document.needs]
    doubt = 0.0 if asked else 1.0
    for guess in met:
        doubt *= 1 - guess.confidence
    names = [guess.name or guess.slug.replace("-", " ") for guess in met]
    names += [slug.replace("-", " ") for slug in asked if slug not in {guess.slug for guess in met}]
    return Part("need", round(NEED * (1 - doubt)), f"For {_listed(names)}" if names else "")


def _text(hit: Hit, query: Query) -> Part:
    written = [typed for word, typed in zip(query.words, query.typed, strict=True) if word in hit.words]
    return Part("text", round(TEXT * hit.text), f"Mentions {_listed(written)}" if written else "")


def _reach_points(found: Way, query: Query) -> int:
    """comes_to_you whole; near fades evenly to half at the limit; covered but beyond what people travel counts less."""
    if found.reach is Reach.COMES_TO_YOU:
        return REACH
    if found.reach is Reach.COVERS_YOU:
        return round(REACH * (0.95 if found.miles is None or found.miles <= limit(query) else 0.6))
    if found.reach is Reach.NEAR_YOU:
        return round(REACH * (0.95 - 0.45 * (found.miles or 0.0) / limit(query)))
    return round(REACH * (0.4 if found.stated else 0.2))


def _reach(document: Document, found: Way | None, query: Query) -> Part:
    if found is None or query.place is None:
        return Part("reach", 0, "")
    away = miles_text(found.miles) if found.miles is not None else ""
    covered = query.place.name if query.place.kind != "point" else "where you are"
    village = query.place.kind == "village"
    text = {
        Reach.COMES_TO_YOU: f"Comes to you in {covered}" if village else "Comes to you",
        Reach.COVERS_YOU: f"Covers {covered}" + (f" · {away}" if away else ""),
        Reach.NEAR_YOU: away,
        Reach.ANYWHERE: "By phone or online, wherever you are" if found.stated else "Does not say which area it serves: phone to ask",
    }[found.reach]
    return Part("reach", _reach_points(found, query), text)


def miles_text(miles: float) -> str:
    """A distance as people say it."""
    if miles < 0.1:
        return "Close by"
    shown = f"{miles:.1f}" if miles < 10 else f"{miles:.0f}"
    return f"{shown} {'mile' if shown == '1.0' else 'miles'} away"


def _freshness(document: Document, today: date) -> Part:
    if document.checked_on is None:
        return Part("freshness", NEVER_CHECKED, "Not checked yet")
    days = max(0, (today - document.checked_on).days)
    points = NEVER_CHECKED + round((FRESHNESS - NEVER_CHECKED) * 0.5 ** (days / FRESH_HALF_LIFE_DAYS))
    return Part("freshness", points, f"Checked {ago(document.checked_on)}")


def _open_space(document: Document, query: Query) -> Part:
    """Spaces lift a little, a full group sinks a little; open now or that day counts only where it was asked."""
    if document.paused:
        return Part("open_space", 0, "Paused at the moment")
    reasons = []
    points = {True: OPEN_SPACE // 2, None: OPEN_SPACE // 4, False: 0}[document.spaces]
    if document.spaces is not None:
        reasons.append("Has spaces" if document.spaces else "Full at the moment")
    if query.open:
        points += OPEN_SPACE // 2
        reasons.append("Open now" if query.open == "now" else f"On {DAY_NAMES[query.open]}")
    return Part("open_space", points, " · ".join(reasons))


DAY_NAMES = {
    "MO": "Mondays",
    "TU": "Tuesdays",
    "WE": "Wednesdays",
    "TH": "Thursdays",
    "FR": "Fridays",
    "SA": "Saturdays",
    "SU": "Sundays",
}


def _access(document: Document, query: Query) -> Part:
    """Each thing that was asked and is surely there counts; nothing asked, nothing counted."""
    known: list[str] = []
    asked = len(query.access) + bool(query.language) + query.free + bool(query.who)
    known += [fact.replace("_", " ").replace("step free", "step-free") for fact in query.access if f"{fact}:yes" in document.access]
    if query.language and query.language in document.languages:
        known.append("your language")
    if query.free and document.free:
        known.append("free")
    if query.who and (document.who or document.min_age is not None or document.max_age is not None):
        known.append(f"for {query.who}" if query.age is None else f"for age {query.who}")
    if not asked or not known:
        return Part("access", 0, "")
    text = _listed(known)
    return Part("access", round(ACCESS * len(known) / asked), text[:1].upper() + text[1:])


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
