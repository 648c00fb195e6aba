"""How somebody is to be reached: by letter, text, e-mail or call, and what to mind before.

One function decides (`how_to_reach`); pages, tasks and the note that somebody was told all ask it. Whoever signs, lip-reads or is deafblind
is never rung.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from directory.personal.lookup import REGION
from matching.models import FamilyLink, Person, Referral
from matching.persons.needs import CommunicationNeed, Voice, communication_needs, needs_coded

LANGUAGE_MOST = 60


class Way(TextChoices):
    """Ways to reach somebody; the first four are what a person may wish for."""

    CALL = "call", "Ring"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    RELAY = "relay", "Ring through Relay UK"
    MAIN_CONTACT = "main_contact", "Through the main contact"
    VISIT = "visit", "Go there"
    NONE = "none", "Not at all"


WISHES = (Way.CALL, Way.TEXT, Way.EMAIL, Way.LETTER)


class MayAnswer(TextChoices):
    ANYBODY = "anybody", "Anybody there may know who rings"
    PERSON = "person", "Only the person: say nothing to anybody else"
    TOLD = "told", "Only the person, or whom they have named"


class PartOfDay(TextChoices):
    MORNING = "morning", "Mornings"
    AFTERNOON = "afternoon", "Afternoons"
    EVENING = "evening", "Evenings"


_CHANNELS = {
    Way.CALL: Referral.Channel.PHONE,
    Way.RELAY: Referral.Channel.PHONE,
    Way.TEXT: Referral.Channel.TEXT,
    Way.EMAIL: Referral.Channel.EMAIL,
    Way.LETTER: Referral.Channel.LETTER,
    Way.VISIT: Referral.Channel.IN_PERSON,
}


# The same beside a number or an address that stands on the page already.
_DEEDS = {
    Way.CALL: "Ring them.",
    Way.RELAY: "Ring through Relay UK: dial 18002, then the number.",
    Way.TEXT: "Send a text message. Plain words, short.",
    Way.EMAIL: "Write an e-mail.",
}


@dataclass(frozen=True)
class Reach:
    """How to reach somebody: the way to take, a plain sentence, what to mind, and every way that would do, the best first."""

    way: Way
    words: str
    warnings: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def channel(self) -> str:
        """The channel that a referral notes for this way; empty where there is none."""
        return str(_CHANNELS.get(self.way, ""))

    @property
    def deed(self) -> str:
        """The words for a page on which number and address stand beside them: no reader hears them twice."""
        return _DEEDS.get(self.way, self.words)

    @property
    def by_voice(self) -> bool:
        """May this person be rung at all?"""
        return Way.CALL in self.ways


def how_to_reach(person: Any, *, main: FamilyLink | None = None) -> Reach:
    """The way to take with this person now.

    person: a Person, or what passed of one (`SharedPerson`, `Introduction`): phone, email, address, postcode, contact, do_not_contact; what
    it does not have counts as not known. main: the main contact, for where the person cannot be reached directly; a Person's own where left out.
    """
    if getattr(person, "do_not_contact", False):
        return Reach(Way.NONE, "Do not contact them.", (), ())
    contact = _contact(person)
    needs = needs_coded(contact.get("codes", ()))
    ways = _possible(person, needs)
    wish = contact.get("by", "")
    warnings = [*_about_the_wish(wish, ways), *_about_calls(needs)]
    if not ways:
        return _around(main or main_contact_of(person), warnings, could_go=bool(_text(person, "address")))
    way = next((way for way in ways if way == wish), ways[0])
    if way in (Way.CALL, Way.RELAY):
        warnings += phone_facts(person)
    if way == Way.TEXT and contact.get("may_answer") in (MayAnswer.PERSON, MayAnswer.TOLD):
        warnings.append("Others may see the message: write only that you would like to speak to them.")
    return Reach(way, _words(way, person, needs), tuple(dict.fromkeys(warnings)), ways)


def needs_of(person: Any) -> list[CommunicationNeed]:
    """The person's communication needs, for every screen that names them."""
    return needs_coded(_contact(person).get("codes", ()))


def name_with_needs(person: Any) -> str:
    """Name and communication needs in one line, for a choice between people."""
    told = [need.label for need in needs_of(person)] + ["more on the record"] * bool(_text(person, "communication_needs"))
    return f"{_text(person, 'name')} ({'; '.join(told)})" if told else _text(person, "name")


def language_of(person: Any) -> str:
    """Which language an interpreter would have to speak; empty where nothing is written."""
    return str(_contact(person).get("language", ""))


def phone_facts(person: Any) -> list[str]:
    """What stands beside the telephone number: who may answer, whether to leave a message, when to ring. What is not known is told as unsafe."""
    contact = _contact(person)
    message: dict[Any, str] = {True: "A message on voicemail is fine.", False: "Leave no message."}
    facts = [message.get(contact.get("voicemail"), "Nobody has asked about messages: leave none.")]
    answers = contact.get("may_answer")
    if answers in MayAnswer.values:
        facts.append(f"{MayAnswer(answers).label}.")
    if times := [PartOfDay(time).label.lower() for time in PartOfDay.values if time in contact.get("times", ())]:
        facts.append(f"Best in the {' or '.join(times)}.")
    return facts


