"""The sections of a listing as its group keeps it: each a small form of its own, the eight of them all that a group may say.

This is the one place that says which field stands where. What changes from week to week ("now") goes onto the page at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One section: the name in its address, what people call it, and its listing fields in the order in which they are asked."""

    slug: str
    title: str
    fields: tuple[str, ...]

    @property
    def url_name(self) -> str:
        """The name of its address, which takes the key of the listing."""
        return f"partner-{self.slug}"


WHAT = Section(
    "what", "What it is", ("name", "other_names", "summary", "kind", "what_you_get", "description", "needs", "status", "cqc_location")
)
WHO = Section("who", "Who it is for", ("who_for", "not_for", "min_age", "max_age", "group_size", "languages", "interpretation", "faith"))
NOW = Section("now", "Times", ("times", "closures", "spaces", "notice"))
WHERE = Section("where", "Where and area", ("delivery", "places", "area"))
GETTING_IN = Section("getting-in", "Getting in", ("access",))
COST = Section("cost", "What it costs", ("is_free", "cost", "costs", "payment"))
START = Section(
    "start", "How people start", ("referral_route", "how_to_access", "next_step", "wait_time", "what_to_bring", "takes_referrals")
)
REACH = Section("reach", "How to reach you", ("phone", "email", "url"))

SECTIONS = (WHAT, WHO, NOW, WHERE, GETTING_IN, COST, START, REACH)
WITH_A_FORM = tuple(section for section in SECTIONS if section is not NOW)
BY_SLUG = {section.slug: section for section in SECTIONS}
