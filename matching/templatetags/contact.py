"""How somebody is reached, for templates: `{% load contact %}`. Each takes a Person, or what passed of one."""

from typing import Any

from django import template

from matching.persons import contacts
from matching.persons.needs import CommunicationNeed

register = template.Library()


@register.filter
def reach(person: Any) -> contacts.Reach:
    """How to reach them: words, warnings, whether by voice."""
    return contacts.how_to_reach(person)


@register.filter
def coded_needs(person: Any) -> list[CommunicationNeed]:
    """Their communication needs: label and what each means for us."""
    return contacts.needs_of(person)


@register.filter
def spoken_language(person: Any) -> str:
    """The language of an interpreter, where one is written down."""
    return contacts.language_of(person)


@register.filter
def phone_facts(person: Any) -> list[str]:
    """Who may answer, whether to leave a message, when to ring: beside every telephone number."""
    return contacts.phone_facts(person)
