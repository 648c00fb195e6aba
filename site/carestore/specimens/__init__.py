"""What /styleguide/ shows: each component with a sample of the valley, and when to use it. Groups, people and numbers are invented."""

from carestore.specimens.asking import asking
from carestore.specimens.finding import FINDING, READING
from carestore.specimens.specimen import Specimen
from carestore.specimens.working import COUNTING, WORKING


def groups() -> list[tuple[str, list[Specimen]]]:
    """All specimens under their headings."""
    return [("Finding", FINDING), ("Reading a service", READING), ("Asking", asking()), ("Working", WORKING), ("Counting", COUNTING)]
