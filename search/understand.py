"""From what a person types to a Query: needs, place, wishes, an offer of help, repaired spelling, and the words that stay.

Pure: the needs' model and words, the places, the words of the index and the time are passed in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from search import tokens
from search.denials import what_is_wanted
from search.lexicon import Lexicon, WordList, repair
from search.needs_model import NeedsModel
from search.offers import offers_help
from search.query import NeedGuess, Query, Spot
from search.speech import plain_speech
from search.spots import BEFORE_A_PLACE, Gazetteer, capitalised, given_spot, name_in, postcode_meant
from search.vocabulary import Vocabulary
from search.when import in_days
from search.wishes import Wish, wishes_in

NEEDS_MAX = 4
# So many words of a question are read for places, wishes and needs: in a long story the village often comes last.
READ_MOST = 120
# Wishes that tell no need: a question of nothing but these and a place asks for everything there.
SAYS_NO_NEED = frozenset(("open", "free", "radius", "mode"))
SMALL_WORDS = BEFORE_A_PLACE | {
    "a",
    "and",
    "anything",
    "are",
    "is",
    "me",
    "my",
    "on",
    "please",
    "something",
    "the",
    "there",
    "what",
    "whats",
    "s",
}
# A need below this, or far below the surest one, is not counted as understood.
DOUBTFUL = 0.12
FAR_BELOW = 0.25
# However sure the first is, READINGS_MAX are told, with at least this.
FAINTEST = 0.001
NAME_MOST = 6
# Below this the surest of several needs is a reading to choose from.
SURE = 0.5
READINGS_MAX = 3

_WHERE_I_AM = re.compile(r"\b(near|around|close to|by) (me|here|us)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What the understanding knows: the needs' model, the site's own words for them, places, and the words of the listings.

    `spelling` are the words of places and needs, for repairing a slip.
    """

    model: NeedsModel
    vocabulary: Vocabulary
    places: Gazetteer
    lexicon: Lexicon
    spelling: WordList


def make_words(model: NeedsModel, vocabulary: Vocabulary, places: Gazetteer, lexicon: Lexicon) -> Words:
    """Everything the understanding knows."""
    known = dict(places.words())
    for word, count in vocabulary.written.items():
        known[word] = known.get(word, 0) + 10 * count
    return Words(model, vocabulary, places, lexicon, WordList(known))


def understand(query: Query, words: Words, *, now: datetime) -> Query:
    """The query with everything filled in that its sentence says, less what the query itself takes off (Query.off).

    A filter or place given by itself goes before one in the sentence. `now` is an aware moment, for "tonight".
    Raises BadQuery where the place given by itself is not known.
    """
    given = given_spot(query, words.places)
    look_for_place = given is None and query.means("place")
    text = _WHERE_I_AM.sub(" ", query.q)
    found: Spot | None = None
    if look_for_place:
        found, text = postcode_meant(text, words.places)
    typed = tokens.split(plain_speech(text))[:READ_MOST]
    repaired, changed = _repair(typed, words) if query.means("spelling") else (typed, {})
    query = _with_wishes(query, repaired, now)
    rest = _without(repaired, query.wishes)
    if look_for_place and found is None:
        found, rest = name_in(
            rest, capitalised(text), words.places, lambda word: words.model.everyday(word) or words.vocabulary.knows(tokens.stem(word))
        )
    stems = [tokens.stem(word) for word in rest if word not in tokens.STOP_WORDS]
    needs, faint = _needs(query, stems, words) if _says_a_need(rest, query.wishes) else ((), ())
    if not query.means("words"):
        rest, stems = [], []
    shown = {tokens.stem(word): word for word in reversed(rest) if word not in tokens.STOP_WORDS}
    order = tuple(dict.fromkeys(stems))[: tokens.QUERY_TOKENS_MAX]
    return replace(
        query,
        words=order,
        typed=tuple(shown[word] for word in order),
        corrected=_shown_correction(query.q, changed),
        names=_may_be_a_name(order, words),
        needs=needs,
        faint=faint,
        unsure=len(needs) > 1 and needs[0].confidence < SURE,
        offer=query.means("offer") and offers_help(repaired),
        place=given or found,
    )


