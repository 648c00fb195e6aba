"""Text handled once, for documents and queries alike: words, stems and stop words. Pure, no engine."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

TOKEN_MAX = 40
QUERY_TOKENS_MAX = 32

# Words that carry no subject, the fluff of questions among them. Dialect forms are listed as they are typed.
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any anybody anyone anything are arent around as at away back be because
    been before being below between both but by can cannot cant come comes coming could couldnt d did didnt do does doesnt doing
    dont down during each either else even ever every few for from further get gets getting give go goes going gonna got had hadnt
    has hasnt have havent having he hello help helping helps hes hed her here hers herself hi him himself his how i if im in into is
    isnt it its itself ive just keep keeps kind let like ll local look looking lot lots m make many may maybe me might mine more
    most much must my myself near nearby need needed needing needs neither no nor not now nr of off on once one only or other our
    ours ourselves out over own owt nowt please put quite re really s same shall she shes should shouldnt so some somebody someone
    something somewhere still such summat t take tell than thank thanks that thats the their theirs them themselves then there
    theres these they theyre theyve thing things this those through tmrw to too try trying u under until up us use ve very wanna
    want wanted wanting wants was wasnt way we well were weve what whats when where which while who whom whos whose why will wi with
    within without wont would wouldnt ya yet you your youre yours yourself available find found offer offers place places provide
    provides service services
    """.split()  # noqa: SIM905 - a list of 300 words reads better as text
)

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")
_stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """Lower case, without accents and apostrophes, & as a word: what two spellings of one word have in common."""
    decomposed = unicodedata.normalize("NFKD", text.replace("&", " and "))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.translate(_APOSTROPHES).casefold()


def split(text: str) -> list[str]:
    """The folded words of a text in their order, stop words included, each at most TOKEN_MAX characters."""
    return [word[:TOKEN_MAX] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one folded word; numbers and words of other scripts stay as they are."""
    return _stemmer.stemWord(word) if word.isascii() and word.isalpha() else word


def tokens(text: str) -> list[str]:
    """What an index holds and a query asks for: the stems of all words of a text that carry meaning."""
    return [stem(word) for word in split(text) if word not in STOP_WORDS]


def written(texts: Iterable[str]) -> dict[str, str]:
    """The words of some texts as people write them, each with its stem: for spelling, and to show a repaired word."""
    return {word: stem(word) for text in texts for word in split(text) if word not in STOP_WORDS}
