"""How hard a text is to read, as a hint to whoever writes it; never a reason to refuse it.

The Automated Readability Index: E. A. Smith and R. J. Senter, "Automated Readability Index", AMRL-TR-66-220, Aerospace Medical Research
Laboratories, Wright-Patterson Air Force Base, 1967. It counts letters, words and sentences only, so that two people who count get the same:

    4.71 x letters / words + 0.5 x words / sentences - 21.43

Rounded up it is a year of school there; its children are four years older when the year begins.
"""

import re
from math import ceil

# Below so many words one long name decides.
FEWEST_WORDS = 10
# look.md: every page of ours reads at 9 to 11.
OLDEST = 11
LONG_SENTENCE = 20
LONG_WORD = 11
MOST_NAMED = 3
# Each begins where nothing of its kind stands before it: begun at every letter, a long text without a blank would be read for minutes.
_NOT_WORDS = re.compile(r"https?://\S+|(?<!\S)[^\s@]+@\S+|www\.\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END = re.compile(r"(?<![.!?])[.!?]+(?=\s|$)|\n+")


def reading_age(text: str) -> int | None:
    """From which age (in years, 5 to 22) people read this with ease; None for too few words to say. A new line ends a sentence."""
    sentences = _sentences(text)
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(character.isalpha() for word in words for character in word)
    index = 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
    return min(max(ceil(index) + 4, 5), 22)


def reading_hint(text: str) -> str:
    """What would make it easier, in a sentence or two; empty for a text that is easy enough, or too short to say."""
    age = reading_age(text)
    if age is None or age <= OLDEST:
        return ""
    said = f"This reads like writing for people of {age} and over. Everybody reads with ease what a child of {OLDEST} can."
    return f"{said} {_advice(_sentences(text))}"


def _advice(sentences: list[list[str]]) -> str:
    longest = max(map(len, sentences))
    if longest > LONG_SENTENCE:
        return f"The longest sentence has {longest} words: could it be two?"
    words = dict.fromkeys(word for sentence in sentences for word in sentence if len(word) >= LONG_WORD)
    named = list(words)[:MOST_NAMED]
    return f"Is there a shorter word for {' or '.join(f'“{word}”' for word in named)}?" if named else "Try shorter words."


def _sentences(text: str) -> list[list[str]]:
    plain = _NOT_WORDS.sub(" ", text)
    return [words for words in (_WORD.findall(part) for part in _END.split(plain)) if words]
