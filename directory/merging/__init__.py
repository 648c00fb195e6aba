"""Two listings of one service become one: a person chooses what stays, links lead on, and it can be taken back."""
