"""Needs that nobody could meet: recorded with what emptied the list, seen by place and time, and what a coordinator can do about them."""
