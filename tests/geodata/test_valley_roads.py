"""The table of miles by road: honest, and worth its rows; the co-op's own takes its place."""

from collections import Counter
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from directory.geodata.codepoint import UnreadableFile
from directory.geodata.locating import miles, place_vocabulary
from directory.geodata.place_loading import load_places
from directory.geodata.valley_roads import SHIPPED, install_own, own_table, read_roads, table_in_use

MISLEADS = 1.25


@pytest.fixture
def gazetteer(db):
    load_places()


@pytest.fixture
def home(settings, tmp_path):
    settings.CARESTORE_HOME = tmp_path
    return tmp_path


def crow(one, other):
    ends = {place.name: place for place in place_vocabulary().values()}
    return miles(ends[one].lat, ends[one].lon, ends[other].lat, ends[other].lon)


def test_the_table_that_comes_with_the_product(gazetteer):
    roads = read_roads(SHIPPED)
    assert 40 <= len(roads) <= 90
    assert all(road.source.startswith("estimated by way of") and road.source.endswith("to be checked") for road in roads)
    ends = Counter(end for road in roads for end in (road.one, road.other))
    assert {"Marsden", "Meltham", "Holmfirth", "Ripponden", "Diggle", "Delph", "Scammonden", "Outlane"} <= ends.keys()


def test_a_road_is_never_shorter_than_the_crow_flies_and_stands_there_only_where_the_crow_misleads(gazetteer):
    for road in read_roads(SHIPPED):
        assert road.miles > MISLEADS * crow(road.one, road.other), road


def test_no_way_round_is_much_shorter_than_the_way_itself(gazetteer):
    """By two roads of the table it is at most a tenth shorter than by the one; more would be a slip of the pen."""
    by_road = {frozenset((road.one, road.other)): road.miles for road in read_roads(SHIPPED)}
    ends = sorted({end for pair in by_road for end in pair})
    for one, other in combinations(ends, 2):
        for over in ends:
            legs = [by_road.get(frozenset((end, over))) for end in (one, other)]
            if frozenset((one, other)) in by_road and None not in legs:
                assert sum(legs) >= 0.9 * by_road[frozenset((one, other))] - 0.3, (one, over, other)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Marsden,Atlantis,4,mine", "'Atlantis' is no village"),
        ("Marsden,Mazden,4,mine", "to itself"),
        ("Marsden,Meltham,far,mine", "'far' is no number of miles"),
        ("Marsden,Meltham,nan,mine", "as the crow flies it is 3.2"),
        ("Marsden,Meltham,2.9,mine", "as the crow flies it is 3.2"),
        ("Marsden,Meltham,61,mine", "as the crow flies it is 3.2"),
        ("Marsden,Meltham,4.3,", "no source"),
        ("Marsden,Uppermill,7,mine", "use that name"),
        ("Golcar,Linthwaite,1.6,mine\nLinfit,Golcar,1.7,mine", "stand there twice"),
    ],
)
def test_a_row_that_makes_no_sense_stops_the_file(gazetteer, home, row, words):
    file = home / "mine.csv"
    file.write_text(f"from,to,miles,source\n{row}\n")
    with pytest.raises(UnreadableFile, match=words):
        install_own(file)
    assert table_in_use() == SHIPPED


def test_the_own_table_takes_the_place_of_the_estimates(gazetteer, home):
    file = home / "mine.csv"
    file.write_text("from,to,miles,source\nMazden,Meltham,4.4,driven in March\n")
    call_command("load_valley_roads", str(file), verbosity=0)
    assert table_in_use() == own_table() == home / "valley_roads.csv"
    assert [(road.one, road.other, road.miles) for road in read_roads(table_in_use())] == [("Marsden", "Meltham", 4.4)]
    own_table().unlink()
    assert table_in_use() == SHIPPED


@pytest.mark.parametrize("content", ["", "one,two\n1,2\n", "from,to,miles,source\n"])
def test_a_file_that_is_no_table_is_refused(gazetteer, home, content):
    (home / "mine.csv").write_text(content)
    with pytest.raises(CommandError, match="needs rows below the headings"):
        call_command("load_valley_roads", str(home / "mine.csv"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_valley_roads", str(home / "absent.csv"))
