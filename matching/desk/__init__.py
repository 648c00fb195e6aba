"""The desk of the day: what waits, for whom, since when."""
