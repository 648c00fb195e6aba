"""The link in an invitation: its row, signed. It names no address, and nothing that is kept here is enough to make one."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

_signer = Signer(sep=".", salt="directory.members.invitation")


def invitation_path(invitation: UUID) -> str:
    """The page on which an invitation is answered; until when, its row tells."""
    return reverse("invitation", args=[_signer.sign(invitation.hex)])


def of_invitation(text: str) -> UUID | None:
    """The Invitation of an invitation_path; None where the text is not whole."""
    try:
        return UUID(_signer.unsign(text))
    except (BadSignature, ValueError):
        return None
