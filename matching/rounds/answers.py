"""What a solved round tells, as care-round/1 says it: who is served by whom, and for everybody else all reasons."""

import json
from collections.abc import Iterator

from matching.eligibility import codes_of
from matching.rounds.problem import Judged, loads
from matching.rounds.solving import NOBODY, Solution, objective_of


def answer(judged: Judged, solution: Solution) -> Iterator[str]:
    """The JSON of the answer, piece by piece: a large round has millions of reasons.

    `score`: with points of the file their plain sum, and what a load penalty of the file takes off it stands beside it as `load_cost`;
    with our own points what is left after the load.
    """
    asks, names = judged.problem.asks, judged.names
    assigned = [[asks[row].id, names[solution.volunteers[row]]] for row in judged.by_priority if solution.volunteers[row] != NOBODY]
    gaps = [{"ask": asks[row].id, "nearest_miss": judged.nearest_miss(row)} for row in judged.gaps()]
    head = {"format": "care-round/1", "assignment": assigned, "served": len(assigned), **_score(judged, solution), "gaps": gaps}
    yield json.dumps({**head, "load": loads(judged, solution)})[:-1]
    yield ', "reasons": {'
    yield from _reasons(judged)
    yield "}}\n"


def _score(judged: Judged, solution: Solution) -> dict[str, int]:
    if judged.problem.given is None or not judged.problem.load_penalty:
        return {"score": solution.objective}
    plain = objective_of(solution.volunteers, judged.points, unit=0)
    return {"score": plain, "load_cost": plain - solution.objective}


def _reasons(judged: Judged) -> Iterator[str]:
    """For every request the volunteers who may not, each with all codes."""
    names = [f"{json.dumps(name)}: " for name in judged.names]
    said: dict[int, str] = {0: ""}
    for row, ask in enumerate(judged.problem.asks):
        masks = judged.masks[row].tolist()
        for mask in set(masks) - said.keys():
            said[mask] = json.dumps(codes_of(mask))
        refused = ", ".join([name + said[mask] for name, mask in zip(names, masks, strict=True) if mask])
        yield f"{', ' if row else ''}{json.dumps(ask.id)}: {{{refused}}}"
