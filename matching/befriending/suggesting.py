"""Small groups out of several requests: people who like the same, are free at the same time and near each other. Pure: no models, no clock.

Greedy and the same for the same people, in whatever order they come: the largest group first, among equals the one that has waited longest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matching.befriending.company import SHARED_BY_ITSELF
from matching.eligibility.distance import km_between
from matching.eligibility.times import Window
from matching.windows import DAY

FEWEST, MOST = 3, 8
# Nobody of a group that meets lives further than this from another of them.
NEAR_KM = 5.0
# Who can at any time is not brought together at night.
ANY_DAY = tuple(Window(weekday, 9 * 60, 20 * 60) for weekday in range(7))


@dataclass(frozen=True)
class Wish:
    """A request as a group sees it. `number`: its own, all different, the smaller the longer it waits; `homes`: one in common is one home."""

    id: str
    number: int
    person: str
    activity: str
    interests: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    minutes: int = 60
    remote: bool = False
    lat: float | None = None
    lon: float | None = None
    languages: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()

    @property
    def topics(self) -> frozenset[str]:
        """What they may share: each interest, and "" for an activity that is enough by itself."""
        return self.interests | {""} if self.activity in SHARED_BY_ITSELF else self.interests

    @property
    def times(self) -> tuple[Window, ...]:
        """When it can be, day by day, joined where they touch."""
        return joined(self.windows or ANY_DAY)


@dataclass(frozen=True)
class Suggestion:
    """A group that could be. `interest` is empty where the activity itself is what they share; `windows` suit all for `minutes`."""

    activity: str
    interest: str
    remote: bool
    members: tuple[Wish, ...]
    windows: tuple[Window, ...]
    minutes: int
    languages: frozenset[str]

    @property
    def key(self) -> tuple[object, ...]:
        """The best first: many people, an interest, those who have waited longest; then by the alphabet."""
        return (-len(self.members), not self.interest, [wish.number for wish in self.members], self.interest)


def suggest_groups(wishes: Iterable[Wish]) -> list[Suggestion]:
    """Groups of three to eight, nobody in two of them, the largest first."""
    pools: dict[tuple[str, bool, str], list[Wish]] = defaultdict(list)
    for wish in sorted(wishes, key=lambda wish: wish.number):
        for topic in wish.topics:
            pools[wish.activity, wish.remote, topic].append(wish)
    best = {key: _best(key, pool) for key, pool in pools.items()}
    found: list[Suggestion] = []
    while left := [suggestion for suggestion in best.values() if suggestion is not None]:
        chosen = min(left, key=lambda suggestion: (suggestion.key, suggestion.activity))
        found.append(chosen)
        gone = {wish.person for wish in chosen.members}
        for key, pool in pools.items():
            kept = [wish for wish in pool if wish.person not in gone]
            if len(kept) < len(pool):
                pools[key], best[key] = kept, _best(key, kept)
    return found


def suggestion_of(wishes: Sequence[Wish], interest: str) -> Suggestion | None:
    """These as one group, whoever proposed it; None where they cannot be one: too few or many, no time, way, language or interest in common."""
    if not FEWEST <= len(wishes) <= MOST:
        return None
    first = min(wishes, key=lambda wish: wish.number)
    if any(interest not in wish.topics or (wish.activity, wish.remote) != (first.activity, first.remote) for wish in wishes):
        return None
    return next((group for group in _groups((first.activity, first.remote, interest), wishes) if len(group.members) == len(wishes)), None)


def _best(key: tuple[str, bool, str], pool: Sequence[Wish]) -> Suggestion | None:
    return min(_groups(key, pool), key=lambda suggestion: suggestion.key, default=None) if len(pool) >= FEWEST else None


def _groups(key: tuple[str, bool, str], pool: Sequence[Wish]) -> Iterator[Suggestion]:
    """Around each of them, at each time at which one of them becomes free."""
    activity, remote, interest = key
    slots = sorted({(window.weekday, window.start) for wish in pool for window in wish.times})
    seen: set[frozenset[int]] = set()
    for seed in sorted(pool, key=lambda wish: wish.number):
        for slot in slots:
            members = _grown(seed, slot, pool)
            numbers = frozenset(wish.number for wish in members)
            if len(members) < FEWEST or numbers in seen:
                continue
            seen.add(numbers)
            minutes = max(wish.minutes for wish in members)
            languages = frozenset.intersection(*(wish.languages for wish in members))
            yield Suggestion(activity, interest, remote, tuple(members), common(members, minutes), minutes, languages)


def _grown(seed: Wish, slot: tuple[int, int], pool: Sequence[Wish]) -> list[Wish]:
    """The seed, and one after the other of those who have waited longest, as long as all go together."""
    weekday, start = slot
    members: list[Wish] = []
    until, minutes, languages = DAY, 0, seed.languages
    for wish in (seed, *sorted((other for other in pool if other is not seed), key=lambda other: other.number)):
        free = next((window for window in wish.times if window.weekday == weekday and window.start <= start < window.end), None)
        if free is None or not all(_together(wish, other) for other in members):
            continue
        ends, needed, spoken = min(until, free.end), max(minutes, wish.minutes), languages & wish.languages
        if ends - start >= needed and spoken:
            members.append(wish)
            until, minutes, languages = ends, needed, spoken
        if len(members) == MOST:
            break
    return sorted(members, key=lambda wish: wish.number) if seed in members else []


def _together(one: Wish, other: Wish) -> bool:
    """Two people of two homes, near each other where they meet."""
    if one.person == other.person or one.homes & other.homes:
        return False
    if one.remote:
        return True
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    return km_between(one.lat, one.lon, other.lat, other.lon) <= NEAR_KM


def common(wishes: Sequence[Wish], minutes: int) -> tuple[Window, ...]:
    """All times of the week that suit everybody for so many minutes."""
    shared = wishes[0].times
    for wish in wishes[1:]:
        shared = tuple(
            Window(one.weekday, max(one.start, other.start), min(one.end, other.end))
            for one in shared
            for other in wish.times
            if one.weekday == other.weekday and min(one.end, other.end) - max(one.start, other.start) >= minutes
        )
    return shared


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Windows of the same day made one where they touch or overlap."""
    found: list[Window] = []
    for window in sorted(windows):
        last = found[-1] if found else None
        if last is not None and last.weekday == window.weekday and window.start <= last.end:
            found[-1] = Window(last.weekday, last.start, max(last.end, window.end))
        else:
            found.append(window)
    return tuple(found)
