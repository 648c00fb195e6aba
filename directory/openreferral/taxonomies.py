"""The elements and needs as one taxonomy: elements on top, needs below them."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

from directory.models import Element, Need
from directory.openreferral.values import Record, told
from directory.seeding import NEED_NAMES, need_id
from directory.taxonomies.mapping import published

TAXONOMY = uuid5(NEED_NAMES, "taxonomy:needs")
NAME = "Care Store needs"
DESCRIPTION = "What people need help with, in their own words: four elements of a life, and the needs below each."


def element_id(slug: str) -> UUID:
    """The id of an element as a term."""
    return uuid5(NEED_NAMES, f"element:{slug}")


def taxonomy_record(*, full: bool = False) -> Record:
    """The taxonomy, with all its terms where `full`."""
    return told(id=str(TAXONOMY), name=NAME, description=DESCRIPTION, version="1", taxonomy_terms=all_terms() if full else None)


def all_terms() -> list[Record]:
    """Every term: each element, then its needs. Three queries."""
    needs: dict[str, list[Need]] = {}
    for need in Need.objects.all():
        needs.setdefault(need.element_id, []).append(need)
    mappings = published(need for row in needs.values() for need in row)
    return [term for element in Element.objects.all() for term in (element_term(element), *need_terms(needs.get(element.pk, ()), mappings))]


def element_term(element: Element) -> Record:
    """An element as a term without a parent."""
    return _term(element_id(element.slug), element.name, element.plain, element.slug)


def need_term(need: Need) -> Record:
    """A need as a term below its element."""
    return _term(need_id(need.slug), need.name, need.plain or need.what_counts, need.slug, parent=element_id(need.element_id))


def need_terms(needs: Iterable[Need], mappings: Mapping[str, list[Record]] | None = None) -> list[Record]:
    """Needs as terms, each with what it is called in other vocabularies (looked up at once where not handed in)."""
    rows = list(needs)
    known = published(rows) if mappings is None else mappings
    return [need_term(need) | told(ccs_mappings=known.get(need.slug)) for need in rows]


def need_attribute(link: UUID, need: Need) -> Record:
    """That a service is for a need."""
    term = need_id(need.slug)
    return {
        "id": str(uuid5(link, f"need:{need.slug}")),
        "link_id": str(link),
        "link_type": "service",
        "taxonomy_term_id": str(term),
        "taxonomy_term": need_term(need),
    }


def slugs_of_terms(terms: list[UUID]) -> list[str]:
    """The needs that these terms stand for: an element stands for all below it."""
    wanted = set(terms)
    rows = Need.objects.values_list("slug", "element_id")
    return [slug for slug, element in rows if need_id(slug) in wanted or element_id(element) in wanted]


def _term(term: UUID, name: str, description: str, slug: str, parent: UUID | None = None) -> Record:
    return told(
        id=str(term),
        name=name.strip() or slug,
        description=description.strip() or name.strip() or slug,
        parent_id=str(parent) if parent else None,
        taxonomy=NAME,
        taxonomy_id=str(TAXONOMY),
        ccs_slug=slug,
    )
