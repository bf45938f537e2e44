"""Moves the whole test run into a private network namespace, so that no test can send a packet out, and lends labs.

`lan` gives simulated networks to tests marked `lab`; `play` gives devices on loopback. CAMCENSUS_NO_SKIPS=1 turns every
skip into a failure, for machines that are meant to have everything.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import pytest

from simulator.device import Device
from simulator.estate import Estate
from simulator.lab import Lab
from simulator.namespaces import LabError, leave_for_private

LAB_ERROR = pytest.StashKey[str]()

MakeLab = Callable[..., Lab]


def pytest_configure(config: pytest.Config) -> None:
    """Leave the machine's network before any thread exists. Test files of one name may stand in several folders."""
    config.option.importmode = "importlib"
    try:
        leave_for_private()
    except LabError as error:
        config.stash[LAB_ERROR] = str(error)


def pytest_report_header(config: pytest.Config) -> str:
    """Say on which network the tests stand."""
    error = config.stash.get(LAB_ERROR, "")
    return f"network: the machine's own ({error})" if error else "network: a private namespace without a way out"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where everything is meant to be there."""
    report: Any = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CAMCENSUS_NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, and CAMCENSUS_NO_SKIPS forbids that: {report.longrepr[2]}"
    return report


@pytest.fixture
def lan(request: pytest.FixtureRequest) -> Iterator[MakeLab]:
    """A function that starts a lab: `lan("demo")`, `lan(estate, layout="shared")`. It ends with the test."""
    if error := request.config.stash.get(LAB_ERROR, ""):
        pytest.skip(error)
    with ExitStack() as stack:
        yield lambda estate, **options: stack.enter_context(Lab(estate, **options))


@pytest.fixture
async def play() -> AsyncIterator[Callable[[Estate | str], Any]]:
    """An async function that plays an estate on loopback in this process: `devices = await play("demo")`."""
    from simulator.api import play_on_loopback

    async with AsyncExitStack() as stack:

        async def start(estate: Estate | str) -> list[Device]:
            return await stack.enter_async_context(play_on_loopback(estate))

        yield start
