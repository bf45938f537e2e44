"""What the tests of reports share: the sample reports and the golden files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compare with a golden file; CAMCENSUS_GOLDEN=write writes it anew, for a person to read in the diff."""

    def compare(name: str, got: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("CAMCENSUS_GOLDEN") == "write":
            path.write_bytes(got)
        assert path.read_bytes() == got, f"{name} differs: read the difference, then write it anew"

    return compare
