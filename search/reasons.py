"""What the parts of a score say in plain words, for the few services that are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from directory.freshness import ago
from search.engines.document import Document
from search.query import Query, Spot
from search.reach import Reach, Way
from search.scoring import PARTS, Scores

DAY_NAMES = {
    "MO": "Mondays",
    "TU": "Tuesdays",
    "WE": "Wednesdays",
    "TH": "Thursdays",
    "FR": "Fridays",
    "SA": "Saturdays",
    "SU": "Sundays",
}


HAS_THE_NAME = "Has the name you typed"
STRAIGHT = "in a straight line"
# From a village or a half postcode: nearer than this is no distance.
SURELY_AWAY = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a score: need, text, reach, freshness, open_space or access."""

    part: str
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """A service's score for one query; `way` is the best of its documents' ways, None where no place was given or none reaches.

    `not_known` says in words what the sentence wishes and nothing tells of this service.
    """

    parts: tuple[Part, ...]
    way: Way | None
    not_known: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


def explained(scores: Scores, at: int, document: Document, query: Query) -> Score:
    """The score of one of the services, with the reason of each part; `document` is any of its documents."""
    way = scores.way(at)
    texts = (
        _need(scores, at, query),
        _text(scores, at, query),
        _reach(way, query),
        f"Checked {ago(document.checked_on)}" if document.checked_on else "Not checked yet",
        _open_space(scores, at, document, query),
        _access(scores, at, query),
    )
    points = scores.parts[:, at].tolist()
    return Score(tuple(map(Part, PARTS, points, texts)), way, _not_known(scores, at, query) if query.wished else ())


def _need(scores: Scores, at: int, query: Query) -> str:
    rows = scores.rows
    called = {**dict(zip(query.need, query.called, strict=False)), **{guess.slug: guess.name for guess in query.needs}}
    names = [called.get(slug) or slug.replace("-", " ") for slug, who in zip(rows.slugs, rows.needs, strict=True) if who[at]]
    return f"For {listed([name[:1].lower() + name[1:] for name in names])}" if names else ""


def _text(scores: Scores, at: int, query: Query) -> str:
    rows = scores.rows
    if query.names and rows.in_name[:, at].all():
        return HAS_THE_NAME
    held = rows.in_name[:, at] | rows.in_text[:, at]
    written = [typed for typed, there in zip(query.typed, held, strict=True) if there]
    return f"Mentions {listed(written)}" if written else ""


def _reach(way: Way | None, query: Query) -> str:
    if way is None or query.place is None:
        return ""
    away = _away(way.miles, query.place, by_road=way.by_road) if way.miles is not None else ""
    covered = query.place.name if query.place.kind != "point" else "where you are"
    if not way.sure:
        return f"{'Comes to' if way.reach is Reach.COMES_TO_YOU else 'Covers'} a part of {covered}: ask whether yours is in it"
    village = query.place.kind == "village"
    return {
        Reach.COMES_TO_YOU: f"Comes to you in {covered}" if village else "Comes to you",
        Reach.COVERS_YOU: f"Covers {covered}" + (f" · {away.replace(f'the middle of {covered}', 'its middle')}" if away else ""),
        Reach.NEAR_YOU: away[:1].upper() + away[1:],
        Reach.ANYWHERE: "By phone or online, wherever you are" if way.stated else "Does not say which area it serves: phone to ask",
    }[way.reach]


def _away(miles: float, spot: Spot, *, by_road: bool) -> str:
    """How far it is, and how that was measured. From a village or a half postcode, and by the table of roads, nobody knows it to the tenth."""
    if spot.kind == "half_postcode":
        return f"{about_text(miles)} from the middle of {spot.name}" if miles >= SURELY_AWAY else f"near the middle of {spot.name}"
    if miles < (SURELY_AWAY if spot.kind == "village" else 0.1):
        return "close by"
    rough = by_road or spot.kind == "village"
    return f"{about_text(miles) if rough else miles_text(miles)} {'by road' if by_road else STRAIGHT}"


def miles_text(miles: float) -> str:
    """A distance to the tenth of a mile."""
    shown = f"{miles:.1f}".removesuffix(".0") if miles < 10 else f"{miles:.0f}"
    return f"{shown} {'mile' if shown == '1' else 'miles'}"


def about_text(miles: float) -> str:
    """A distance as people guess it: about half a mile, about 2½ miles, about 14 miles."""
    halves = max(round(miles * 2), 1) if miles < 10 else round(miles) * 2
    if halves == 1:
        return "about half a mile"
    return f"about {halves // 2}{'½' if halves % 2 else ''} {'mile' if halves == 2 else 'miles'}"


def _open_space(scores: Scores, at: int, document: Document, query: Query) -> str:
    if document.paused:
        return "Paused at the moment"
    reasons = []
    if document.spaces is not None:
        reasons.append("Has spaces" if document.spaces else "Full at the moment")
    if scores.rows.opens[at]:
        reasons.append(_open(document, query))
    return " · ".join(reasons)


def _open(document: Document, query: Query) -> str:
    if query.open == "now":
        return "Open now"
    days = [query.open] if query.open else [day for day in query.days if day in document.days]
    return f"On {listed([DAY_NAMES[day] for day in days])}" if days else "Open then"


def _access(scores: Scores, at: int, query: Query) -> str:
    rows, best = scores.rows, scores.best[at]
    known = [fact_text(fact) for fact, there in zip(query.access, rows.access, strict=True) if there[best]]
    if query.language and rows.language[at]:
        known.append("your language")
    if query.free and rows.free[at]:
        known.append("free")
    if query.who and rows.told[at]:
        known.append(f"for {query.who}" if query.age is None else f"for age {query.who}")
    text = listed(known)
    return text[:1].upper() + text[1:]


def _not_known(scores: Scores, at: int, query: Query) -> tuple[str, ...]:
    """A wish shuts out only who surely does not meet it: what passes and is not surely so, nobody knows."""
    rows, best, wished = scores.rows, scores.best[at], query.wished
    said = []
    if "free" in wished and not rows.free[at]:
        said.append("Not known to be free: ask")
    if "access" in wished:
        said += [fact_not_known(fact) for fact, there in zip(query.access, rows.access, strict=True) if not there[best]]
    if "language" in wished and not rows.language[at]:
        said.append("Its languages are not known: phone to ask")
    if "open" in wished and not rows.opens[at]:
        said.append("Its times are not known: phone to ask")
    return tuple(said)


def fact_not_known(fact: str) -> str:
    """ "Hearing loop: not known, phone to ask"."""
    return f"{fact_title(fact)}: not known, phone to ask"


def fact_title(fact: str) -> str:
    """A fact of access as it begins a line."""
    return fact_text(fact).replace("step-free", "step-free access").capitalize()


def fact_text(fact: str) -> str:
    """A fact of access in words, as inside a sentence."""
    return fact.replace("_", " ").replace("step free", "step-free")


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a row: a, b and c."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
