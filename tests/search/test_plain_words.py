"""How often everyday queries lead to their need. The words may be fitted to this development set: no figure to boast of."""

import json
from math import sqrt

from search.query import Query
from search.understand import understand
from tests.finding import SHARED, knowledge

FIRST, THREE, ANY = 0.70, 0.88, 0.93


def slug(name: str) -> str:
    return name.lower().replace("&", "and").replace(" ", "-")


def test_the_main_need_is_among_the_first_three():
    lines = (SHARED / "data" / "plain_words_queries.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    words = knowledge()
    first = three = any_of = 0
    for row in rows:
        needs = [slug(name) for name in row["needs"]]
        found = [guess.slug for guess in understand(Query(q=row["q"]), words).needs[:3]]
        first += found[:1] == needs[:1]
        three += needs[0] in found
        any_of += bool(set(needs) & set(found))
    for name, count in (("first", first), ("among three", three), ("any among three", any_of)):
        share = count / len(rows)
        print(f"{name}: {share:.2f} ± {sqrt(share * (1 - share) / len(rows)):.2f} of {len(rows)}")  # noqa: T201
    assert len(rows) >= 60
    assert first / len(rows) >= FIRST
    assert three / len(rows) >= THREE
    assert any_of / len(rows) >= ANY
