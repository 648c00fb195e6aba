"""Moments as they are said: "Tuesday 24 November, 10 am"."""

from datetime import datetime

from directory import clock


def moment_words(moment: datetime) -> str:
    """Day and time on a clock in Europe/London."""
    local = clock.local(moment)
    return f"{local:%A} {local.day} {local:%B}, {time_words(moment)}"


def time_words(moment: datetime) -> str:
    """The time alone: "10 am", "2.30 pm"; noon and midnight by their names."""
    local = clock.local(moment)
    if local.minute == 0 and local.hour in (0, 12):
        return "noon" if local.hour else "midnight"
    minutes = f".{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'am' if local.hour < 12 else 'pm'}"
