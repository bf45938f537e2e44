"""Rewrite the exact version pins in pyproject.toml from what uv resolved; never writes an index address.

`uv.lock` names a package registry in every line, so it is not kept. This block pins the same versions.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?ms)^# <pins>.*?^# </pins>\n")


def read_locked(text: str) -> list[str]:
    """Return sorted `name==version` of every third-party package of a uv.lock text."""
    packages = tomllib.loads(text).get("package", [])
    return sorted(f"{p['name']}=={p['version']}" for p in packages if "version" in p and "editable" not in p["source"])


def render_block(pins: list[str]) -> str:
    """Return the pyproject block that holds the pins."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    return f"# <pins> written by tools/pins.py\nconstraint-dependencies = [\n{lines}]\n# </pins>\n"


def main() -> int:
    """Refresh the block in place, or empty it with `--clear` for newer versions to come; exit 2 without uv.lock."""
    project = ROOT / "pyproject.toml"
    if "--clear" in sys.argv[1:]:
        project.write_text(BLOCK.sub(lambda _: render_block([]), project.read_text("utf-8")), "utf-8")
        return 0
    lock = ROOT / "uv.lock"
    if not lock.exists():
        print("no uv.lock here: run `uv lock --upgrade` first", file=sys.stderr)
        return 2
    text = project.read_text("utf-8")
    if not BLOCK.search(text):
        print("pyproject.toml has no '# <pins>' block", file=sys.stderr)
        return 2
    project.write_text(BLOCK.sub(lambda _: render_block(read_locked(lock.read_text("utf-8"))), text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
