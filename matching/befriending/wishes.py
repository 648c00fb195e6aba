"""The requests that a small group could be made of, as they stand in the database."""

from collections.abc import Iterable

from matching.agreements import valid_agreement
from matching.befriending.company import GROUPABLE
from matching.befriending.suggesting import Suggestion, Wish, suggest_groups
from matching.eligibility.facts import windows
from matching.models import Ask
from matching.suggesting.facts import person_facts
from matching.unmet.gaps import waiting


def suggestions() -> list[Suggestion]:
    """The groups that could be formed today."""
    return suggest_groups(map(wish_of, candidates()))


def candidates() -> list[Ask]:
    """Waiting requests for what can be done with several, of people who have agreed and may be rung."""
    rows = waiting().filter(activity__in=GROUPABLE, person__isnull=False, person__do_not_contact=False, two_visitors=False)
    rows = rows.prefetch_related("person__pair_rules", "person__agreements")
    return [ask for ask in rows if ask.person and valid_agreement(ask.person, ask) is not None]


def wish_of(ask: Ask) -> Wish:
    """One request as a group sees it; nothing that names."""
    person, facts = person_facts(ask.person), (ask.person.facts if ask.person else None) or {}
    return Wish(
        id=str(ask.pk),
        number=ask.number,
        person=person.id,
        activity=ask.activity,
        interests=frozenset(facts.get("interests") or ()),
        windows=windows(ask.windows),
        minutes=ask.minutes,
        remote=ask.by_phone_or_online,
        lat=person.lat,
        lon=person.lon,
        languages=person.languages,
        homes=frozenset(home for home in (person.household, person.door) if home),
    )


def asks_of(ids: Iterable[str]) -> list[Ask]:
    """These requests, by their ids, the longest waiting first."""
    return list(Ask.objects.filter(pk__in=list(ids)).select_related("person", "need").order_by("number"))
