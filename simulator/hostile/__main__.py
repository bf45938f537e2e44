"""Writes the table of docs/hostile.md and the hostile estate from the devices; plays nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.hostile.site import write_estate, write_page

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    (ROOT / "docs" / "hostile.md").write_text(write_page(), encoding="utf-8")
    (ROOT / "simulator" / "estates" / "hostile.yaml").write_text(write_estate(), encoding="utf-8")
    sys.stdout.write("docs/hostile.md and simulator/estates/hostile.yaml are written\n")
