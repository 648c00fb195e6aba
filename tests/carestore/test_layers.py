"""The rules of the house that a machine can hold: who imports whom, who asks for the time, who writes to the journal."""

import ast
import socket
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from importlinter.cli import lint_imports

from carestore import serving

ROOT = Path(settings.ROOT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
# Everything that people's work goes through; `site` is a folder and never a package.
FOLDERS = ["directory", "search", "matching", "cms", "site/carestore"]
MODELS = ("directory.models", "matching.models", "search.models", "directory.geodata.models", "directory.accounts.models")
# What a model may stand on: codes, states, the clock, encrypted fields, and models further down.
BELOW_MODELS = (*MODELS, "directory.personal", "directory.clock", "directory.accounts.roles", "directory.change_states")
BELOW_MODELS += ("directory.states", "directory.geodata.spelling", "matching.states", "matching.reasons")
BELOW_MODELS += ("matching.desk_states", "matching.volunteer_states")
# A rule that a column is made of, and what Wagtail asks a model for: its page, drawn by whichever room has registered.
BELOW_MODELS += ("directory.rhythm", "directory.previews")
ROOF = ("urls", "views", "api", "api_shapes", "wagtail_hooks", "apps", "schema")
# Rows that nobody ever names in an address, a feed or the journal: looks, tokens, bookmarks, and what an owner's key remembers.
WITHOUT_UUID = {"matching.Look", "matching.LookupToken", "matching.VolunteerActivity", "matching.RememberedRequest", "journal.Bookmark"}
WITHOUT_UUID |= {"matching.GroupMember", "matching.NotTheSame"}


@lru_cache(maxsize=1)
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def calls(tree: ast.AST) -> Iterator[str]:
    """What is called, as it is written: "timezone.now"."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_the_declared_layers_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_every_package_stands_under_the_layers() -> None:
    built = [Path(package).name for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
    on_disk = {path.parent.name for path in [*ROOT.glob("*/__init__.py"), *ROOT.glob("site/*/__init__.py")]}
    assert sorted(PACKAGES) == sorted(built) == sorted(on_disk - {"tests", "tools"})
    rooms = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert sorted(" | ".join(rooms).split(" | ")) == sorted(PACKAGES)


def test_models_know_nothing_of_what_is_done_with_them() -> None:
    found = graph()
    wrong = [
        (module, imported)
        for module in found.modules
        if within(module, MODELS)
        for imported in found.find_modules_directly_imported_by(module)
        if not within(imported, BELOW_MODELS)
    ]
    assert not wrong


def test_verbs_know_no_views() -> None:
    found = graph()
    wrong = []
    for module in found.modules:
        if set(module.split(".")) & set(ROOF) or module.startswith("carestore"):
            continue
        for imported in found.find_modules_directly_imported_by(module):
            if set(imported.split(".")) & {"views", "api", "urls"}:
                wrong.append((module, imported))
    # Preview in the page editor shows a page by the view that will show it.
    assert wrong == [pair for pair in wrong if pair[0] == "cms.models"]


def test_casework_and_pages_never_meet() -> None:
    found = graph()
    assert not found.chain_exists("cms", "matching", as_packages=True)
    assert not found.chain_exists("matching", "cms", as_packages=True)
    assert not found.chain_exists("directory", "matching", as_packages=True)


def test_the_settings_name_apps_by_string_only() -> None:
    known = graph().find_modules_directly_imported_by("carestore.settings")
    assert known == {"carestore.env"}
    assert settings.AUTH_USER_MODEL == "accounts.User"


def test_everybody_asks_the_one_clock() -> None:
    others = {"timezone.now", "timezone.localdate", "datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    asked = {(str(path), call) for path, tree in sources() for call in calls(tree) if call in others}
    assert asked == {("directory/clock.py", "datetime.now")}


def test_one_place_writes_to_the_journal() -> None:
    writers = {"Event", "Event.objects.create", "Event.objects.bulk_create", "Event.objects.get_or_create"}
    assert {str(path) for path, tree in sources() for call in calls(tree) if call in writers} == {"directory/journal/recording.py"}


def test_no_work_hides_in_signals() -> None:
    hooks = {
        (str(path), call)
        for path, tree in sources()
        for call in calls(tree)
        if call.endswith(".connect") or call.split(".")[-1] == "receiver"
    }
    # The journal's triggers are made again after each migrate; the others open databases: the index, and the benchmark's own.
    assert {call for _, call in hooks} <= {"post_migrate.connect", "sqlite3.connect", "psycopg.connect"}


def test_no_module_grows_beyond_all_bounds() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path, _ in sources()}
    assert not {path: lines for path, lines in lengths.items() if lines > 500}
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) * 9 // 10] < 250
    assert not [path for path in lengths if Path(path).name in ("utils.py", "helpers.py", "misc.py") or "/services/" in path]


def test_what_can_be_named_in_an_address_has_a_uuid() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
    numbered = {model._meta.label for model in ours if model._meta.pk.get_internal_type() in ("AutoField", "BigAutoField", "IntegerField")}
    assert numbered <= WITHOUT_UUID


def test_the_server_takes_a_free_port_only() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not serving.port_is_free(port)
    assert serving.port_is_free(port)
