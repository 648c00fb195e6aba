"""A published list comes in whole or not at all, the same again, and nothing that is mapped is ever lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from directory.accounts.models import User
from directory.journal.models import Event
from directory.models import Need
from directory.taxonomies.list_files import BadList, read_list
from directory.taxonomies.loading import load_shipped, load_taxonomy
from directory.taxonomies.models import NeedMapping, Taxonomy, Term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
CARE = {"identifier": "9001", "label": "Care", "description": "All of it."}
HOME = {"identifier": "9002", "label": "Care at home", "broader": {"identifier": "9001"}}


def write(folder: Path, told: Any, name: str = "services.json") -> Path:
    file = folder / name
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return file


def services(*items: dict[str, Any]) -> dict[str, Any]:
    return {"identifier": "services", "label": "Services", "version": "6.1", "licence": "OGL", "items": list(items)}


def test_a_list_of_the_web_services_comes_in_with_its_tree(tmp_path: Path, system: User) -> None:
    loaded = load_taxonomy(read_list(write(tmp_path, services(HOME, CARE))), by=system)
    assert (loaded.new, loaded.changed, loaded.same, loaded.gone) == (2, 0, 0, 0)
    home = Term.objects.get(uri="http://id.esd.org.uk/service/9002")
    assert (home.name, home.parent and home.parent.name, home.taxonomy.uri) == (
        "Care at home",
        "Care",
        "http://id.esd.org.uk/list/services",
    )
    assert (home.taxonomy.version, home.taxonomy.licence) == ("6.1", "OGL")
    assert Event.objects.get(kind="taxonomy.loaded").codes == {"new": 2, "changed": 0, "gone": 0}


@pytest.mark.parametrize(
    "told",
    [
        {"uri": "https://example.org/list", "terms": [{"@id": "https://example.org/1", "notation": "1", "prefLabel": "One"}]},
        {"uri": "https://example.org/list", "a": [], "b": [{"code": 1, "name": "One", "term_uri": "https://example.org/1"}]},
    ],
)
def test_other_wrappings_of_the_same_are_read(tmp_path: Path, told: Any) -> None:
    (item,) = read_list(write(tmp_path, told)).items
    assert (item.code, item.name, item.uri) == ("1", "One", "https://example.org/1")


def test_the_same_again_changes_nothing_and_what_left_the_list_is_marked(tmp_path: Path, system: User) -> None:
    load_taxonomy(read_list(write(tmp_path, services(HOME, CARE))), by=system)
    again = load_taxonomy(read_list(write(tmp_path, services(HOME, CARE))), by=system)
    assert (again.new, again.changed, again.same, again.gone) == (0, 0, 2, 0)
    less = load_taxonomy(read_list(write(tmp_path, services({**CARE, "label": "Caring"}))), by=system)
    assert (less.new, less.changed, less.same, less.gone) == (0, 1, 0, 1)
    assert dict(Term.objects.values_list("name", "gone")) == {"Caring": False, "Care at home": True}
    back = load_taxonomy(read_list(write(tmp_path, services(HOME, CARE))), by=system)
    assert (back.gone, Term.objects.filter(gone=True).count()) == (0, 0)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("<html>", "line 1"),
        ("", "not JSON"),
        ("[" * 100_000, "deeply"),
        (services(), "holds no list"),
        ({**services(CARE), "more": [{"identifier": "1", "label": "One"}]}, "several lists"),
        ([CARE], "--uri"),
        (services(CARE, {"identifier": "9003"}), "term 2: it has no label"),
        (services(CARE, "what"), "term 2: it has no identifier"),
        (services(CARE, CARE), "term 2: 9001 is there already, as term 1"),
        (services({**CARE, "broader": "404"}), "404, is not in the list"),
        (services({**CARE, "broader": "9002"}, HOME), "above itself"),
        (services({**CARE, "label": "x" * 301}), "the label is too long"),
        ({**services(CARE), "identifier": "other", "uri": "https://example.org/l"}, "--terms-uri"),
    ],
)
def test_a_list_that_cannot_be_taken_says_where(tmp_path: Path, told: Any, says: str) -> None:
    with pytest.raises(BadList, match=says) as fault:
        read_list(write(tmp_path, told))
    assert "services.json" in str(fault.value)


def test_a_term_of_another_list_is_never_taken_over(tmp_path: Path, system: User) -> None:
    load_taxonomy(read_list(write(tmp_path, services(CARE))), by=system)
    other = {**services({**HOME, "broader": None, "uri": "http://id.esd.org.uk/service/9001"}), "uri": "https://example.org/mine"}
    with pytest.raises(BadList, match="belongs to Care"):
        load_taxonomy(read_list(write(tmp_path, other)), by=system)
    assert Taxonomy.objects.count() == 1


def test_only_moderators_load(tmp_path: Path, partner: User) -> None:
    with pytest.raises(PermissionDenied):
        load_taxonomy(read_list(write(tmp_path, services(CARE))), by=partner)


def test_the_command_tells_what_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_taxonomy", str(write(tmp_path, services(CARE, HOME))))
    assert "Services: 2 new" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_taxonomy", str(tmp_path / "nothing.json"))
    with pytest.raises(CommandError, match="Name a file"):
        call_command("load_taxonomy")


def test_what_is_shipped_is_nobodys_word_yet_and_what_staff_did_with_it_stays() -> None:
    made = load_shipped()
    assert made == NeedMapping.objects.count() > 0
    assert not NeedMapping.objects.exclude(confirmed_at=None).exists()
    assert all(uri.startswith("http://id.esd.org.uk/") for uri in Term.objects.values_list("uri", flat=True))
    NeedMapping.objects.filter(need=Need.objects.get(pk="friendships")).delete()
    assert load_shipped() == 0
    assert NeedMapping.objects.count() == made - 1


def test_the_whole_list_later_takes_in_the_shipped_terms(tmp_path: Path, system: User) -> None:
    load_shipped()
    mapped = NeedMapping.objects.count()
    told = services({"identifier": "242", "label": "Care at home"}, CARE)
    loaded = load_taxonomy(read_list(write(tmp_path, told)), by=system)
    assert (loaded.new, loaded.same) == (1, 1)
    assert NeedMapping.objects.count() == mapped
