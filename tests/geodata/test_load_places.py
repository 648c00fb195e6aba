import csv
import io

import pytest
from django.core.management import CommandError, call_command

from directory.geodata.locating import fold, locate, place_vocabulary
from directory.geodata.models import Place
from directory.geodata.place_loading import GAZETTEER

HEAD = "name,kind,lat,lon,postcode_district,also\n"


def run(path):
    out = io.StringIO()
    call_command("load_places", str(path), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_gazetteer_that_comes_with_the_product_is_found_by_every_spelling():
    call_command("load_places", verbosity=0)
    with GAZETTEER.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert Place.objects.count() == len(rows)
    own_names = {fold(row["name"]) for row in rows}
    for row in rows:
        assert locate(row["name"]).name == row["name"]
        for spelling in filter(None, row["also"].split(";")):
            assert fold(spelling) in place_vocabulary()
            assert fold(spelling) in own_names or locate(spelling).kind == "place"
    assert locate("Slawit").name == "Slaithwaite"


@pytest.mark.django_db
def test_loading_again_keeps_the_ids_and_follows_the_file(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(HEAD + "Marsden,village,53.6,-1.93,hd7,Mazden\n")
    assert run(path) == "1 places.\n"
    before = Place.objects.get().pk
    path.write_text(HEAD + "Marsden,town,53.6006,-1.9278,HD7,Mazden;Marsdin\n")
    run(path)
    place = Place.objects.get()
    assert (place.pk, place.kind, place.lat, place.spellings) == (before, "town", 53.6006, ["Marsden", "Mazden", "Marsdin"])
    assert locate("marsdin").name == "Marsden"


@pytest.mark.django_db
def test_every_bad_row_gets_its_line_and_nothing_is_loaded(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(
        HEAD
        + "Marsden,village,53.6,-1.93,HD7,\n,village,53.6,-1.93,HD7,\nGolcar,city,53.6,-1.93,HD7,\nDelph,village,here,-1.93,OL3,\n"
        + "Diggle,village,-1.9,53.5,OL3,\nDobcross,village,53.5,-2.0,OL3 5AA,\nMarsden,village,53.6,-1.93,HD7,\nShort,village\n"
    )
    with pytest.raises(CommandError) as refused:
        run(path)
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"places.csv, line {number}" for number in range(3, 10)]
    assert not Place.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"name,kind\nMarsden,village\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_gazetteer_is_refused(tmp_path, content):
    path = tmp_path / "places.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="places.csv"):
        run(path)
