"""The organisations of a feed: made where they are new, and following what the feed says of them, but never over what was edited here.

One that was merged into another remembers what the feed says of it; what is said anew is put up on the one that took it in, whose the new
services are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.claimed import is_claimed
from directory.conflicts.deciding import overtake, put_up
from directory.harvest.models import Feed, SaidOfOrganisation
from directory.harvest.parts import Notes
from directory.harvest.understanding import MOST_ORGANISATION_ID, Told, Understood, id_here
from directory.models import Organisation
from directory.organisations import create_organisation, set_organisation

EDITED = "an organisation's details were edited here or are kept by the group: what the feed says of them was put up for a moderator"


@dataclass
class Known:
    """What one going through a feed knows already: its organisations by their ids there, and whether they have been told by name."""

    feed: Feed
    by: User
    followed: dict[str, tuple[UUID, bool]] = field(default_factory=dict)


def organisation_of(understood: Understood, known: Known) -> UUID:
    """The organisation that a record names, after what is said of it was taken, once in a run."""
    told, key = understood.organisation, _key_of(understood)
    pk, named = known.followed.get(key, (None, False))
    if pk is not None and (named or not told.values):
        return pk
    row = SaidOfOrganisation.objects.select_related("organisation__replaced_by").filter(feed=known.feed, source_id=key).first()
    if row is None:
        row = _new(told, understood.name, key, known)
    elif told.values:
        _follow(row, told, understood.notes, known)
    pk = row.organisation.replaced_by_id or row.organisation_id
    known.followed[key] = (pk, bool(told.values))
    return pk


def forget(understood: Understood, known: Known) -> None:
    """What was taken with this record went back with it: look again with the next one."""
    known.followed.pop(_key_of(understood), None)


def _key_of(understood: Understood) -> str:
    told = understood.organisation
    own = f"name:{told.values['name']}" if told.values else f"service:{understood.source_id}"
    return told.key or own[:MOST_ORGANISATION_ID]


def _new(told: Told, name: str, key: str, known: Known) -> SaidOfOrganisation:
    there = Organisation.objects.filter(source=known.feed.url, source_id=key).first()
    said = dict(told.values)
    if there is None:
        try:
            there = _created(said, name, key, known)
        except ValidationError as error:
            refused = set(getattr(error, "error_dict", {})) - {"name"}
            said = {column: value for column, value in said.items() if column not in refused}
            there = _created(said, name, key, known)
    return SaidOfOrganisation.objects.create(feed=known.feed, source_id=key, organisation=there, said=said)


def _created(said: Mapping[str, Any], name: str, key: str, known: Known) -> Organisation:
    """Without a name of its own it is called after the service, until some record names it."""
    url = known.feed.url
    return create_organisation(by=known.by, key=id_here(url, key), **{"name": name, **said}, source=url, source_id=key)


def _follow(row: SaidOfOrganisation, told: Told, notes: Notes, known: Known) -> None:
    """The same three sides as for a listing: what does not follow is put up for a moderator, once for each word."""
    kept, said, source = row.organisation.replaced_by, dict(row.said), known.feed.url
    if kept is not None:
        # Two records of one feed may have become one: each speaks for itself.
        source = f"{source} ({row.source_id})"[:300]
    organisation = kept or row.organisation
    overtake(organisation, told.values, source=source, by=system_user())
    if said == told.values:
        return
    claimed = kept is not None or organisation.locked or is_claimed(organisation.pk)
    to_set: dict[str, Any] = {}
    for column, theirs in told.values.items():
        ours = getattr(organisation, column)
        follows = not claimed and (ours == said.get(column, "") or (not said and column == "name"))
        if ours == theirs or follows:
            said[column] = theirs
            if ours != theirs:
                to_set[column] = theirs
        elif theirs != said.get(column) and put_up(organisation, column, theirs, source=source, by=system_user()):
            notes.add(EDITED)
    if to_set:
        set_organisation(organisation, to_set, by=known.by)
    if said != row.said:
        row.said = said
        row.save(update_fields=["said"])
