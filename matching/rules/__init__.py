"""What volunteers may do: the activities as data, what professionals confirmed, what an errand is, what is for providers only."""
