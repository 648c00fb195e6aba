"""Telling us about the listings; anybody may, without an account."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from directory.accounts.roles import Relation
from directory.journal.recording import record
from directory.models import Service
from directory.states import NEW
from directory.suggestions import mails
from directory.suggestions.models import Suggestion
from directory.suggestions.states import SUGGESTION, SuggestionState

SHORT = 200
LONG = 1000
MOST = {"name": SHORT, "where": SHORT, "phone": SHORT, "web": SHORT, "known": SHORT, "email": 254, "words": LONG, "right": LONG}


def suggest_listing(
    *, name: str, words: str, where: str = "", phone: str = "", web: str = "", known: str = "", email: str = "", once: str = ""
) -> Suggestion:
    """A group that is missing. once: the form's own mark, by which a form that is sent twice tells us once.

    Raises ValidationError ({field: [text]}).
    """
    told = Suggestion(kind=Suggestion.Kind.LISTING, name=name, words=words, where=where, phone=phone, web=web, known=known, email=email)
    errors = _strip(told)
    if not told.name:
        errors["name"] = ["Write what it is called."]
    if not told.words:
        errors["words"] = ["Write in a few words what happens there."]
    if not (told.where or told.phone or told.web):
        errors["where"] = ["Write a place, a telephone number or a web page, so that we can find them."]
    return _keep(told, errors, once)


def report(
    service: Service, *, part: str, words: str = "", right: str = "", known: str = "", email: str = "", once: str = ""
) -> Suggestion:
    """Something of a listing is wrong, and perhaps what is right. Raises ValidationError ({field: [text]})."""
    told = Suggestion(service=service, part=part, words=words, right=right, known=known, email=email)
    errors = _strip(told)
    if part not in Suggestion.Part.values:
        errors["part"] = ["Choose what is wrong."]
    if not (told.words or told.right) and part != Suggestion.Part.GONE:
        errors["words"] = ["Write what is wrong, or what is right."]
    told.kind = Suggestion.Kind.CHANGE if told.right or part == Suggestion.Part.GONE else Suggestion.Kind.PROBLEM
    return _keep(told, errors, once)


def _strip(told: Suggestion) -> dict[str, list[str]]:
    errors = {}
    for name, most in MOST.items():
        text = getattr(told, name).replace("\0", "").strip()
        setattr(told, name, text)
        if len(text) > most:
            errors[name] = [f"Please use at most {most} letters and spaces."]
    if told.email and "email" not in errors:
        try:
            validate_email(told.email)
        except ValidationError:
            errors["email"] = ["This does not look like an e-mail address. Write it like ada@example.org, or leave it out."]
    return errors


def _keep(told: Suggestion, errors: dict[str, list[str]], once: str) -> Suggestion:
    if errors:
        raise ValidationError(errors)
    told.once = salted_hmac("directory.suggestions", once, algorithm="sha256").hexdigest() if once else None
    known = Suggestion.objects.filter(once=told.once).first() if told.once else None
    if known is not None:
        return known
    SUGGESTION.check(NEW, SuggestionState.NEW, [Relation.RAISER])
    try:
        with transaction.atomic():
            told.save(force_insert=True)
            record("public.suggested", told, by=None, codes={"kind": told.kind, "part": told.part or None, "service": told.service_id})
            mails.send_after_commit(mails.tell_moderators, told)
            if told.service_id:
                mails.send_after_commit(mails.tell_owner, told)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        return Suggestion.objects.get(once=told.once)
    return told
