"""Whom a spreadsheet names, held before its first row writes to the journal, so that nobody at the desk waits for it in a circle."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from matching.models import Ask, Match, Person, Volunteer
from matching.states import MATCH_OPEN
from matching.stopping.waiting import lock_matches, lock_waiting

_OURS = ("external_id", "person", "volunteer")


def hold_named(rows: Collection[Mapping[str, str]]) -> None:
    """Volunteers with the requests that they are asked for, then people: in the order of everybody, each kind by its keys.

    A number in the co-op's other systems is held with whoever has it, a person or a volunteer. Of people whom a row says not to contact
    all is held that stops then. The caller is in a transaction.
    """
    numbers = {cell for row in rows for name in _OURS if (cell := str(row.get(name, "")).strip())}
    people = Person.objects.filter(Q(external_id__in=numbers) | Q(merged_from__external_id__in=numbers)).distinct()
    if any(row.get("do_not_contact") for row in rows):
        # What waits for them stops with it, and is held before them.
        lock_waiting(*people)
        return
    volunteers = Volunteer.objects.filter(external_id__in=numbers)
    under_way = Match.objects.filter(volunteer__in=volunteers, state__in=MATCH_OPEN)
    asks = list(Ask.objects.select_for_update(no_key=True).filter(pk__in=under_way.values("ask")).order_by("pk"))
    list(volunteers.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock_matches(*asks)
    keys = set(people.values_list("pk", flat=True))
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
