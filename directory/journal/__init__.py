"""The journal: one append-only table of what happened, the history of everything and the outbox at once.

recording.py writes it, following.py lets rooms follow it, verifying.py proves that nobody changed it, and triggers.py makes the database
refuse to.
"""
