"""Requests for help: opened, put right, met, withdrawn, recorded as unmet, opened again; and the signpost that passes no data on."""

from matching.asks.changing import ChosenMeanwhile, change_ask, may_be_changed, note_choice, say_activity, signpost, version_of_ask
from matching.asks.closing import meet, record_unmet, reopen, withdraw
from matching.asks.holding import planned_for, require_seen, seen
from matching.asks.opening import open_ask

__all__ = [
    "ChosenMeanwhile",
    "change_ask",
    "may_be_changed",
    "meet",
    "note_choice",
    "open_ask",
    "planned_for",
    "record_unmet",
    "reopen",
    "require_seen",
    "say_activity",
    "seen",
    "signpost",
    "version_of_ask",
    "withdraw",
]
