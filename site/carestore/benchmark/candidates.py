"""One request over all services and volunteers, with reasons, beside a bare pass of numpy over the same columns."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import cycle, islice
from time import monotonic
from typing import Any

import numpy as np

from carestore.benchmark.volunteering import coordinator, requests
from directory import clock
from directory.accounts.models import User
from matching import volunteers as verbs
from matching.candidates import Candidates, candidates_for
from matching.models import Ask, Volunteer, VolunteerActivity
from matching.rules.asked import care_of, rules_of
from matching.suggesting.facts import Offered
from matching.suggesting.living import GONE, READ, Living, forget, living
from matching.suggesting.services import services_for
from matching.suggesting.volunteers import judged
from search.benchmark.timing import Samples, most_memory

FEWEST, WARM = 100, 25
CHANGED = 20
FIRST = 3

Say = Callable[[str, int, int], None]


@dataclass
class Timed:
    """The milliseconds of the whole answer, of its parts alone, and of the bare pass; of reading all volunteers, and of the bare reading."""

    whole: Samples
    services: Samples
    volunteers: Samples
    bare: Samples
    after_a_change: Samples
    first: Samples
    bare_reading: Samples


def asked(*, seconds: float, say: Say) -> dict[str, Any]:
    """Ask for so many seconds, FEWEST requests at least; what a process pays at its first question is told apart."""
    by, waiting = coordinator(), requests()
    timed = Timed(*(Samples() for _ in fields(Timed)))
    _first_questions(timed)
    for ask in islice(cycle(waiting), WARM):
        candidates_for(_fresh(ask), by=by)
    until, able, listed = monotonic() + seconds, [], []
    for number, ask in enumerate(cycle(waiting), start=1):
        found = _once(ask, timed, by)
        able.append(found.able)
        listed.append(len(found.services))
        say("Requests", number, 0)
        if number >= FEWEST and monotonic() >= until:
            break
    _after_changes(waiting, timed, by)
    return {
        "able": float(np.mean(able)),
        "none_able": sum(not each for each in able) / len(able),
        "services": float(np.mean(listed)),
        "volunteers": len(living()),
        "memory": most_memory(),
        "timed": {name: asdict(samples) for name, samples in vars(timed).items()},
    }


def _first_questions(timed: Timed) -> None:
    """What a process pays once, after what a server does at its start."""
    gc.collect()
    gc.freeze()
    for _ in range(FIRST):
        forget()
        timed.first.timed(living)
        timed.bare_reading.timed(bare_reading)


def bare_reading() -> int:
    """The rows behind the columns as they lie in the database, read and decrypted; nothing is made of them."""
    volunteers = Volunteer.objects.exclude(status__in=GONE).order_by().values_list("pk", *READ)
    offered = VolunteerActivity.objects.exclude(volunteer__status__in=GONE).values_list("volunteer__number", *Offered._fields)
    return len(list(volunteers)) + len(list(offered))


def _once(ask: Ask, timed: Timed, by: User) -> Candidates:
    """The whole, and then its parts and the bare pass, each as a new question."""
    whole, one, other = (_fresh(ask) for _ in range(3))
    found = timed.whole.timed(lambda: candidates_for(whole, by=by))
    timed.services.timed(lambda: services_for(one, care=care_of(rules_of(one))))
    timed.volunteers.timed(lambda: judged(other, rules_of(other)))
    now, activity = living(), rules_of(ask)[0].slug
    position = ask.person.position if ask.person else None
    timed.bare.timed(lambda: bare_pass(now, activity, position))
    return found


def bare_pass(now: Living, activity: str, position: dict[str, float] | None) -> Sequence[int]:
    """The twenty nearest who are active, offer it and have room: what anybody would write in a few lines, without a reason for anybody."""
    columns, here = now.columns, position or {}
    chords = columns.chords(here.get("lat"), here.get("lon"))
    may = columns.active & columns.activities.having([activity]) & (columns.active_matches < columns.capacity)
    may &= (columns.level >= 1) & (columns.recheck >= clock.today().toordinal()) & (chords <= columns.limit)
    may &= columns.languages.having(["english"]) & ~columns.avoids_smoke
    rows = np.flatnonzero(may)
    order: list[int] = rows[np.argsort(chords[rows])][:20].tolist()
    return order


def _after_changes(waiting: Sequence[Ask], timed: Timed, by: User) -> None:
    """The question right after a volunteer was corrected: one row is read again."""
    for number, volunteer in enumerate(Volunteer.objects.filter(status="active").order_by("number")[:CHANGED]):
        verbs.correct_volunteer(volunteer, by=by, capacity=volunteer.capacity + 1)
        fresh = _fresh(waiting[number % len(waiting)])
        timed.after_a_change.timed(lambda fresh=fresh: candidates_for(fresh, by=by))  # type: ignore[misc]


def _fresh(ask: Ask) -> Ask:
    """As a request of a page reads it: nothing is remembered on it."""
    return Ask.objects.select_related("person", "need").get(pk=ask.pk)
