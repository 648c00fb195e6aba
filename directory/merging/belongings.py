"""What becomes, in a merge, of everything that points at a listing. A test walks all such fields: a new one needs a line here.

Fields are named as text, so that no room above is imported.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, Q

from directory.change_states import FIELD_UNDECIDED
from directory.models import Service
from directory.suggestions.states import SUGGESTION_OPEN


class Fate(Enum):
    """What becomes of a row that points at the dropped listing."""

    # It is a part of that listing; what of it is wanted comes over as a field. It waits there for the day on which they are two after all.
    PART = "part"
    # It tells of what was, or the listing leads on.
    STAYS = "stays"
    # It waits for somebody to do something about the listing: from now on, about the kept one.
    MOVES = "moves"


@dataclass(frozen=True)
class Decision:
    """The fate of one field, why, and which rows of those that move (all where left out)."""

    fate: Fate
    why: str
    only: Q | None = None


_part = Decision(Fate.PART, "taken over field by field, as the moderator chooses")

DECISIONS: dict[str, Decision] = {
    "directory.Schedule.service": _part,
    "directory.ServiceAtLocation.service": _part,
    "directory.ServiceArea.service": _part,
    "directory.Closure.service": _part,
    "directory.CostOption.service": _part,
    "directory.Service_needs.service": _part,
    "directory.Contact.service": Decision(Fate.PART, "a person agreed to stand on that listing, not on another"),
    "directory.Service.replaced_by": Decision(Fate.MOVES, "what was merged before leads to the end in one step"),
    "directory.Change.service": Decision(
        Fate.MOVES,
        "what waits is decided on the listing that visitors see; where its value is another, that shows as a conflict",
        only=Q(fields__state__in=[str(state) for state in FIELD_UNDECIDED]),
    ),
    "suggestions.Suggestion.service": Decision(
        Fate.MOVES,
        "somebody still has to look, at the listing that visitors see",
        only=Q(state__in=[str(state) for state in SUGGESTION_OPEN]),
    ),
    "suggestions.Suggestion.became": Decision(Fate.STAYS, "which listing was made out of it; its address leads on"),
    "freshness.CheckToken.service": Decision(
        Fate.STAYS, "whoever holds the link looked at that listing; it answers that its days are over"
    ),
    "freshness.Letter.service": Decision(Fate.STAYS, "the paper that went out names that listing; what comes back is read by a person"),
    "freshness.Ringing.service": Decision(Fate.STAYS, "what was said on the telephone of that listing"),
    "harvest.Record.service": Decision(
        Fate.STAYS, "the dropped row remembers what its source said; imports/following.py leads on from there"
    ),
    "harvest.DuplicatePair.first": Decision(Fate.STAYS, "a pair is of two ids; pairs for the kept listing are made beside it"),
    "harvest.DuplicatePair.second": Decision(Fate.STAYS, "a pair is of two ids; pairs for the kept listing are made beside it"),
    "claims.Claim.service": Decision(Fate.STAYS, "a claim is of an organisation; this tells where it began, and whose address proves it"),
    "claims.Arrival.service": Decision(Fate.STAYS, "a link for a day; its page tells what the listing became"),
    "drafts.Draft.service": Decision(Fate.STAYS, "answers that were begun for that page, and not yet sent"),
    "looks.WeekOfLooks.service": Decision(Fate.STAYS, "how often that page was looked at; its address leads on"),
    "merging.Merge.kept": Decision(Fate.STAYS, "history"),
    "merging.Merge.dropped": Decision(Fate.STAYS, "history"),
    "matching.Referral.service": Decision(Fate.STAYS, "the person agreed to that group, and the journal tells the same"),
    "matching.Signpost.service": Decision(Fate.STAYS, "what somebody was told on that day"),
    "matching.CallBack.service": Decision(Fate.MOVES, "who rings back speaks of the listing that visitors see", only=Q(ended_at=None)),
}


def pointing() -> Iterator[tuple[str, type[Model], "Field[Any, Any]"]]:
    """Every field of every model that points at a listing, with its name here."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation and field.related_model is Service:
                yield f"{model._meta.label}.{field.name}", model, field


def move(dropped: Service, kept: Service) -> dict[str, list[str]]:
    """Point what moves at the kept listing. Returns the ids by field."""
    moved: dict[str, list[str]] = {}
    for name, model, field in pointing():
        decision = DECISIONS.get(name)
        if decision is None or decision.fate is not Fate.MOVES:
            continue
        rows = model._base_manager.filter(**{field.name: dropped}).filter(decision.only or Q())
        ids = sorted({str(pk) for pk in rows.values_list("pk", flat=True)})
        if ids:
            model._base_manager.filter(pk__in=ids).update(**{field.name: kept})
            moved[name] = ids
    return moved


def move_back(moved: dict[str, list[str]], dropped: Service, kept: Service) -> None:
    """Point at the dropped listing again what this merge had moved, wherever a later merge has moved it since."""
    known = {name: (model, field) for name, model, field in pointing()}
    ends = {kept.pk, kept.replaced_by_id} - {None}
    for name, ids in moved.items():
        if name in known:
            model, field = known[name]
            rows = model._base_manager.filter(pk__in=ids, **{f"{field.name}__in": ends})
            rows.update(**{field.name: dropped})
