"""The demonstration's half year of casework: everything in the order of time, with the clock held at each moment."""

import csv
import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from carestore.demo.cast import HERE, read
from carestore.demo.groups import service_of
from carestore.demo.people import windows
from carestore.demo.visits import Visits
from directory import clock
from directory.accounts.models import User
from matching import asks, matches, referrals
from matching.candidates import candidates_for
from matching.models import Ask, Match, Person, Referral, Volunteer
from matching.statistics.counting import Period

URGENCY = {"soon": Ask.Urgency.SOON, "this_week": Ask.Urgency.THIS_WEEK, "today": Ask.Urgency.TODAY}
SOURCE = {
    "coordinator": Ask.Source.COORDINATOR,
    "council": Ask.Source.COUNCIL,
    "person": Ask.Source.SELF,
    "family": Ask.Source.FAMILY,
    "partner": Ask.Source.PARTNER,
    "careworker": Ask.Source.PARTNER,
}
# What becomes of the request when its referral has ended: nobody waits at the desk for something that is over.
CLOSES: dict[str, Callable[..., Ask]] = {
    "completed": asks.meet,
    "rejected": asks.withdraw,
    "failed": asks.withdraw,
    "cancelled": asks.withdraw,
    "declined_by_person": asks.withdraw,
}
SENDS_OWN = {"coordinator", "council", "person"}


