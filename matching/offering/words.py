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
    return minute_words(local.hour * 60 + local.minute)


def minute_words(minute: int) -> str:
    """The same for a minute of the day."""
    hour, left = divmod(minute, 60)
    if left == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}{f'.{left:02}' if left else ''} {'am' if hour < 12 else 'pm'}"
