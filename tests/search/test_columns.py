"""Services as columns: what is joined over their documents, and a few of them taken out, against the same in plain Python."""

from functools import reduce
from operator import or_

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.engines.columns import Columns, pack
from search.engines.lists import Labels, Lists
from tests.finding import document

circle = st.tuples(st.floats(50, 60), st.floats(-8, 2), st.floats(1, 50))
document_of = st.builds(
    lambda **fields: fields,
    at=st.none() | st.just((53.6, -1.9)),
    areas=st.lists(st.sampled_from(["*", "district:HD7", "district:HD9"]), unique=True).map(tuple),
    circles=st.lists(circle, max_size=2).map(tuple),
    access=st.sampled_from([(), ("step_free:yes",), ("step_free:no", "parking:yes")]),
)
needs = st.lists(st.sampled_from(["shopping", "cooking", "garden"]), unique=True).map(tuple)
services = st.lists(st.tuples(needs, st.lists(document_of, min_size=1, max_size=3)), max_size=6)


def columns_of(made):
    packed = [pack([document(f"s{n}", number=at, needs=met, **each) for at, each in enumerate(of)]) for n, (met, of) in enumerate(made)]
    return Columns.of(range(len(made)), packed, Labels())


def plain(columns):
    """All that the columns hold, service by service."""
    told = []
    for at in range(len(columns)):
        own = range(columns.first[at], columns.first[at + 1])
        head = {name: values[at].item() for name, values in columns.head.items()}
        lists = [_row(each, at) for each in (columns.needs, columns.languages, columns.who, columns.hours)]
        places = [
            (
                {name: str(values[number]) for name, values in columns.places.items()},
                _row(columns.areas, number),
                _row(columns.circles, number),
            )
            for number in own
        ]
        told.append((int(columns.ids[at]), str(head), lists, places, [int(columns.owner[number]) - at for number in own]))
    return told


def _row(lists: Lists, at):
    return lists.items[lists.owner == at].tolist()


@given(services, st.data())
def test_what_any_document_of_a_service_has_the_service_has(made, data):
    columns = columns_of(made)
    bits = np.array(data.draw(st.lists(st.integers(0, 255), min_size=len(columns.owner), max_size=len(columns.owner))), np.uint8)
    own = [bits[columns.owner == at].tolist() for at in range(len(columns))]
    assert columns.joined(bits).tolist() == [reduce(or_, each) for each in own]
    assert columns.any_of(bits > 127).tolist() == [any(bit > 127 for bit in each) for each in own]


@given(services, st.data())
def test_a_few_services_taken_out_are_the_same_services(made, data):
    columns = columns_of(made)
    at = data.draw(st.lists(st.sampled_from(range(len(made))), unique=True) if made else st.just([]))
    assert plain(columns.some(np.array(at, np.int64))) == [plain(columns)[each] for each in at]