class History:
    """Deeds waiting for their moment; what lies in the future is left out."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._now = clock.now()

    def at(self, moment: datetime, deed: Callable[[], None]) -> None:
        """Do this at that moment."""
        if moment <= self._now:
            heapq.heappush(self._waiting, (moment, next(self._order), deed))

    def run(self) -> int:
        """Do everything in order, also what is added on the way; how many deeds."""
        done = 0
        while self._waiting:
            moment, _, deed = heapq.heappop(self._waiting)
            with clock.held_at(moment):
                deed()
            done += 1
        return done


class Casework:
    """The cases of casework.csv, told to a history."""

    def __init__(self, users: dict[str, User], people: dict[str, Person], volunteers: dict[str, Volunteer], quarter: Period) -> None:
        self.users, self.people, self.volunteers, self.quarter = users, people, volunteers, quarter
        self.stories = read("stories.json")
        self.history = History()
        self.visits = Visits(self.history.at, users["coordinator"])

    def tell(self) -> History:
        """Put every case at its moment."""
        with (HERE / "casework.csv").open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file)):
                moment = self._moment(row["when"], number)
                self.history.at(moment, self._opening(row, moment))
        return self.history

    def _moment(self, when: str, number: int) -> datetime:
        """Within working hours, each row a little later; `ago0` is this morning, or a moment ago."""
        day = self.quarter.first + timedelta(days=int(when[1:])) if when[0] == "q" else clock.today() - timedelta(days=int(when[3:]))
        moment = _at(day, minutes=9 * 60 + number % 60)
        return min(moment, clock.now() - timedelta(minutes=30 - number % 20)) if when == "ago0" else moment

    def _opening(self, row: dict[str, str], moment: datetime) -> Callable[[], None]:
        def deed() -> None:
            by = self.users[row["by"]]
            ask = asks.open_ask(
                self.people[row["person"]],
                by=by,
                need=row["need"],
                activity=row["activity"],
                often=row["often"],
                minutes=int(row["minutes"]),
                windows=windows(row["windows"]),
                urgency=URGENCY[row["urgency"]],
                by_phone_or_online=row["activity"] in ("befriend-by-phone", "remind-by-phone"),
                for_carer=row["for_carer"] == "yes",
                wishes=row["wishes"],
                source=SOURCE[row["by"]],
            )
            {"referral": self._refer, "signpost": self._signpost, "unmet": self._unmet, "match": self._match, "open": _leave}[
                row["answer"]
            ](row, ask, moment)

        return deed

    def _signpost(self, row: dict[str, str], ask: Ask, moment: datetime) -> None:
        asks.signpost(ask, service_of(row["to"]), by=self.users["coordinator"])
        asks.meet(ask, by=self.users["coordinator"])

    def _unmet(self, row: dict[str, str], ask: Ask, moment: datetime) -> None:
        by = self.users["coordinator"]
        miss = candidates_for(ask, by=by).nearest_miss
        asks.record_unmet(ask, by=by, emptied_by=row["story"], nearest_miss=str(miss or ""))

    def _refer(self, row: dict[str, str], ask: Ask, moment: datetime) -> None:
        by, to = self.users[row["by"]], row["to"]
        service = None if to == "volunteers" else service_of(to)
        referral = referrals.prepare(ask, by=by, service=service, to_volunteers=service is None)
        story = row["story"]
        if story == "draft":
            return
        sender = by if row["by"] in SENDS_OWN else self.users["coordinator"]
        steps = self.stories["referral"][story]
        if story != "says_no":
            referrals.send(referral, by=sender)
        for step in steps:
            mover = sender if step[1] == "declined_by_person" else self._provider_of(referral)
            self.history.at(_later(moment, step[0]), self._step(referral, step, mover, moment))

    def _step(self, referral: Referral, step: list[Any], by: User, moment: datetime) -> Callable[[], None]:
        to, word, more = step[1], step[2] if len(step) > 2 else "", step[3] if len(step) > 3 else {}

        def deed() -> None:
            details: dict[str, Any] = {"outcome" if to == "completed" else "reason": word} if word else {}
            if "review_in_days" in more:
                details["review_on"] = clock.today() + timedelta(days=more["review_in_days"])
            if "attempts" in more:
                details["attempts"] = [{"at": _later(moment, days), "how": how} for days, how in more["attempts"]]
            if by == self.users["coordinator"] and to not in ("declined_by_person",):
                details |= {"on_behalf_of": True, "channel": Referral.Channel.PHONE}
            if "told" in more:
                details["person_told"] = {"how": more["told"]}
            referrals.move(referral, to, by=by, **details)
            if to in CLOSES and referral.ask is not None:
                CLOSES[to](referral.ask, by=self.users["coordinator"])

        return deed

    def _provider_of(self, referral: Referral) -> User:
        """A member of the group with a log-in, or the coordinator on its word."""
        if referral.service is not None:
            member = referral.service.organisation.memberships.select_related("user").first()
            if member is not None:
                return member.user
        return self.users["coordinator"]

    def _match(self, row: dict[str, str], ask: Ask, moment: datetime) -> None:
        volunteer = self.volunteers[row["to"]]
        match = matches.offer(ask, volunteer, by=self.users["coordinator"])
        for days, to in self.stories["match"][row["story"]]:
            self.history.at(_later(moment, days), self._match_step(match, to, volunteer))

    def _match_step(self, match: Match, to: str, volunteer: Volunteer) -> Callable[[], None]:
        coordinator, account = self.users["coordinator"], volunteer.user
        if account is None:
            raise RuntimeError("Only a volunteer with an account says yes.")
        steps: dict[str, Callable[[], object]] = {
            "accepted": lambda: matches.say_yes(match, by=account),
            "declined": lambda: matches.decline(match, by=account),
            "introduced": lambda: matches.introduce(match, by=coordinator),
            "active": lambda: self.visits.begin(match),
            "ended": lambda: (matches.end(match, by=coordinator), asks.meet(match.ask, by=coordinator)),
        }

        def deed() -> None:
            steps[to]()

        return deed


def _leave(row: dict[str, str], ask: Ask, moment: datetime) -> None:
    """The request stays open, for the desk."""


def _at(day: date, *, minutes: int) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), clock.LONDON)


def _later(moment: datetime, days: int) -> datetime:
    return moment + timedelta(days=days, hours=2) if days else moment + timedelta(minutes=20)
