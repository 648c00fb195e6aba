"""The tests' settings for a process of its own that may ask this machine for feeds."""

from tests.settings import *  # noqa: F403

HARVEST_FROM_LOOPBACK = True
