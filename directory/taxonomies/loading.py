"""A vocabulary is loaded whole, and again; what its list does not hold any more is marked, never deleted."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.accounts.system import system_user
from directory.journal.recording import record
from directory.models import Need
from directory.taxonomies.list_files import BadList, ListFile
from directory.taxonomies.models import NeedMapping, Taxonomy, Term

DATA = Path(__file__).parent / "data"
CHUNK = 500
WORDS = ("uri", "name", "description", "gone")


@dataclass(frozen=True)
class Loaded:
    """How many terms are new, read otherwise than before, as they were, and not in the list any more."""

    taxonomy: Taxonomy
    new: int
    changed: int
    same: int
    gone: int

    def __str__(self) -> str:
        return f"{self.taxonomy}: {self.new} new, {self.changed} changed, {self.same} as they were, {self.gone} not in the list any more."


@transaction.atomic
def load_taxonomy(told: ListFile, *, by: User) -> Loaded:
    """Take a list that was read: all of it or nothing. Raises PermissionDenied, BadList where a term is known under another list."""
    require(by, Permission.MODERATE)
    values = {"name": told.name, "version": told.version, "licence": told.licence, "loaded_at": clock.now()}
    taxonomy, _ = Taxonomy.objects.update_or_create(uri=told.uri, defaults=values)
    uris = {item.uri: item.code for item in told.items}
    _refuse_elsewhere(taxonomy, uris)
    there = {term.code: term for term in taxonomy.terms.all()}
    before = {code: tuple(getattr(term, name) for name in (*WORDS, "parent_id")) for code, term in there.items()}
    made = [Term(taxonomy=taxonomy, code=item.code) for item in told.items if item.code not in there]
    terms = there | {term.code: term for term in made}
    for item in told.items:
        term = terms[item.code]
        term.uri, term.name, term.description, term.gone = item.uri, item.name, item.description, False
        term.parent = terms[item.broader] if item.broader else None
    lost = [term for code, term in there.items() if code not in uris.values() and not term.gone]
    for term in lost:
        term.gone = True
    changed = [term for code, term in there.items() if tuple(getattr(term, name) for name in (*WORDS, "parent_id")) != before[code]]
    # Those above come first only by luck: rows are made without parents, which are set once all are there.
    parents = {term.pk: term.parent for term in made}
    for term in made:
        term.parent = None
    Term.objects.bulk_create(made, batch_size=CHUNK)
    for term in made:
        term.parent = parents[term.pk]
    Term.objects.bulk_update([*changed, *(term for term in made if term.parent)], [*WORDS, "parent"], batch_size=CHUNK)
    loaded = Loaded(taxonomy, len(made), len(changed) - len(lost), len(told.items) - len(made) - len(changed) + len(lost), len(lost))
    codes = {"new": loaded.new, "changed": loaded.changed, "gone": loaded.gone}
    record("taxonomy.loaded", taxonomy, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
    return loaded


@transaction.atomic
def load_shipped() -> int:
    """The terms and mappings that the product ships, as far as they are not there: what staff changed since is left alone, and so is a
    mapping of a need that was merged into another. Returns how many mappings were made.
    """
    fresh: set[str] = set()
    for row in _shipped("terms.csv"):
        taxonomy, _ = Taxonomy.objects.get_or_create(uri=row["list"], defaults={"name": row["list_name"], "licence": row["licence"]})
        _, created = Term.objects.get_or_create(uri=row["uri"], defaults={"taxonomy": taxonomy, "code": row["code"], "name": row["name"]})
        fresh |= {row["uri"]} if created else set()
    terms = {term.uri: term for term in Term.objects.filter(uri__in=fresh)}
    needs = Need.objects.in_bulk()
    made = [
        NeedMapping(need=needs[row["need"]], term=terms[row["uri"]], kind=row["kind"], source=row["source"])
        for row in _shipped("need_mappings.csv")
        # A term that was there before has mappings that staff looked at, or took away.
        if row["uri"] in terms and row["need"] in needs
    ]
    NeedMapping.objects.bulk_create(made, ignore_conflicts=True)
    if made:
        by = system_user()
        record("taxonomy.shipped", made[0], by=by, role=role_used(by, Permission.MODERATE), codes={"mappings": len(made)})
    return len(made)


def _refuse_elsewhere(taxonomy: Taxonomy, uris: dict[str, str]) -> None:
    """An address belongs to one term for good: to one of another list, or of another code, it is not given anew."""
    addresses = list(uris)
    for start in range(0, len(addresses), CHUNK):
        for term in Term.objects.filter(uri__in=addresses[start : start + CHUNK]).select_related("taxonomy"):
            if term.taxonomy_id != taxonomy.pk or term.code != uris[term.uri]:
                raise BadList(f"The address {term.uri} belongs to {term} of the list “{term.taxonomy}” already.")


def _shipped(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
