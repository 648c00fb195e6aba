"""A group's own people say that a listing is theirs: who they are, how we can know, what a moderator decided, and taking it back again."""
