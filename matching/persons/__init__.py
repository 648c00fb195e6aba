"""What a person's record holds: how they are reached, their home, ages, names to look up, who looked, what is the same record twice."""
