"""What anybody tells us about the listings without an account: a group that is missing, or something that is wrong; and what became of it."""
