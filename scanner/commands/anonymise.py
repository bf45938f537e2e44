"""`camcensus anonymise`: a copy of a run record that may be given to others. Touches no network and not the record."""

from __future__ import annotations

from pathlib import Path

from scanner.exits import Exit
from scanner.outputs import find_record
from scanner.sharing import write_shared_copy


def anonymise(run: Path, out: Path) -> int:
    """Write the masked copy to the new file `out`, and say what it is good for and what to look at."""
    count = write_shared_copy(find_record(run), out)
    print(
        f"{out}: {count} observations; addresses, serial numbers and names masked, raw bytes left out.\n"
        "Look through it before you give it away: a name that looks like no name cannot be masked."
    )
    return Exit.CLEAN
