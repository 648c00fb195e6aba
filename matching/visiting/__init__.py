"""Visits: planned, done, missed, cancelled, put in another's place; what happens under a match, or on a care worker's round."""
