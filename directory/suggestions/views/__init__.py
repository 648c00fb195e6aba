"""The pages of suggestions: for visitors, for the group it is about, and for moderators."""
