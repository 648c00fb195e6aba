"""What the pages of words say as long as no editor has said it better; also the first text of the pages that seeding makes."""

from dataclasses import dataclass

from cms.models import FixedAddress


@dataclass(frozen=True)
class Part:
    """A heading (empty for none) and paragraphs; a paragraph that begins with "- " is a line of a list."""

    heading: str
    paragraphs: tuple[str, ...]

    @property
    def blocks(self) -> list[tuple[str, list[str]]]:
        """("p", [text]) and ("ul", [lines]) in their order."""
        found: list[tuple[str, list[str]]] = []
        for text in self.paragraphs:
            is_line = text.startswith("- ")
            if is_line and found and found[-1][0] == "ul":
                found[-1][1].append(text[2:])
            else:
                found.append(("ul", [text[2:]]) if is_line else ("p", [text]))
        return found


@dataclass(frozen=True)
class OwnWords:
    """The words of one page: its title, its first sentence, and the rest."""

    title: str
    intro: str
    parts: tuple[Part, ...] = ()


ABOUT = OwnWords(
    "About us",
    "Neighbours, groups and paid carers in the Colne Valley, in one place that you can find.",
    (
        Part(
            "Why we are here",
            (
                "There is a lot of help in the villages: lunch clubs, chapels, drivers, choirs, good neighbours. Finding the right one is hard, most of all "
                "on the day when you need it.",
                "So we wrote down who helps with what, where, and on which day. We ring the groups, and each page says when somebody last checked it.",
            ),
        ),
        Part(
            "Who runs it",
            (
                "The store belongs to a care co-op. Its members are the people who use care, their families, the staff, and neighbours. They decide together.",
                "We are not the council. We work beside it, and beside the groups that were here long before us.",
            ),
        ),
        Part(
            "What we do not do",
            (
                "- We do not sell your name to anybody.",
                "- Nobody can pay to stand higher in a list.",
                "- We do not say that a group is right for you. You decide, and we help you to choose if you like.",
            ),
        ),
    ),
)

OWN_WORDS: dict[FixedAddress, OwnWords] = {
    FixedAddress.ACCESSIBILITY: OwnWords(
        "Accessibility",
        "These pages should work for you, whichever way you read them. If one does not, ring us.",
        (
            Part(
                "What you can do",
                (
                    "- Make the words twice as large. Nothing is cut off.",
                    "- Use the keyboard only, or a screen reader.",
                    "- Use the pages on an old phone, and with JavaScript switched off.",
                    "- Choose dark colours or strong contrast on your phone or computer. The pages follow.",
                    "- Leave the map alone. All that it shows is in the list beside it.",
                ),
            ),
            Part(
                "How we know",
                (
                    "We aim for level AA of the Web Content Accessibility Guidelines 2.2. A program checks the pages each time we change them. "
                    "A program does not find every fault, so we need you to tell us.",
                ),
            ),
            Part(
                "What does not work yet",
                (
                    "- The pages are in English only.",
                    "- There is no easy-read version with pictures.",
                    "- Some descriptions come from the groups themselves, and are longer than they should be.",
                ),
            ),
            Part(
                "If something is in your way",
                ("Ring us and say what you were looking for. We find it with you on the phone, and then we mend the page.",),
            ),
        ),
    ),
    FixedAddress.PRIVACY: OwnWords(
        "Privacy",
        "You can look for help here without telling us who you are.",
        (
            Part(
                "When you look something up",
                (
                    "We do not keep what you typed together with anything that points to you. We set no cookie that follows you, and no other company "
                    "watches these pages.",
                    "If we find nothing, we add one to a count: what kind of help it was, roughly where, and which month. That shows where help is missing. "
                    "The count holds no names and none of your words.",
                ),
            ),
            Part(
                "When you ask us for help",
                (
                    "We write down your name, how to reach you, and what would help. We ask you first, and we tell you who else would see it.",
                    "Only the people who arrange your help can read it. It is locked with a key in our records. We pass it to a group only if you agree, "
                    "or where the law says so.",
                    "If you ask on these pages, each answer is locked away as you go on. A cookie in your browser finds it again, for these pages only. "
                    "Stop, and it is gone two hours after your last answer. Send it, and only the co-op's coordinators see it. If nothing comes of it, it is "
                    "deleted 30 days after it is closed.",
                ),
            ),
            Part(
                "When you ask us to ring you",
                (
                    "We keep your name, your number and what you wrote, locked with a key. Only the co-op's coordinators see them, and each look is "
                    "noted. Thirty days after we have rung, they are deleted.",
                ),
            ),
            Part(
                "When you keep a list, or ask for a mail when something new fits",
                (
                    "Your list is a cookie in your browser: the numbers of the listings, nothing else. It goes after three months, or when you empty it.",
                    "If you ask for a mail, we keep your e-mail address and your question, locked with a key. We write only after you have said yes in a "
                    "first mail. One press in any mail ends it, and both are deleted at once.",
                ),
            ),
            Part(
                "What you can ask of us",
                (
                    "- See what we have written about you.",
                    "- Have it put right.",
                    "- Take back your agreement at any time.",
                    "- Ask us to delete it. If we have to keep a part, we tell you which, and why.",
                ),
            ),
            Part(
                "If you have signed in",
                ("One cookie remembers that you are signed in. It goes when you sign out, or after twelve hours.",),
            ),
            Part(
                "If you are not happy",
                ("Ring us first. You can also complain to the Information Commissioner's Office, which looks after these rights.",),
            ),
        ),
    ),
    FixedAddress.ASK: OwnWords("Ask the co-op", "Tell us what would help, in your own words. You do not need to know what it is called."),
    FixedAddress.SUGGEST: OwnWords(
        "Tell us what we should know", "A group that is missing, a time that has changed, a number that nobody answers: tell us."
    ),
    FixedAddress.WORRIED: OwnWords("Worried about someone?", "You do not have to be sure. Tell somebody today."),
    FixedAddress.NEEDS: OwnWords("What would help?", "Twenty-five kinds of help, in four parts of a life. Choose the one that is nearest."),
}
