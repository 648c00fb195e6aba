"""The co-op's own spreadsheets: tried first, then brought in as a whole; and what goes out again for its other systems."""
