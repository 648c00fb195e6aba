"""Rounds as a valley might have them, drawn from a seed: people and helpers in villages along a river, as the content of a file."""

from random import Random
from typing import Any

VILLAGES = [(53.600 + step * 0.006, -1.93 + step * 0.016) for step in range(8)]
ACTIVITIES = ["shop-together", "befriend-at-home", "phone-rounds", "odd-jobs", "personal-care"]
LEVELS = ["none", "basic", "enhanced", "enhanced_barred"]
RULES = {
    "shop-together": {"dbs": "none", "dbs_if_regular": "basic", "cqc_personal_care": False, "volunteer": "yes", "at_home": False},
    "befriend-at-home": {"dbs": "basic", "dbs_if_regular": "enhanced", "cqc_personal_care": "no", "volunteer": "yes", "at_home": True},
    "phone-rounds": {"dbs": "none", "cqc_personal_care": "no", "volunteer": "yes", "distance_matters": False, "private": False},
    "odd-jobs": {"dbs": "basic", "cqc_personal_care": "no", "volunteer": "trained", "needs_car": True, "at_home": True},
    "personal-care": {"dbs": "enhanced_barred", "cqc_personal_care": "yes", "volunteer": "no", "at_home": True},
}
WEIGHTS = [6, 6, 4, 3, 1]


def drawn_round(seed: int, asks: int = 12, volunteers: int = 6, **more: Any) -> dict[str, Any]:
    """A round of this size; most things are as they usually are, a few are not, and some are not known."""
    random = Random(seed)
    people = [_person(random, f"p{number}", volunteers) for number in range(max(1, asks * 3 // 4))]
    ranks = random.sample(range(10 * asks), asks)
    return {
        "date": "2026-11-23",
        "people": people,
        "volunteers": [_volunteer(random, f"v{number}", len(people)) for number in range(volunteers)],
        "asks": [_ask(random, f"a{number}", random.choice(people)["id"], ranks[number]) for number in range(asks)],
        "rules": RULES,
        **more,
    }


def with_scores(content: dict[str, Any], seed: int, most: int = 100) -> dict[str, Any]:
    """The same round with points of its own for every pair, some of them negative or nothing."""
    random = Random(seed)
    ids = [each["id"] for each in content["volunteers"]]
    return {**content, "score": {ask["id"]: {each: random.randint(-most // 4, most) for each in ids} for ask in content["asks"]}}


def _near(random: Random) -> dict[str, float]:
    lat, lon = random.choice(VILLAGES)
    return {"lat": round(lat + random.gauss(0, 0.004), 6), "lon": round(lon + random.gauss(0, 0.006), 6)}


def _times(random: Random) -> list[list[int]]:
    days = random.sample(range(7), random.randint(2, 5))
    return [[day, start, start + random.choice([60, 120, 240, 480])] for day in days for start in [random.choice([480, 540, 720, 900])]]


def _person(random: Random, name: str, volunteers: int) -> dict[str, Any]:
    return {
        "id": name,
        **(_near(random) if random.random() < 0.97 else {}),
        "household": f"h{random.randrange(400)}",
        "languages": random.choice([["english"]] * 8 + [["english", "punjabi"], ["urdu"]]),
        "home": {"animals": random.choice([[], [], ["cat"], ["dog"]]), "smoker": random.choice([False, False, False, True, None])},
        "blocked_volunteers": [f"v{random.randrange(volunteers)}"] if volunteers and random.random() < 0.03 else [],
        "receives_care": random.random() < 0.5,
    }


def _volunteer(random: Random, name: str, people: int) -> dict[str, Any]:
    capacity = random.choice([1, 1, 2, 2, 3])
    return {
        "id": name,
        **_near(random),
        "household": f"h{random.randrange(400)}",
        "status": random.choice(["active"] * 12 + ["paused", "applied"]),
        "age": random.choice([16, 19, 34, 45, 67, 72]),
        "gender": random.choice(["woman", "man"]),
        "languages": random.choice([["english"]] * 6 + [["english", "urdu"], ["english", "punjabi"]]),
        "allergies": random.choice([[], [], [], ["cat"]]),
        "avoids_smoke": random.random() < 0.2,
        "visits_in_pair": random.random() < 0.2,
        "has_car": random.random() < 0.6,
        "car_insurance_ok": random.random() < 0.7,
        "max_km": random.choice([2, 3, 5, 8]),
        "windows": _times(random),
        "capacity": capacity,
        "active_matches": random.choice([0, 0, 0, 1]),
        "activities": random.sample(ACTIVITIES[:4], random.randint(2, 4)),
        "trained_for": ["odd-jobs"] if random.random() < 0.7 else [],
        "dbs": random.choices(LEVELS, [1, 2, 3, 1])[0],
        "dbs_review_due": random.choice(["2026-11-22", "2026-11-23", "2027-06-01", "2028-01-01", None]),
        "blocked_people": [f"p{random.randrange(people)}"] if random.random() < 0.03 else [],
    }


def _ask(random: Random, name: str, person: str, priority: int) -> dict[str, Any]:
    return {
        "id": name,
        "person": person,
        "activity": random.choices(ACTIVITIES, WEIGHTS)[0],
        "regular": random.random() < 0.5,
        "minutes": random.choice([30, 60, 60, 90]),
        "windows": _times(random),
        "gender_required": "woman" if random.random() < 0.1 else None,
        "two_visitors": random.random() < 0.05,
        "consent": random.random() < 0.97,
        "priority": priority,
    }
