"""Times of the week: parts of days in one place, and exact times as they are written at the desk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.volunteering.week import CLEARS, MEANS
from matching.windows import DAY, PARTS_OF_DAY, is_window, of_parts, read_times, split_parts, written_times

MINUTES = st.integers(0, DAY - 1)


@pytest.mark.parametrize(
    ("line", "windows"),
    [
        ("Tuesday 10:00 to 11:30", [[1, 600, 690]]),
        ("tue 10.00-11.30", [[1, 600, 690]]),
        ("Mon, Thu 2 pm to 4 pm", [[0, 840, 960], [3, 840, 960]]),
        ("Saturdays and Sundays from 9:00 until noon", [[5, 540, 720], [6, 540, 720]]),
        ("Friday 22:00 to 06:00", [[4, 1320, 1440], [5, 0, 360]]),
        ("Sunday 10 pm to 6 am", [[0, 0, 360], [6, 1320, 1440]]),
        ("Sunday 20:00 to midnight", [[6, 1200, 1440]]),
        ("Sunday 20:00 to 24:00", [[6, 1200, 1440]]),
        ("Monday midnight to 6 am", [[0, 0, 360]]),
    ],
)
def test_exact_times_are_read_as_they_are_said(line, windows):
    assert read_times(line) == windows


def test_every_night_is_fourteen_windows():
    windows = read_times("every night 22:00 to 06:00")
    assert len(windows) == 14
    assert {(start, end) for _, start, end in windows} == {(1320, 1440), (0, 360)}
    assert read_times(written_times(windows)) == windows


@pytest.mark.parametrize(
    "line",
    [
        "Tuesday",
        "Tuesday 2 to 4",
        "Blursday 10:00 to 11:00",
        "Monday 25:00 to 26:00",
        "Monday 10:00 to 10:00",
        "Monday 13 pm to 2 pm",
        "t 10:00 to 11:00",
    ],
)
def test_what_is_not_clear_is_told_with_its_line(line):
    with pytest.raises(ValueError, match=line.split()[0]):
        read_times(f"Monday 10:00 to 11:00\n{line}")


@given(st.lists(st.tuples(st.integers(0, 6), MINUTES, st.integers(1, DAY)).filter(lambda w: w[1] < w[2]), max_size=5))
def test_what_is_written_down_is_read_again_as_it_was(windows):
    wanted = sorted({tuple(each) for each in windows})
    assert [tuple(each) for each in read_times(written_times(wanted))] == wanted
    ticks, exact = split_parts(wanted)
    assert sorted(map(tuple, [*of_parts(ticks), *exact])) == wanted


@given(st.integers(0, 6), MINUTES, MINUTES)
def test_every_line_makes_windows(day, start, end):
    if start != end:
        line = f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day]} {start // 60:02}:{start % 60:02} to {end // 60:02}:{end % 60:02}"
        windows = read_times(line)
        assert all(map(is_window, windows))
        assert sum(last - first for _, first, last in windows) == (end - start) % DAY


def test_a_part_of_the_day_is_the_same_for_who_asks_and_for_who_helps():
    assert {code: (part.start, part.end) for code, part in PARTS_OF_DAY.items()} == MEANS
    assert all(CLEARS[code][0] <= first and last <= CLEARS[code][1] for code, (first, last) in MEANS.items())
