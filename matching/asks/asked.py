"""What a request says: its fields, as they are written when it is opened and when it is put right, by the same rules."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypedDict

from django.core.exceptions import ValidationError

from directory.models import Need
from matching.models import Ask, Person
from matching.persons.said import gender_of
from matching.rules.activities import of_need
from matching.windows import DAY, is_window


class Asked(TypedDict, total=False):
    """One need, and how it is to be met.

    need: a need or its slug; activity: the slug of an activity of that need, or empty. windows: [[weekday, start minute, end minute], …],
    Monday is 0; none means any time.
    """

    need: Need | str
    activity: str
    often: str
    minutes: int
    windows: Iterable[Sequence[int]]
    urgency: int
    by_phone_or_online: bool
    gender_required: str
    two_visitors: bool
    for_carer: bool
    wishes: str


FIELDS = tuple(sorted(Asked.__annotations__))
_CHOSEN: dict[str, Collection[object]] = {"often": Ask.Often.values, "urgency": Ask.Urgency.values, "source": Ask.Source.values}


def write_asked(ask: Ask, person: Person | None, asked: Asked) -> None:
    """Put these fields on a request that is not saved yet. Where two people should go to the home, two visitors are asked for.

    Raises ValidationError ({field: [text]}), TypeError for what is no field of it.
    """
    if strange := sorted(asked.keys() - set(FIELDS)):
        raise TypeError(f"Not a field of a request: {', '.join(strange)}.")
    told: dict[str, Any] = {**asked}
    need = told.pop("need", ask.need if ask.need_id else None)
    for name, value in told.items():
        setattr(ask, name, value)
    ask.windows = [list(window) for window in ask.windows]
    ask.gender_required, ask.wishes = gender_of(ask.gender_required), ask.wishes.strip()
    at_home = not ask.by_phone_or_online and person is not None
    ask.two_visitors = ask.two_visitors or (at_home and bool(((person and person.facts) or {}).get("two_visitors")))
    found = Need.objects.filter(pk=need).first() if isinstance(need, str) else need
    if errors := _faults(ask, found):
        raise ValidationError(errors)
    ask.need = found  # type: ignore[assignment]


def is_of_need(activity: str, need: object) -> bool:
    """Is it one of the activities of this need (its slug)?"""
    return activity in {rule.slug for rule in of_need(str(need))}


def _faults(ask: Ask, need: Need | None) -> dict[str, list[str]]:
    errors = {name: ["Choose from the list."] for name, choices in _CHOSEN.items() if getattr(ask, name) not in choices}
    if need is None:
        errors["need"] = ["Choose a need from the list."]
    elif ask.activity and not is_of_need(ask.activity, need.pk):
        errors["activity"] = ["Choose an activity of this need."]
    if not 5 <= ask.minutes <= DAY:
        errors["minutes"] = ["Write how many minutes it takes, from 5 to 1440."]
    if not all(is_window(window) for window in ask.windows):
        errors["windows"] = ["Each time needs a weekday, a start and a later end."]
    return errors
