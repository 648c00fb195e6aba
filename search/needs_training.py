"""Training search.needs_model on the phrases that ship, and honest figures for it. Needs scikit-learn (the extra `dev`)."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import tokens
from search.needs_model import DATA, NeedsModel, keys, ngrams
from search.speech import written_forms

PHRASES = DATA / "phrases"
GOLDEN = DATA / "golden.csv"
# The strength of the fit, and how much the second model (complement naive Bayes) says beside the first: chosen by cross-validation.
FIT = 30.0
BAYES_SMOOTHING = 0.3
BAYES_SAYS = 1.0
# Without it the shares would be surer than they come true (least log loss on the golden set).
SHARPNESS = 0.55
# What a need that is spoken of beside the main one counts in training.
BESIDE = 0.5
# A word in so many phrases is spelled as people spell it, unless it is listed among the written forms.
WORD_OFTEN = 4
# A word written with a capital more often than this, inside a sentence, is a name.
NAME_SHARE = 0.5
# Pieces of words that stand in fewer phrases teach nothing but that phrase.
PIECES_LEAST = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence and the needs it speaks of, the main one first."""

    text: str
    needs: tuple[str, ...]
    voice: str = "resident"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of sentences: main need first, main need among three, any labelled need among three; `count` sentences."""

    first: float
    three: float
    any: float
    count: int

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {share:.3f} ± {sqrt(share * (1 - share) / max(1, self.count)):.3f}"
            for name, share in (("main need first", self.first), ("among three", self.three), ("any among three", self.any))
        )


def phrases(folder: Path = PHRASES) -> list[Phrase]:
    """The phrases of every need's file, in the order of files and lines."""
    return [
        Phrase(row["phrase"], (path.stem, *filter(None, row["also"].split(";"))), row["voice"])
        for path in sorted(folder.glob("*.csv"))
        for row in _rows(path)
    ]


def golden(path: Path = GOLDEN) -> list[Phrase]:
    """The golden set: sentences that no training ever sees."""
    return [Phrase(row["q"], tuple(row["needs"].split(";")), row["voice"]) for row in _rows(path)]


def digest(given: Sequence[Phrase]) -> str:
    """What tells two sets of phrases apart."""
    return sha256("\n".join(f"{phrase.text}\t{';'.join(phrase.needs)}" for phrase in given).encode()).hexdigest()[:16]


def figures(answers: Sequence[Sequence[str]], asked: Sequence[Phrase]) -> Figures:
    """How often the answers (needs, surest first) meet the labels."""
    pairs = [(list(answer[:3]), phrase.needs) for answer, phrase in zip(answers, asked, strict=True)]
    count = max(1, len(pairs))
    return Figures(
        sum(found[:1] == [needs[0]] for found, needs in pairs) / count,
        sum(needs[0] in found for found, needs in pairs) / count,
        sum(bool(set(found) & set(needs)) for found, needs in pairs) / count,
        len(pairs),
    )


def answers(model: NeedsModel, asked: Sequence[Phrase]) -> list[list[str]]:
    """The three surest needs of each sentence."""
    return [sorted(read, key=lambda slug: -read[slug])[:3] for read in (model.read(phrase.text) for phrase in asked)]


