"""Listings out of files: read, checked row by row, and written through the verbs."""

from directory.imports.reading import BadFile
from directory.imports.report import BadRow, Difference, Report
from directory.imports.running import import_listings

__all__ = ["BadFile", "BadRow", "Difference", "Report", "import_listings"]
