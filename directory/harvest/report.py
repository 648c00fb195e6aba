"""What became of going through a feed, in plain lines."""

from collections.abc import Iterator

from directory.harvest.models import Run
from directory.harvest.run_states import RunState

SPARED = 3


def lines(run: Run) -> Iterator[str]:
    """Each kind of warning with the first records it is about, then one sentence, then what is wrong."""
    for text, held in sorted(run.warnings.items(), key=lambda item: -item[1]["count"]):
        about = ", ".join(held["ids"][:SPARED])
        yield f"{held['count']} × {text}" + (f" ({about}{', …' if held['count'] > SPARED else ''})" if about else "")
    yield f"{run.feed.name}: {counts(run)}."
    if run.error:
        yield run.error if run.state != RunState.FAILED else f"It broke off: {run.error}. Go on with --resume."


def counts(run: Run) -> str:
    """Numbers and what they count."""
    told = [
        (run.read, "read"),
        (run.made, "made"),
        (run.changed, "changed"),
        (run.unchanged, "as they were"),
        (run.conflicts, "fields put up"),
        (run.rejected, "left out"),
        (run.repeated, "came twice"),
        (run.hidden, "ended"),
        (run.pairs, "possible duplicates"),
    ]
    return ", ".join(f"{number} {what}" for number, what in told if number or what in ("read", "made", "changed"))
