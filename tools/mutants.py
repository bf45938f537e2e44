"""Mutation testing of the core: `python -m tools.mutants [MODULE...]` changes one thing at a time and runs its tests.

A change that no test notices survives, and is printed; docs/mutation.md says of each why that may be. mutmut does the
work, in a copy of the tracked files for each module, so that nothing of it stands in the tree. Kept apart from the
tests of a change: it takes half an hour. `--within FOLDER` keeps the copies and goes on where an earlier call stopped.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

MODULES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "judging": ("test_judging.py",),
        "policy": ("test_policy.py",),
        "scope": ("test_scope.py",),
        "pace": ("test_pace.py",),
        "bucket": ("test_bucket.py", "test_gate.py"),
        "gate": ("test_gate.py", "test_pacer.py", "test_account.py"),
        "line": ("test_line.py", "test_gate.py"),
        "foreseen": ("test_foreseen.py", "test_gate.py"),
        "pacer": ("test_pacer.py",),
        "account": ("test_account.py",),
        "temper": ("test_temper.py",),
        "agreement": ("test_agreement.py",),
    }
)
"""Module of `scanner` → the files of tests/scanner that hold it: fast ones, since they run for each change."""

COPIED: Final = (
    "scanner",
    "probes",
    "fingerprints",
    "policies",
    "reports",
    "simulator",
    "tests",
    "benchmarks",
    "tools",
)

CONFIGURATION: Final = """
[tool.mutmut]
source_paths = ["scanner"]
only_mutate = ["scanner/{module}.py"]
also_copy = {copied}
pytest_add_cli_args_test_selection = {tests}
"""


def prepare(module: str, folder: Path) -> None:
    """Copy the tracked files and say what is to be changed, unless an earlier call did."""
    if folder.exists():
        return
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  our own words
    for name in filter(None, listed.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    tests = [f"tests/scanner/{name}" for name in MODULES[module]]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as stream:
        stream.write(CONFIGURATION.format(module=module, copied=json.dumps(COPIED), tests=json.dumps(tests)))


def run_mutmut(folder: Path, *words: str) -> str:
    """What it said; its progress goes to standard error."""
    command = [sys.executable, "-m", "mutmut", *words]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"mutmut {' '.join(words)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


def count(folder: Path) -> Mapping[str, int]:
    """How many changes came to which end."""
    run_mutmut(folder, "export-cicd-stats")
    told = json.loads((folder / "mutants" / "mutmut-cicd-stats.json").read_text("utf-8"))
    return {name: int(told[name]) for name in ("total", "killed", "survived", "timeout", "no_tests", "suspicious")}


def find_survivors(results: str) -> list[str]:
    """Names of the changes that no test noticed, from what `mutmut results` says: a line "name: end" each."""
    pairs = (line.strip().rpartition(": ") for line in results.splitlines())
    return [name for name, _, end in pairs if end in ("survived", "no tests", "suspicious")]


def main(arguments: Sequence[str]) -> int:
    """Print the counts of each module and the survivors as differences; 0 whatever they are."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; default: all")
    parser.add_argument("--within", type=Path, help="keep the copies in this folder, and go on with what is there")
    parser.add_argument("--processes", type=int, default=1, help="at once (default 1)")
    wishes = parser.parse_args(arguments)
    if unknown := set(wishes.modules) - set(MODULES):
        parser.error(f"{unknown.pop()!r} is none of {', '.join(MODULES)}")
    with tempfile.TemporaryDirectory() as temporary:
        for module in wishes.modules or MODULES:
            folder = (wishes.within or Path(temporary)) / module
            prepare(module, folder)
            run_mutmut(folder, "run", "--max-children", str(wishes.processes))
            print(f"{module}: {', '.join(f'{number} {name}' for name, number in count(folder).items())}", flush=True)
            for name in find_survivors(run_mutmut(folder, "results")):
                print(run_mutmut(folder, "show", name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
