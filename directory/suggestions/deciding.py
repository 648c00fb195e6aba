"""What moderators do with what somebody told us: take it, make it a listing or a change, settle it. The reporter hears of the end."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock, listings, moderation, organisations
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.change_states import ChangeState, FieldState
from directory.geodata.locating import normalise_postcode
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Change, Organisation, Service
from directory.states import WrongState
from directory.suggestions import mails
from directory.suggestions.models import Suggestion
from directory.suggestions.states import SUGGESTION, SUGGESTION_OPEN, SuggestionState

SOURCE = "suggested"
# The fields of a listing behind what visitors point at. Getting in, and something else, are put right in the editor.
FIELD_OF = {
    Suggestion.Part.GONE: "status",
    Suggestion.Part.TIMES: "times",
    Suggestion.Part.PLACE: "places",
    Suggestion.Part.PHONE: "phone",
    Suggestion.Part.EMAIL: "email",
    Suggestion.Part.WEB: "url",
    Suggestion.Part.COST: "cost",
    Suggestion.Part.WHO: "who_for",
    Suggestion.Part.NAME: "name",
}
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)
SIDES = frozenset({Relation.MODERATOR})


@transaction.atomic
def take(suggestion: Suggestion, *, by: User, to: User | None = None) -> Suggestion:
    """Answer for it, or hand it over to another moderator. Raises PermissionDenied, WrongState, ValidationError (`to` is no moderator)."""
    told = _lock(suggestion, by)
    who = to or by
    if not allowed(who, Permission.MODERATE):
        raise ValidationError({"to": ["Choose a moderator."]})
    _move(told, SuggestionState.TAKEN, by=by, moderator=who)
    suggestion.refresh_from_db()
    return told


@transaction.atomic
def make_listing(suggestion: Suggestion, *, organisation: str, values: Mapping[str, Any], by: User, rang: bool = False) -> Service:
    """Make a listing of a group that is missing; of the organisation with that name, or a new one. rang: the moderator has asked them.

    Raises PermissionDenied, WrongState, ValidationError ({field: [text]}).
    """
    told = _taken(suggestion, by)
    if told.kind != Suggestion.Kind.LISTING:
        raise WrongState("That is about a listing that is there.")
    if not organisation.strip():
        raise ValidationError({"organisation": ["Say whose it is."]})
    group = Organisation.objects.filter(name__iexact=organisation.strip()).order_by("changed_at").first()
    if group is not None and group.replaced_by is not None:
        group = group.replaced_by
    group = group or organisations.create_organisation(by=by, name=organisation.strip())
    service = listings.create_service(group, by=by, source=SOURCE, **values)
    if rang:
        listings.mark_checked(service, by=by, how=Service.CheckedHow.PHONE)
    told.became = service
    _end(told, SuggestionState.DONE, by=by)
    suggestion.refresh_from_db()
    return service


@transaction.atomic
def propose_change(suggestion: Suggestion, values: Mapping[str, Any], *, by: User) -> Change | None:
    """Put what is right up as a change of the listing, in the same queue; safe fields go live at once. None where it is so already.

    The suggestion ends when its change is decided. Raises PermissionDenied, WrongState, ValidationError ({field: [text]}).
    """
    told = _taken(suggestion, by)
    if told.service is None:
        raise WrongState("This is about no listing yet.")
    change = moderation.propose(told.service, values, by=by)
    if change is not None:
        told.change = change
        told.save(update_fields=["change"])
        if moderation.state_of(change) == ChangeState.DECIDED:
            _end(told, SuggestionState.DONE, by=by)
    suggestion.refresh_from_db()
    return change


@transaction.atomic
def settle(suggestion: Suggestion, *, by: User, words: str = "") -> Suggestion:
    """It is put right, by another way. words: for the reporter. Raises PermissionDenied, WrongState."""
    told = _taken(suggestion, by)
    told.reason = words.strip()
    _end(told, SuggestionState.DONE, by=by)
    suggestion.refresh_from_db()
    return told


@transaction.atomic
def decline(suggestion: Suggestion, *, by: User, reason: str) -> Suggestion:
    """Leave it, and say why; the reporter reads it. Raises PermissionDenied, WrongState, ValidationError without a reason."""
    told = _taken(suggestion, by)
    SUGGESTION.check(told.state, SuggestionState.DECLINED, SIDES).require({"reason": reason}, SIDES)
    told.reason = reason.strip()
    _end(told, SuggestionState.DECLINED, by=by)
    suggestion.refresh_from_db()
    return told


def settle_with_change(change: Change, by: User) -> None:
    """The change that a suggestion became is decided, and so is the suggestion. Runs inside the decision's transaction."""
    told = Suggestion.objects.select_for_update().filter(change=change, state=SuggestionState.TAKEN).first()
    if told is None:
        return
    rows = list(change.fields.all())
    if any(row.state in (FieldState.ACCEPTED, FieldState.LIVE) for row in rows):
        _end(told, SuggestionState.DONE, by=by)
        return
    told.reason = " ".join(row.reason for row in rows if row.reason)
    _end(told, SuggestionState.DECLINED, by=by)


def prefilled(suggestion: Suggestion) -> dict[str, str]:
    """What the moderator's form for a new listing begins with."""
    place = place_of(suggestion.where)
    web = suggestion.web
    return {
        "organisation": suggestion.name,
        "name": suggestion.name,
        "summary": " ".join(suggestion.words.split())[:300],
        "address": place["address"],
        "postcode": place["postcode"],
        "phone": suggestion.phone,
        "url": web if not web or "://" in web else f"https://{web}",
    }


def place_of(text: str) -> dict[str, str]:
    """A place as somebody wrote it, its postcode apart from the rest."""
    found = _POSTCODE.search(text)
    if found is None or normalise_postcode(found[0]) is None:
        return {"address": text.strip(), "postcode": ""}
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return {"address": " ".join(rest.split()).strip(" ,;."), "postcode": found[0]}


def field_value(name: str, text: str) -> Any:
    """What was typed for a field of a listing, in the form that `propose` takes."""
    if name == "places":
        return [place_of(text)] if text.strip() else []
    return text


def _lock(suggestion: Suggestion, by: User) -> Suggestion:
    require(by, Permission.MODERATE)
    return Suggestion.objects.select_for_update(of=("self",)).select_related("service").get(pk=suggestion.pk)


def _taken(suggestion: Suggestion, by: User) -> Suggestion:
    """Whoever decides answers for it; one that somebody else took is decided by them, or taken over first."""
    told = _lock(suggestion, by)
    if told.state in SUGGESTION_OPEN and told.moderator_id is None:
        _move(told, SuggestionState.TAKEN, by=by, moderator=by)
    elif told.state in SUGGESTION_OPEN and told.moderator_id != by.pk:
        raise WrongState("Somebody else has taken this. Take it over first.")
    elif told.state not in SUGGESTION_OPEN:
        raise WrongState("This is settled already.")
    return told


def _end(told: Suggestion, to: SuggestionState, *, by: User) -> None:
    _move(told, to, by=by, ended_at=clock.now())
    mails.send_after_commit(mails.tell_reporter, told)


def _move(told: Suggestion, to: SuggestionState, *, by: User, **columns: Any) -> None:
    """The one place where a suggestion changes its state, by the table."""
    SUGGESTION.check(told.state, to, SIDES)
    before, told.state = told.state, to
    for name, value in columns.items():
        setattr(told, name, value)
    told.save()
    codes: Codes = {"from": before, "to": to, "kind": told.kind, "moderator": told.moderator_id}
    record("suggestion.moved", told, by=by, role=role_used(by, Permission.MODERATE), codes=codes)
