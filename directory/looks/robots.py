"""Who is no visitor: told by the name that a program gives itself. One that calls itself a browser counts as one."""

import re

_ROBOT = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|scan|curl|wget|python|java/|go-http|headless|axios|httpx|okhttp", re.IGNORECASE
)


def is_robot(agent: str) -> bool:
    """Is this User-Agent a robot's? One that gives no name is."""
    return not agent or _ROBOT.search(agent) is not None
