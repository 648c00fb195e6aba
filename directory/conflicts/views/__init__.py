"""The page of what sources say otherwise, for moderators."""
