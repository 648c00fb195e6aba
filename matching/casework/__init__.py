"""A person's record as a whole: their family, two records made one, what they see themselves, and the end of what they asked for."""
