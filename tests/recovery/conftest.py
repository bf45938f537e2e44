"""One simulated site and one undisturbed scan of it, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.kills import Scans, Undisturbed, make_site, scan_undisturbed
from simulator.lab import Lab
from simulator.namespaces import LabError


@pytest.fixture(scope="session")
def scans() -> Iterator[Scans]:
    """The program, run at the scanner's place of a site of a dozen devices."""
    try:
        with Lab(make_site()) as lab:
            yield Scans(lab)
    except LabError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def undisturbed(scans: Scans, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A run that nobody disturbed."""
    return scan_undisturbed(scans, tmp_path_factory.mktemp("undisturbed") / "run")
