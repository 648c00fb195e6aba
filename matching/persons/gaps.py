"""What does not work with what is known of a person, in words: nothing is refused because something is missing."""

from matching.models import Person
from matching.persons.contacts import Way, how_to_reach
from matching.persons.homes import is_outside


def gaps_of(person: Person) -> list[str]:
    """Sentences for the desk, the weightiest first; none where nothing that help needs is missing."""
    gaps = []
    if how_to_reach(person).way == Way.NONE and not person.do_not_contact:
        gaps.append("We have no way to reach them: ask for a phone number, an e-mail or an address.")
    if not person.postcode:
        gaps.append(
            "Without a postcode no neighbour is offered a visit, services near are not found, and an unmet need counts for no area."
        )
    elif person.position is None:
        gaps.append("We do not know where this postcode lies: no neighbour is offered a visit. Check it, or ask for the new one.")
    elif is_outside(person.postcode):
        gaps.append("This postcode lies outside the area where we help: neighbours are far away, and an unmet need counts for no area.")
    if not person.address:
        gaps.append("Without an address nobody can visit, and no letter can be sent. Ask for it before a volunteer is introduced.")
    return gaps
