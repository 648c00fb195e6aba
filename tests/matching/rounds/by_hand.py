"""care-round/1 read once more from its words, by the slowest means: minutes counted one by one, every way to share out tried."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from random import Random
from typing import Any

import matching

CODES = [
    "no_consent",
    "cqc_personal_care",
    "volunteer_not_allowed",
    "training_missing",
    "volunteer_not_active",
    "activity_not_offered",
    "dbs_level",
    "dbs_out_of_date",
    "under_18_at_home",
    "gender",
    "language",
    "allergy",
    "smoke",
    "lone_visit",
    "car",
    "distance",
    "time",
    "capacity",
    "conflict_of_interest",
    "blocked",
]
LEVELS = ["none", "basic", "enhanced", "enhanced_barred"]
WEEK = 7 * 24 * 60
DATE, DAY_BEFORE, DAY_AFTER = "2026-11-23", "2026-11-22", "2026-11-24"
TABLE_FILE = next(Path(matching.__file__).parent.rglob("activities.csv"))

Row = dict[str, Any]


def table() -> dict[str, Row]:
    """The activities that a file without rules of its own is held against."""
    with TABLE_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["activity"]: row for row in csv.DictReader(lines)}


TABLE = table()


def left_out(row: Row, name: str, default: Any) -> Any:
    """A field, or what it means that it is not there, or null."""
    found = row.get(name)
    return default if found is None else found


def rule_of(content: Row, slug: str) -> Row:
    """What counts of an activity, in one shape for the table and for rules of the file's own."""
    if content.get("rules") is None:
        row = TABLE[slug]
        wanted = {name: row[name] == "yes" for name in ("needs_car", "at_home", "distance_matters", "private")}
        return {**wanted, "care": row["cqc_personal_care"] != "no", "volunteer": row["volunteer"]}
    row = content["rules"][slug]
    return {
        "needs_car": left_out(row, "needs_car", False),
        "at_home": left_out(row, "at_home", False),
        "distance_matters": left_out(row, "distance_matters", True),
        "private": left_out(row, "private", True),
        "care": left_out(row, "cqc_personal_care", "no") not in ("no", False),
        "volunteer": left_out(row, "volunteer", "no"),
    }


def level_needed(content: Row, ask: Row, person: Row) -> str:
    """The three inputs: the activity, the adult and how often; or what the file's own rules say."""
    regular = left_out(ask, "regular", False)
    if content.get("rules") is not None:
        row = content["rules"][ask["activity"]]
        always = left_out(row, "dbs", "none")
        return left_out(row, "dbs_if_regular", always) if regular else always
    row = TABLE[ask["activity"]]
    by_law = row["regulated_activity"]
    if by_law in list("ace") or (by_law in list("bdf") and left_out(person, "needs_help_because", True)):
        return "enhanced_barred"
    if row["enhanced_if_regular_care_recipient"] == "yes" and left_out(person, "receives_care", True) and regular:
        return "enhanced"
    return row["coop_policy"] or "none"


