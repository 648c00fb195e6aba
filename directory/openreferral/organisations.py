"""Organisations as records."""

from urllib.parse import urljoin
from uuid import uuid5

from django.conf import settings

from directory.models import Organisation
from directory.openreferral.values import Record, email, key, lines, parts, text, told, uri

# By column: the scheme of org-id.guide where it knows one, and its name in words.
SCHEMES = {
    "charity_number": ("GB-CHC", "Charity number"),
    "company_number": ("GB-COH", "Company number"),
    "coop_number": ("GB-MPR", "Mutuals register number"),
    "cqc_provider": ("", "Care Quality Commission provider id"),
}


def flat(organisation: Organisation) -> Record:
    """What stands to an organisation one to one (loaded with its logo). One that nobody described is described by its name."""
    name = text(organisation.name) or organisation.get_kind_display()
    return told(
        id=str(organisation.pk),
        name=name,
        alternate_name=text(organisation.other_names),
        description=text(organisation.description) or name,
        email=email(organisation.email),
        website=uri(organisation.url),
        logo=_logo(organisation),
        parent_organization_id=key(organisation.parent_id),
        ccs_kind=organisation.kind,
        ccs_ours=organisation.ours or None,
        ccs_demo=organisation.demo or None,
        ccs_networks=parts(organisation.networks),
        ccs_source=text(organisation.source),
        ccs_source_id=text(organisation.source_id) if text(organisation.source) else None,
    )


def full(organisation: Organisation) -> Record:
    """With its numbers in registers, its phone and its other pages."""
    return flat(organisation) | told(
        organization_identifiers=_identifiers(organisation),
        phones=_phones(organisation),
        additional_websites=_websites(organisation),
    )


def _logo(organisation: Organisation) -> str | None:
    return urljoin(f"{settings.BASE_URL}/", organisation.logo.file.url) if organisation.logo else None


def _identifiers(organisation: Organisation) -> list[Record]:
    return [
        told(
            id=str(uuid5(organisation.pk, f"identifier:{column}")),
            organization_id=str(organisation.pk),
            identifier_scheme=_scheme(column, number),
            identifier_type=words,
            identifier=number,
        )
        for column, (_, words) in SCHEMES.items()
        if (number := text(getattr(organisation, column)))
    ]


def _scheme(column: str, number: str) -> str:
    """Charities of Scotland and of Northern Ireland stand in registers of their own."""
    if column == "charity_number":
        return {"SC": "GB-SC", "NI": "GB-NIC"}.get(number[:2].upper(), SCHEMES[column][0])
    return SCHEMES[column][0]


def _phones(organisation: Organisation) -> list[Record]:
    number = text(organisation.phone)
    return [{"id": str(uuid5(organisation.pk, "phone")), "organization_id": str(organisation.pk), "number": number}] if number else []


def _websites(organisation: Organisation) -> list[Record]:
    found = dict.fromkeys(filter(None, map(uri, lines(organisation.social))))
    return [{"id": str(uuid5(organisation.pk, f"url:{each}")), "organization_id": str(organisation.pk), "url": each} for each in found]