def main_contact_of(person: Any) -> FamilyLink | None:
    """The family member or friend whom we ring where the person cannot be reached."""
    written = isinstance(person, Person) and not person._state.adding
    return next((link for link in person.family.all() if link.is_main), None) if written else None


def clean_contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored in `Person.contact`: unknown things left out. Raises ValidationError ({"contact": [text]})."""
    kept = {name: value for name, value in contact.items() if value not in (None, "", [], ())}
    choices: dict[str, Any] = {"codes": communication_needs(), "times": PartOfDay.values}
    single: dict[str, Any] = {"by": WISHES, "may_answer": MayAnswer.values, "voicemail": (True, False)}
    wrong = kept.keys() - choices.keys() - single.keys() - {"language"}
    wrong |= {name for name, known in choices.items() if name in kept and not _all_of(kept[name], known)}
    wrong |= {name for name, known in single.items() if name in kept and kept[name] not in known}
    if not isinstance(kept.get("language", ""), str) or len(str(kept.get("language", ""))) > LANGUAGE_MOST:
        wrong.add("language")
    if wrong:
        raise ValidationError({"contact": [f"This cannot be kept here: {', '.join(sorted(wrong))}."]})
    for name, known in choices.items():
        if name in kept:
            kept[name] = [str(code) for code in known if code in kept[name]]
    return {name: str(value).strip() if name in ("by", "may_answer", "language") else value for name, value in kept.items()}


def is_mobile(phone: str) -> bool:
    """Can this number take a text message?"""
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        return False
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    # Numbers kept for drama (07700 900…) belong to nobody, so the library knows no kind of them.
    return phonenumbers.number_type(number) in mobile or phonenumbers.national_significant_number(number).startswith("7700900")


def _all_of(values: Any, known: Any) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(value, str) and value in known for value in values)


def _contact(person: Any) -> Mapping[str, Any]:
    return getattr(person, "contact", None) or {}


def _text(person: Any, name: str) -> str:
    return str(getattr(person, name, "") or "")


def _possible(person: Any, needs: list[CommunicationNeed]) -> tuple[Way, ...]:
    """Every way that would do, the best first: by voice where nothing speaks against it."""
    voices, codes = {need.voice for need in needs}, {need.code for need in needs}
    phone, ways = _text(person, "phone"), []
    if phone and Voice.NO not in voices:
        ways.append(Way.RELAY if Voice.RELAY in voices else Way.CALL)
    if is_mobile(phone):
        ways.append(Way.TEXT)
    if _text(person, "email"):
        ways.insert(0 if "email" in codes else len(ways), Way.EMAIL)
    if _text(person, "address") and all(need.letter != "no" for need in needs):
        ways.append(Way.LETTER)
    return tuple(ways)


def _about_the_wish(wish: str, ways: tuple[Way, ...]) -> list[str]:
    if not wish or wish in ways:
        return []
    if wish == Way.CALL and Way.RELAY in ways:
        return []
    asked = {Way.CALL: "a call", Way.TEXT: "a text message", Way.EMAIL: "e-mail", Way.LETTER: "a letter"}
    return [f"They asked for {asked[Way(wish)]}, and that cannot be done with what is written down."]


def _about_calls(needs: list[CommunicationNeed]) -> list[str]:
    silent = [need.label for need in needs if need.voice == Voice.NO]
    return [f"Never by voice: {', '.join(silent)}."] if silent else []


def _around(main: FamilyLink | None, warnings: list[str], *, could_go: bool) -> Reach:
    """Nothing that is written down reaches them directly."""
    if main is not None and (main.name or main.phone):
        who = " ".join(part for part in (main.name, f"({main.relation})" if main.relation else "", main.phone) if part)
        if main.sees == FamilyLink.Sees.NOTHING:
            warnings = [*warnings, "Tell the main contact no more than that you would like to speak to the person."]
        return Reach(Way.MAIN_CONTACT, f"Ask the main contact how to reach them: {who}.", tuple(warnings), (Way.MAIN_CONTACT,))
    if could_go:
        return Reach(Way.VISIT, "Go there: nothing else that is written down reaches them.", tuple(warnings), (Way.VISIT,))
    return Reach(Way.NONE, "We cannot reach them: no number, e-mail or address is written down that suits them.", tuple(warnings), ())


def _words(way: Way, person: Any, needs: list[CommunicationNeed]) -> str:
    phone, made = _text(person, "phone"), [need.letter for need in needs if need.letter not in ("", "no")]
    formats = f" In {', '.join(dict.fromkeys(made))}." if made else ""
    return {
        Way.CALL: f"Ring {phone}.",
        Way.RELAY: f"Ring through Relay UK: dial 18002, then {phone}.",
        Way.TEXT: f"Send a text message to {phone}. Plain words, short.",
        Way.EMAIL: f"Write an e-mail to {_text(person, 'email')}.",
        Way.LETTER: f"Write a letter to {_text(person, 'address')}, {_text(person, 'postcode')}.{formats}".replace(", .", "."),
    }[way]
