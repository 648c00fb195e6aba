"""A visit as it is written down: its moment by the wall clock, its moves, and its end."""