def km(one: Row, other: Row) -> float | None:
    """The way between two on a ball of 6371.0088 km; None where one of the two places is not known."""
    places = [each.get(name) for each in (one, other) for name in ("lat", "lon")]
    if None in places:
        return None
    phi, lam, other_phi, other_lam = map(radians, places)
    half = sin((other_phi - phi) / 2) ** 2 + cos(phi) * cos(other_phi) * sin((other_lam - lam) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


def longest_run(one: list[list[int]], other: list[list[int]]) -> int:
    """The most minutes after each other that lie in both, in a week that begins again when it ends."""
    both = minutes_of(one) & minutes_of(other)
    if len(both) == WEEK:
        return WEEK
    longest = 0
    for first in (minute for minute in both if (minute - 1) % WEEK not in both):
        count = 1
        while (first + count) % WEEK in both:
            count += 1
        longest = max(longest, count)
    return longest


def minutes_of(windows: list[list[int]]) -> set[int]:
    """Every single minute of these windows."""
    return {day * 1440 + minute for day, start, end in windows for minute in range(start, end)}


def codes_of(content: Row, ask: Row, volunteer: Row) -> list[str]:
    """All reasons against a pair, in their order."""
    person = next(each for each in content["people"] if each["id"] == ask["person"])
    rule, home = rule_of(content, ask["activity"]), left_out(person, "home", {})
    way, limit = km(person, volunteer), volunteer.get("max_km")
    due, age = volunteer.get("dbs_review_due"), volunteer.get("age")
    languages = set(left_out(person, "languages", [])) & set(left_out(volunteer, "languages", []))
    against = {
        "no_consent": not left_out(ask, "consent", False),
        "cqc_personal_care": rule["care"],
        "volunteer_not_allowed": rule["volunteer"] in ("no", "limited"),
        "training_missing": rule["volunteer"] == "trained" and ask["activity"] not in left_out(volunteer, "trained_for", []),
        "volunteer_not_active": volunteer.get("status") != "active",
        "activity_not_offered": ask["activity"] not in left_out(volunteer, "activities", []),
        "dbs_level": LEVELS.index(left_out(volunteer, "dbs", "none")) < LEVELS.index(level_needed(content, ask, person)),
        "dbs_out_of_date": due is not None and due < content["date"],
        "under_18_at_home": rule["at_home"] and (age is None or age < 18),
        "gender": ask.get("gender_required") is not None and rule["private"] and volunteer.get("gender") != ask["gender_required"],
        "language": not languages,
        "allergy": bool(set(left_out(home, "animals", [])) & set(left_out(volunteer, "allergies", []))),
        "smoke": left_out(volunteer, "avoids_smoke", False) and left_out(home, "smoker", True),
        "lone_visit": left_out(ask, "two_visitors", False) and not left_out(volunteer, "visits_in_pair", False),
        "car": rule["needs_car"] and not (left_out(volunteer, "has_car", False) and left_out(volunteer, "car_insurance_ok", False)),
        # A millimetre either way is rounding.
        "distance": rule["distance_matters"] and (way is None or limit is None or way > limit + 1e-6),
        "time": longest_run(left_out(ask, "windows", []), left_out(volunteer, "windows", [])) < ask["minutes"],
        "capacity": left_out(volunteer, "active_matches", 0) >= left_out(volunteer, "capacity", 0),
        "conflict_of_interest": (person.get("household") is not None and person["household"] == volunteer.get("household"))
        or ask["person"] in left_out(volunteer, "related_to", []),
        "blocked": volunteer["id"] in left_out(person, "blocked_volunteers", [])
        or ask["person"] in left_out(volunteer, "blocked_people", []),
    }
    return [code for code in CODES if against[code]]


def all_ways(content: Row, refused: dict[str, dict[str, list[str]]]) -> Iterator[dict[str, str]]:
    """Every way to give each request one of those who may take it, or nobody, with nobody above their room."""
    room = {each["id"]: left_out(each, "capacity", 0) - left_out(each, "active_matches", 0) for each in content["volunteers"]}
    choices = [[None, *(one for one in room if not refused[ask["id"]][one])] for ask in content["asks"]]
    for given in product(*choices):
        taken = {ask["id"]: one for ask, one in zip(content["asks"], given, strict=True) if one is not None}
        if all(count <= room[one] for one, count in Counter(taken.values()).items()):
            yield taken


def answer_by_hand(content: Row) -> Row:
    """What must be in the answer: reasons, who is served, the plain score where the file gives points, gaps."""
    refused = {ask["id"]: {one["id"]: codes_of(content, ask, one) for one in content["volunteers"]} for ask in content["asks"]}
    by_priority = [each["id"] for each in sorted(content["asks"], key=lambda each: -each["priority"])]
    ways = list(all_ways(content, refused))
    served = max([ask in way for ask in by_priority] for way in ways)
    same = [way for way in ways if [ask in way for ask in by_priority] == served]
    points = content.get("score")
    return {
        "reasons": {ask: {one: codes for one, codes in row.items() if codes} for ask, row in refused.items()},
        "served": {ask for ask, yes in zip(by_priority, served, strict=True) if yes},
        "most": max(len(way) for way in ways),
        "score": None if points is None else max(sum(points.get(a, {}).get(v, 0) for a, v in way.items()) for way in same),
        "gaps": {ask: _nearest(row.values()) for ask, row in refused.items() if all(row.values())},
    }


def _nearest(refused: Any) -> str | None:
    alone = [codes[0] for codes in refused if len(codes) == 1]
    return max(CODES, key=alone.count) if alone else None


# Rounds that touch every edge of the format: in some nearly everything is easy, in others much is hard, null or left out.


class Chance(Random):
    """Numbers drawn from a seed, and how often something is hard in this round."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.hard = self.choice([0.02, 0.1, 0.4])

    def mostly(self, usual: Any, *others: Any) -> Any:
        """The usual, or one of the others where it is hard."""
        return self.choice(others) if self.random() < self.hard else usual

    def some(self, row: Row, *must: str) -> Row:
        """The same with a field left out here and there, or null."""
        kept = {name: value for name, value in row.items() if name in must or self.random() > self.hard / 6}
        return {name: None if name not in must and self.random() < self.hard / 6 else value for name, value in kept.items()}


OPEN = ["shop-together", "shop-for-someone", "collect-prescription", "befriend-at-home", "remind-by-phone", "bereavement-listening"]
ALL_WEEK = [[day, 0, 1440] for day in range(7)]
HARD = ["drive-to-outing", "listening", "days-away", "walk-beside", "prompt-or-give-medicine", "washing-and-dressing", "haircut"]


def drawn(seed: int) -> Row:
    """A round of up to five requests and four volunteers."""
    random = Chance(seed)
    own = random.random() < 0.5
    slugs = random.sample(OPEN, 2) + random.sample(HARD, 1)
    people = [_person(random, f"p{number}") for number in range(random.randint(1, 4))]
    volunteers = [_volunteer(random, f"v{number}", people, slugs) for number in range(random.randint(0, 4))]
    asks = random.randint(0, 5)
    ranks = random.sample([-3, -1.5, 0, 0.5, 1, 2, 7, 10**12, 10**12 + 1], asks)
    content: Row = {
        "date": DATE,
        "people": people,
        "volunteers": volunteers,
        "asks": [_ask(random, f"a{number}", people, slugs, ranks[number]) for number in range(asks)],
    }
    if random.random() < 0.5:
        content["format"] = "care-round/1"
    if own or random.random() < 0.1:
        content["rules"] = {slug: _rule(random) for slug in slugs} if own else None
    if random.random() < 0.6:
        worth = [-5, 0, 0, 1, 3, 3, 10, 250]
        content["score"] = {
            ask["id"]: {one["id"]: random.choice(worth) for one in volunteers if random.random() < 0.9}
            for ask in content["asks"]
            if random.random() < 0.95
        }
    return content


def _times(random: Chance) -> list[list[int]]:
    day = random.randrange(6)
    return random.choice(
        [
            ALL_WEEK,
            [[each, 540, 1020] for each in range(5)],
            [[day, 540, 600]],
            [[day, 540, 570], [day, 570, 600]],  # touching
            [[day, 560, 620], [day, 540, 590], [day, 600, 600]],  # over each other, and an empty one
            [[day, 1380, 1440], [day + 1, 0, 60]],  # over midnight
            [[6, 1400, 1440], [0, 0, 20]],  # over the end of the week
            [[day, 540, 599], [day, 600, 660]],  # a minute between
            [],
        ]
    )


def _person(random: Chance, name: str) -> Row:
    home = random.some({"animals": random.mostly([], ["cat"], ["cat", "dog"]), "smoker": random.mostly(random.random() < 0.3, None)})
    row = {
        "id": name,
        "lat": 53.6 + random.randrange(8) / 100,
        "lon": -1.9 + random.randrange(8) / 100,
        "household": random.mostly(None, "h1", "h2"),
        "languages": random.mostly(["english"], ["bsl"], ["urdu", "english"], []),
        "home": home,
        "blocked_volunteers": random.mostly([], ["v0", "nobody"], ["v1"]),
        "receives_care": random.choice([True, False, None]),
        "needs_help_because": random.choice([True, False, None]),
    }
    return random.some(row, "id")


def _volunteer(random: Chance, name: str, people: list[Row], slugs: list[str]) -> Row:
    row = {
        "id": name,
        "lat": 53.6 + random.randrange(8) / 100,
        "lon": -1.9 + random.randrange(8) / 100,
        "household": random.mostly(None, "h1", "h4"),
        "status": random.mostly("active", "applied", "checking", "paused", "left", "removed"),
        "age": random.mostly(40, 17, 18, None),
        "gender": random.choice(["woman", "man", None]),
        "languages": random.mostly(["english", "bsl"], ["english"], ["urdu"], []),
        "allergies": random.mostly([], ["cat"], ["dog", "dust"]),
        "avoids_smoke": random.mostly(False, True),
        "visits_in_pair": random.random() < 0.5,
        "has_car": random.mostly(True, False),
        "car_insurance_ok": random.mostly(True, False),
        "max_km": random.mostly(30, 0, 2, 5, None),
        "windows": random.mostly(ALL_WEEK, _times(random)),
        "capacity": random.mostly(random.choice([1, 1, 2]), 0, 3),
        "active_matches": random.mostly(0, 1, 2, 5),
        "activities": random.mostly(slugs, slugs[:1], []),
        "trained_for": random.mostly(slugs, slugs[1:], []),
        "dbs": random.mostly("enhanced_barred", "enhanced", "basic", "none"),
        "dbs_review_due": random.mostly(DATE, None, DAY_AFTER, DAY_BEFORE),
        "related_to": random.mostly([], ["p0"], ["p1", "nobody"]),
        "blocked_people": random.mostly([], ["p0"], ["nobody"]),
    }
    way = km(random.choice(people), row)
    if way is not None and random.random() < random.hard:
        # Exactly at the limit, or a metre beyond it.
        row["max_km"] = way if random.random() < 0.5 else max(0.0, way - 0.001)
    return random.some(row, "id")


def _ask(random: Chance, name: str, people: list[Row], slugs: list[str], priority: float) -> Row:
    row = {
        "id": name,
        "person": random.choice(people)["id"],
        "activity": random.mostly(random.choice(slugs[:2]), slugs[2]),
        "regular": random.random() < 0.4,
        "minutes": random.mostly(60, 1, 30, 59, 61, 120),
        "windows": random.mostly(ALL_WEEK, _times(random)),
        "gender_required": random.mostly(None, "woman", "man"),
        "two_visitors": random.mostly(False, True),
        "consent": random.mostly(True, True, False),
        "priority": priority,
    }
    return random.some(row, "id", "person", "activity", "minutes", "priority")


def _rule(random: Chance) -> Row:
    row = {
        "dbs": random.choice(LEVELS),
        "dbs_if_regular": random.choice(LEVELS),
        "cqc_personal_care": random.mostly(random.choice(["no", False]), "possible", "yes", True),
        "volunteer": random.mostly(random.choice(["yes", "yes", "trained"]), "limited", "no"),
        "needs_car": random.random() < 0.3,
        "at_home": random.random() < 0.5,
        "distance_matters": random.random() < 0.7,
        "private": random.random() < 0.5,
    }
    return random.some(row)
