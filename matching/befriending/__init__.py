"""Company as a kind of match: shared interests and times first, distance second; and small groups out of several requests."""
