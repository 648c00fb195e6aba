"""A database filled with a large directory, table after table in bulk: as it would be after years of work, without the years."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from wagtail.models import ModelLogEntry, Revision

from carestore.benchmark import making, waiting
from carestore.benchmark.making import LARGE, Ground, Made
from directory import clock
from directory.accounts.models import User
from directory.geodata.models import Area, AreaKind, AreaSet, Postcode, PostcodeArea
from directory.journal.recording import record_past
from directory.listing_fields import read_values
from directory.listings import IN_REVISION
from directory.models import Location, Organisation, Service
from directory.seeding import load_needs
from search.benchmark.positions import Positions, sampled
from search.benchmark.wording import shipped_wording

BATCH = 500
# Degrees of the squares that stand for wards.
SQUARE = 0.2

Say = Callable[[str, int, int], None]


def fill(organisations: int, services: int, *, seed: int, say: Say, areas: Collection[str] = ()) -> None:
    """Fill an empty database that has its tables, with places in these postcode areas ("HD"), everywhere where none is named."""
    load_needs()
    positions = sampled(seed=seed, areas=areas, progress=lambda done, of: say("Postcodes", done, of))
    ground = Ground(seed, clock.now(), clock.today(), positions, shipped_wording(), _areas(positions))
    groups = [making.organisation(number, ground) for number in range(organisations)]
    for number, group in enumerate(groups[:: max(1, organisations // 40)]):
        group.parent = groups[0] if number else None
    _store(groups)
    venues = [making.location(number, ground) for number in range(max(1, services * 3 // 5))]
    _store(venues)
    editor = waiting.editor()
    _services(groups, venues, services, ground, editor, say)
    say("What waits", 0, 0)
    waiting.store(ground, groups)
    _figures_of_tables()


def _areas(positions: Positions) -> dict[str, Area]:
    """Squares as the installed set; each sampled postcode lies in one."""
    import shapely

    installed = AreaSet.objects.create(slug="squares", name="Squares", kind=AreaKind.WARD, year=clock.today().year, installed=True)
    squares: dict[tuple[int, int], Area] = {}
    of_code: dict[str, Area] = {}
    rows = list(zip(positions.codes.tolist(), positions.lats.tolist(), positions.lons.tolist(), strict=True))
    for code, lat, lon in rows:
        key = int(lat // SQUARE), int(lon // SQUARE)
        south, west = key[0] * SQUARE, key[1] * SQUARE
        if key not in squares:
            # With as many corners as a ward has.
            shape = shapely.box(west, south, west + SQUARE, south + SQUARE).segmentize(SQUARE / 100)
            north, east = south + SQUARE, west + SQUARE
            squares[key] = Area(
                area_set=installed, code=f"S{len(squares):05}", name=f"Square {len(squares)}", kind=AreaKind.WARD,
                geometry=shape.wkb, west=west, south=south, east=east, north=north,
            )  # fmt: skip
        of_code[code] = squares[key]
    _store(squares.values())
    _store(Postcode(code=code, lat=lat, lon=lon) for code, lat, lon in rows)
    _store(PostcodeArea(postcode_id=code, area=area) for code, area in of_code.items())
    return of_code


def _services(groups: list[Organisation], venues: list[Location], count: int, ground: Ground, editor: User, say: Say) -> None:
    """Services with revisions, lines in the history and the journal's events."""
    _store_history(Organisation, groups, editor)
    for numbers in _pieces(range(count), BATCH):
        made = [making.service(number, _group_of(number, groups), venues, ground) for number in numbers]
        with transaction.atomic():
            _store_made(made)
        _store_history(Service, [each.service for each in made], editor, groups[0].pk)
        say("Listings", numbers[-1] + 1, count)


def _group_of(number: int, groups: list[Organisation]) -> Organisation:
    """The first organisation has LARGE of them, the others two or so."""
    return groups[0] if number < LARGE else groups[number % len(groups)]


def _store_made(made: list[Made]) -> None:
    by_model: dict[type[Model], list[Model]] = defaultdict(list)
    for each in made:
        for row in each.rows:
            by_model[type(row)].append(row)
    _store(each.service for each in made)
    for rows in by_model.values():
        _store(rows)
    through = Service.needs.through
    _store(through(service_id=each.service.pk, need_id=slug) for each in made for slug in each.needs)


def _store_history(model: type[Any], rows: list[Any], editor: User, organisation: UUID | None = None) -> None:
    """A revision, a line of the admin's history and an event for each, as the verbs would have left them."""
    kind = ContentType.objects.get_for_model(model)
    # All fields are read for those few that pages of versions are asked about: it takes longer than everything else here.
    shown = [row.pk for row in rows if row.organisation_id == organisation] if model is Service else []
    whole = Service.objects.with_everything().in_bulk(shown)
    revisions = []
    for row in rows:
        content = row.serializable_data()
        if row.pk in whole:
            content[IN_REVISION] = read_values(whole[row.pk])
        revisions.append(
            Revision(
                content_type=kind, base_content_type=kind, object_id=str(row.pk), created_at=row.changed_at, user=editor,
                object_str=str(row), content=content,
            )
        )  # fmt: skip
    _store(revisions)
    for row, revision in zip(rows, revisions, strict=True):
        row.latest_revision = revision
    model.objects.bulk_update(rows, ["latest_revision"], batch_size=BATCH)
    _store(
        ModelLogEntry(
            content_type=kind, object_id=str(row.pk), label=str(row)[:100], action="wagtail.edit", timestamp=row.changed_at, user=editor
        )
        for row in rows
    )
    with transaction.atomic():
        record_past(f"{model._meta.model_name}.changed", ((row, row.changed_at) for row in rows), by=editor, role="editor")


def _store(rows: Iterable[Any]) -> None:
    """In pieces, each in a transaction of its own."""
    for some in _pieces(rows, 20 * BATCH):
        with transaction.atomic():
            type(some[0])._base_manager.bulk_create(some, batch_size=BATCH)


def _pieces(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def _figures_of_tables() -> None:
    """What a server that has run for a while has gathered by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
