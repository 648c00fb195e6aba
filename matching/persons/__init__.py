"""People in more detail: how they are reached, their family, what is the same record twice."""