def train(given: Sequence[Phrase]) -> NeedsModel:
    """A model of these phrases: one logistic regression per need, and complement naive Bayes beside it, added into one table."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB

    needs = tuple(sorted({phrase.needs[0] for phrase in given}))
    number = {slug: at for at, slug in enumerate(needs)}
    known, rarity, table = _table(given)
    main = np.array([number[phrase.needs[0]] for phrase in given])
    weights, bias = [], []
    for slug in needs:
        meant = np.array([slug in phrase.needs for phrase in given], dtype=float)
        counts = np.where((meant == 1) & (main != number[slug]), BESIDE, 1.0)
        fit = LogisticRegression(C=FIT, solver="liblinear", max_iter=300, random_state=0).fit(table, meant, sample_weight=counts)
        weights.append(fit.coef_[0])
        bias.append(fit.intercept_[0])
    bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(table, main)
    both, base = _added(np.array(weights), np.array(bias), bayes, table)
    scale = np.abs(both).max(axis=1) / 127
    return NeedsModel(
        needs,
        known,
        rarity.astype(np.float16).astype(np.float32),
        np.rint(both / scale[:, None]).astype(np.int8).T.copy(),
        scale.astype(np.float32),
        base.astype(np.float32),
        *_words(given),
        digest(given),
    )


def cross_validate(given: Sequence[Phrase], folds: int = 5) -> Iterator[Figures]:
    """Figures of every fold: each part of the phrases read by a model that was trained on the others."""
    order = np.random.default_rng(0).permutation(len(given))
    for fold in range(folds):
        held = set(order[fold::folds].tolist())
        model = train([phrase for at, phrase in enumerate(given) if at not in held])
        asked = [phrase for at, phrase in enumerate(given) if at in held]
        yield figures(answers(model, asked), asked)


def _words(given: Sequence[Phrase]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words used often, those of them that are mostly written with a capital, and every stem."""
    often: Counter[str] = Counter(word for phrase in given for word in set(tokens.split(phrase.text)))
    sure = {word for word, count in often.items() if count >= WORD_OFTEN}
    sure -= written_forms(marked=False).keys()
    written = [
        word for phrase in given for word in re.findall(r"(?<!^)(?<![.!?] )\b[^\W_]+", phrase.text) if phrase.text.upper() != phrase.text
    ]
    inside = Counter(map(tokens.fold, written))
    capital = Counter(tokens.fold(word) for word in written if word[0].isupper())
    proper = {word for word in sure if capital[word] > NAME_SHARE * inside[word]}
    return frozenset(sure), frozenset(proper), frozenset(map(tokens.stem, often))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(given: Sequence[Phrase]) -> tuple[NDArray[np.uint32], NDArray[np.float64], Any]:
    """The n-grams known, their rarity (as in TF-IDF), and the phrases as rows over them: what NeedsModel._rows does, for many."""
    from scipy.sparse import csr_matrix

    counted = [tuple(keys(kind) for kind in ngrams(phrase.text)) for phrase in given]
    often: dict[int, int] = {}
    least: dict[int, int] = {}
    for words, pieces in counted:
        for kind, fewest in ((words, 1), (pieces, PIECES_LEAST)):
            for key in kind:
                often[key] = often.get(key, 0) + 1
                least[key] = fewest
    known = np.array(sorted(key for key, count in often.items() if count >= least[key]), dtype=np.uint32)
    column = {int(key): at for at, key in enumerate(known)}
    rarity = np.array([log((1 + len(given)) / (1 + often[int(key)])) + 1 for key in known])
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for at, kinds in enumerate(counted):
        for kind in kinds:
            found = {column[key]: value * rarity[column[key]] for key, value in kind.items() if key in column}
            length = sqrt(sum(value * value for value in found.values())) or 1.0
            rows += [at] * len(found)
            columns += found
            values += [value / length for value in found.values()]
    return known, rarity, csr_matrix((values, (rows, columns)), shape=(len(given), len(known)))


def _added(weights: NDArray[Any], bias: NDArray[Any], bayes: Any, table: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both models as one: the second scaled so that the scores of the two spread alike, weighed by BAYES_SAYS; all less sharp by SHARPNESS."""
    other = bayes.feature_log_prob_
    spread = (table @ weights.T + bias).std(axis=1).mean() / (table @ other.T).std(axis=1).mean()
    both = weights + BAYES_SAYS * spread * other
    # What speaks for all needs alike changes no share, and would only make the steps of the rounding coarser.
    return SHARPNESS * (both - both.mean(axis=0)), SHARPNESS * (bias - bias.mean())
