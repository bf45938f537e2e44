"""What only several observations of one host show; pure, and the order of the observations does not matter.

A web server that answers every path alike proves nothing by answering one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from scanner.model import Observation, replace

CONTROL_PATH: Final = "/camcensus-control-path"
"""A path that nobody has: what it is answered is the measure for the other answers."""

CONTROL_REQUEST: Final = f"GET {CONTROL_PATH}"


def dissect_host(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Derive http.distinct-answer: an answer whose status differs from the one to the control path on the same port.

    Takes the dissected observations of one host. Without an answer to the control path nothing is distinct.
    """
    held = {item for item in observations if item.field == "answer" and item.protocol == "http"}
    if not any(item.request == CONTROL_REQUEST for item in held):
        return ()
    answers = sorted(
        held,
        key=lambda item: (item.address or "", item.port or 0, item.value, item.at, item.digest),
    )
    control: dict[tuple[str | None, int | None], set[str]] = {}
    for item in answers:
        if item.request == CONTROL_REQUEST:
            control.setdefault((item.address, item.port), set()).add(_status(item))
    return tuple(
        replace(item, field="distinct-answer", derived=True)
        for item in answers
        if item.request != CONTROL_REQUEST
        and (known := control.get((item.address, item.port))) is not None
        and _status(item) not in known
    )


def _status(item: Observation) -> str:
    return item.value.partition(" ")[0]
