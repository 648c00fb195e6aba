"""What becomes, in a merge, of everything that points at a listing or an organisation. A test walks all such fields: a new one needs a line here.

Fields are named as text, so that no room above is imported.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db.models import Exists, Field, Model, OuterRef, Q

from directory.change_states import FIELD_UNDECIDED
from directory.claims.states import CLAIM_OPEN
from directory.models import Organisation, Service
from directory.suggestions.states import SUGGESTION_OPEN


class Fate(Enum):
    """What becomes of a row that points at the one that goes."""

    # It is a part of that one; what of it is wanted comes over as a field. It waits there for the day on which they are two after all.
    PART = "part"
    # It tells of what was, or the one that goes leads on.
    STAYS = "stays"
    # It waits for somebody to do something about it: from now on, about the kept one.
    MOVES = "moves"
    # It comes over, but not as it is: merging/joining.py says how.
    JOINS = "joins"


@dataclass(frozen=True)
class Decision:
    """The fate of one field, why, and which rows of those that move (all where left out).

    `but`: rows of which there is one alike at the kept one (the same in these fields, both among the rows of the query) do not move.
    """

    fate: Fate
    why: str
    only: Q | None = None
    but: tuple[Q, tuple[str, ...]] | None = None


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
    "matching.Task.service": Decision(Fate.MOVES, "somebody still has to do it, with the listing that visitors see", only=Q(state="open")),
    "matching.Signpost.service": Decision(Fate.STAYS, "what somebody was told on that day"),
    "matching.CallBack.service": Decision(Fate.MOVES, "who rings back speaks of the listing that visitors see", only=Q(ended_at=None)),
}


# Of organisations.
OF_ORGANISATIONS: dict[str, Decision] = {
    "directory.Service.organisation": Decision(Fate.MOVES, "its listings belong to the one that stays"),
    "directory.Organisation.parent": Decision(Fate.MOVES, "its branches belong to the one that stays"),
    "directory.Organisation.replaced_by": Decision(Fate.MOVES, "what was merged before leads to the end in one step"),
    "directory.Membership.organisation": Decision(Fate.JOINS, "whoever kept one keeps both; there is one lead and one deputy"),
    "members.Invitation.organisation": Decision(
        Fate.MOVES,
        "an answer is waited for; where both asked one address, one of the two is taken back",
        only=Q(state="open"),
        but=(Q(state="open"), ("email_token",)),
    ),
    "members.LeadOffer.organisation": Decision(Fate.JOINS, "who leads has changed: an open offer is taken back"),
    "claims.Claim.organisation": Decision(
        Fate.MOVES,
        "an accepted one can still be taken away, and an earlier no is still a sign; of two open ones of one person, one is left to decline",
        but=(Q(state__in=sorted(map(str, CLAIM_OPEN))), ("user",)),
    ),
    "conflicts.Conflict.organisation": Decision(
        Fate.MOVES,
        "somebody still has to look, at the one that stays; of two words of one source, its earlier one is overtaken",
        only=Q(state="waiting"),
        but=(Q(state="waiting"), ("column", "source")),
    ),
    "harvest.SaidOfOrganisation.organisation": Decision(
        Fate.STAYS, "the dropped row remembers what its source said; harvest/belonging.py leads on from there"
    ),
    "merging.OrganisationPair.first": Decision(Fate.STAYS, "a pair is of two ids; pairs for the kept one are made beside it"),
    "merging.OrganisationPair.second": Decision(Fate.STAYS, "a pair is of two ids; pairs for the kept one are made beside it"),
    "merging.OrganisationMerge.kept": Decision(Fate.STAYS, "history"),
    "merging.OrganisationMerge.dropped": Decision(Fate.STAYS, "history"),
}

Merged = Service | Organisation
_TABLES: dict[type[Model], dict[str, Decision]] = {Service: DECISIONS, Organisation: OF_ORGANISATIONS}


def pointing(at: type[Model] = Service) -> Iterator[tuple[str, type[Model], "Field[Any, Any]"]]:
    """Every field of every model that points at a listing (or at another kind of row), with its name here."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation and field.related_model is at:
                yield f"{model._meta.label}.{field.name}", model, field


def move(dropped: Merged, kept: Merged) -> dict[str, list[str]]:
    """Point what moves at the kept one. Returns the ids by field."""
    moved: dict[str, list[str]] = {}
    for name, model, field in pointing(type(kept)):
        decision = _TABLES[type(kept)].get(name)
        if decision is None or decision.fate is not Fate.MOVES:
            continue
        rows = model._base_manager.filter(**{field.name: dropped}).filter(decision.only or Q())
        if decision.but:
            among, same = decision.but
            there = model._base_manager.filter(among, **{field.name: kept}, **{each: OuterRef(each) for each in same})
            rows = rows.exclude(among & Exists(there))
        ids = sorted({str(pk) for pk in rows.values_list("pk", flat=True)} - {str(kept.pk)})
        if ids:
            model._base_manager.filter(pk__in=ids).update(**{field.name: kept})
            moved[name] = ids
    return moved


def move_back(moved: dict[str, list[str]], dropped: Merged, kept: Merged) -> None:
    """Point at the dropped one again what this merge had moved, wherever a later merge has moved it since."""
    known = {name: (model, field) for name, model, field in pointing(type(kept))}
    ends = {kept.pk, kept.replaced_by_id} - {None}
    for name, ids in moved.items():
        if name in known:
            model, field = known[name]
            rows = model._base_manager.filter(pk__in=ids, **{f"{field.name}__in": ends})
            rows.update(**{field.name: dropped})
