"""What is wrong with a file as a whole."""


class BadFile(Exception):
    """The file as a whole cannot be read; the text says what to do."""
