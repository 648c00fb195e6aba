"""A referral by its parts: prepared, ready to be sent, whose step it is, due, told, shared; and what follows it in the journal."""
