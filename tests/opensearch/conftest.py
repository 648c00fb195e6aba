"""The finder on its small ground, with a search node in front of its index."""

from tests.search.conftest import _own_index, editor, ground, listing  # noqa: F401
