"""Where files of listings come from, and what their columns mean: kept once for each source."""