def _says_a_need(rest: list[str], wishes: tuple[Wish, ...]) -> bool:
    """Is anything left beside a place, a time, and the small words around them?"""
    return not (SMALL_WORDS.issuperset(rest) and SAYS_NO_NEED.issuperset(wish.field for wish in wishes))


def _may_be_a_name(stems: tuple[str, ...], words: Words) -> bool:
    """A few words may be what a service or a group is called; a single one only where it means nothing else."""
    return 1 < len(stems) <= NAME_MOST or len(stems) == 1 and not words.model.knows_stem(stems[0])


def _repair(typed: list[str], words: Words) -> tuple[list[str], dict[str, str]]:
    """The words with slips repaired, and what was changed. Words that anything knows are never touched."""
    place_words = words.places.words()
    doubtful = [
        word
        for word in dict.fromkeys(typed)
        if not (word in tokens.STOP_WORDS or word in place_words or words.vocabulary.knows(tokens.stem(word)) or words.model.knows(word))
    ]
    held = words.lexicon.holds(map(tokens.stem, doubtful)) if doubtful else set()
    changed: dict[str, str] = {}
    for word in doubtful:
        if tokens.stem(word) in held:
            continue
        meant = repair(word, words.lexicon, words.spelling.near(word))
        if meant is not None:
            changed[word] = meant
    return [changed.get(word, word) for word in typed], changed


def _shown_correction(q: str, changed: Mapping[str, str]) -> str:
    """The question as it was understood, or an empty text where nothing was repaired."""
    if not changed:
        return ""
    return re.sub(r"[^\W_]+", lambda match: changed.get(tokens.fold(match.group()), match.group()), q)


def _with_wishes(query: Query, typed: list[str], now: datetime) -> Query:
    """The query with the filters that its sentence wishes, where it does not set them itself."""
    given = {
        "mode": query.mode,
        "free": query.free,
        "open": query.open,
        "language": query.language,
        "access": query.access,
        "who": query.who,
        "radius": query.radius,
    }
    wishes = tuple(wish for wish in wishes_in(typed) if not given[wish.field] and query.means(wish.field, wish.value))
    by_field = {wish.field: wish.value for wish in wishes}
    times = in_days(by_field["open"], now) if "open" in by_field else None
    return replace(
        query,
        mode=(by_field["mode"],) if "mode" in by_field else query.mode,
        free="free" in by_field or query.free,
        language=by_field.get("language", query.language),
        access=tuple(sorted(wish.value for wish in wishes if wish.field == "access")) or query.access,
        who=by_field.get("who", query.who),
        radius=float(by_field["radius"]) if "radius" in by_field else query.radius,
        open=times.open if times else query.open,
        days=times.days if times else (),
        during=times.during if times else None,
        wishes=wishes,
        wished=frozenset(by_field) - {"mode", "radius"},
    )


def _without(typed: list[str], wishes: tuple[Wish, ...]) -> list[str]:
    """The words that no wish has used up."""
    used = {at for wish in wishes for at in range(wish.start, wish.end)}
    return [word for at, word in enumerate(typed) if at not in used]


def _needs(query: Query, stems: list[str], words: Words) -> tuple[tuple[NeedGuess, ...], tuple[NeedGuess, ...]]:
    """What the model reads in the sentence, and the site's own phrases on top: the needs to search for, and those only faintly heard."""
    # The model reads what was typed: it knows slips of the finger and local speech better than the speller.
    sure = words.model.read(what_is_wanted(query.q))
    own = words.vocabulary.read(stems, unknown=lambda stem: not words.model.knows_stem(stem))
    names = words.vocabulary.names
    for slug, more in own.confidence.items():
        sure[slug] = 1 - (1 - sure.get(slug, 0.0)) * (1 - more)
    ranked = sorted(((slug, share) for slug, share in sure.items() if slug in names), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < DOUBTFUL:
        return (), ()
    guesses = [NeedGuess(slug, max(FAINTEST, round(share, 3)), own.words.get(slug, ()), names[slug]) for slug, share in ranked[:NEEDS_MAX]]
    bar = max(DOUBTFUL, FAR_BELOW * ranked[0][1])
    meant = tuple(guess for guess in guesses if query.means("need", guess.slug))
    clear = tuple(guess for guess in meant if guess.confidence >= bar)
    return clear, meant[len(clear) : READINGS_MAX]
