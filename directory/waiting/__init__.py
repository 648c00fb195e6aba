"""What waits for a moderator, of whichever kind: one list, who answers for what, and a warning for what waits too long.

Rooms register their kinds (`kinds.register`); this room knows changes only.
"""
