"""What terms of other vocabularies mean in our needs: set, confirmed, taken away, and looked up."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Need
from directory.seeding import need_id
from directory.taxonomies.list_files import ESD
from directory.taxonomies.models import NeedMapping, Term

Kind = NeedMapping.Kind
# Only of these is it true that whatever helps with the term helps with the need.
MEANS_THE_NEED = (Kind.EXACT, Kind.NARROWER)
# How feeds shorten addresses (a "CURIE"), and how they name the vocabulary beside a bare code.
SHORT = {
    "esdservicetype": f"{ESD}service/",
    "esdservicetypes": f"{ESD}service/",
    "esdneed": f"{ESD}need/",
    "esdneeds": f"{ESD}need/",
    "esdcircumstance": f"{ESD}circumstance/",
    "esdcircumstances": f"{ESD}circumstance/",
}


@transaction.atomic
def set_mapping(need: Need, term: Term, kind: str, *, by: User, source: str = "", confirmed: bool = False) -> NeedMapping:
    """Say what a term is to a need; `confirmed` when somebody who knows both says so. A mapping that changes its kind was confirmed by nobody.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.MODERATE)
    if need.replaced_by_id:
        raise ValidationError({"need": ["This need was merged into another."]})
    mapping = NeedMapping.objects.filter(need=need, term=term).first() or NeedMapping(need=need, term=term)
    if mapping.kind != kind or not confirmed:
        mapping.confirmed_by = mapping.confirmed_at = None
    if confirmed and not mapping.is_confirmed:
        mapping.confirmed_by, mapping.confirmed_at = by, clock.now()
    mapping.kind, mapping.source = kind, source.strip()
    mapping.full_clean()
    mapping.save()
    _tell(mapping, by=by)
    return mapping


@transaction.atomic
def remove_mapping(mapping: NeedMapping, *, by: User) -> None:
    """Take a mapping away. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    _tell(mapping, by=by)
    mapping.delete()


def needs_of(terms: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """The needs that a feed's terms mean, by slug: has somebody confirmed it? At most one query, none for terms without an address."""
    addresses = {address for term in terms for address in addresses_of(term)}
    if not addresses:
        return {}
    rows = NeedMapping.objects.filter(term__uri__in=addresses, kind__in=MEANS_THE_NEED)
    found: dict[str, bool] = {}
    for own, merged_into, confirmed_at in rows.values_list("need_id", "need__replaced_by_id", "confirmed_at"):
        slug = merged_into or own
        found[slug] = found.get(slug, False) or confirmed_at is not None
    return found


def addresses_of(term: Mapping[str, Any]) -> list[str]:
    """The addresses that a term of a feed may stand for: its own, one written short, or a code with the name of its vocabulary."""
    found = []
    vocabulary = _word(term.get("vocabulary")) or _word(term.get("taxonomy"))
    for name in ("term_uri", "uri", "id", "code"):
        text = _word(term.get(name))
        short, colon, code = text.partition(":")
        if text.startswith(("http://", "https://")):
            found.append("http://" + text.split("://", 1)[1].rstrip("/"))
            found.append("https://" + text.split("://", 1)[1].rstrip("/"))
        elif colon and short.lower() in SHORT:
            found.append(SHORT[short.lower()] + code.strip())
        elif text and name in ("id", "code") and vocabulary.lower() in SHORT:
            found.append(SHORT[vocabulary.lower()] + text)
    return [address for address in dict.fromkeys(found) if len(address) <= 300]


def published(needs: Iterable[Need]) -> dict[str, list[dict[str, Any]]]:
    """The mappings of these needs as they go out, by slug, in one query: their own first, then those of needs that were merged into them.

    Unconfirmed ones say so.
    """
    slugs = {need.slug for need in needs}
    rows = NeedMapping.objects.filter(Q(need__in=slugs) | Q(need__replaced_by__in=slugs)).select_related("need", "term__taxonomy")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.need.replaced_by_id is not None, row.term.uri)):
        told = {"term_uri": row.term.uri, "name": row.term.name, "taxonomy": row.term.taxonomy.name}
        terms = found.setdefault(row.need.replaced_by_id or row.need_id, {})
        terms.setdefault(row.term.uri, {**told, "relation": row.kind, "confirmed": row.is_confirmed})
    return {slug: list(terms.values()) for slug, terms in found.items()}


def _tell(mapping: NeedMapping, *, by: User) -> None:
    """A need that means something else to others has changed."""
    slug = mapping.need_id
    codes: Codes = {"need": slug, "mapping": mapping.pk, "kind": mapping.kind}
    record("need.changed", ("directory.need", need_id(slug)), by=by, role=role_used(by, Permission.MODERATE), codes=codes)


def _word(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\0", "").strip()[:400]
