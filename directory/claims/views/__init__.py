"""The pages of claims: for whoever makes one, and for moderators."""
