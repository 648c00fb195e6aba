"""Volunteering: from the form at /volunteer/join/ by references, checks and training to the day on which somebody goes."""
