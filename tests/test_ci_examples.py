"""The workflows of docs/examples do what docs/ci.md says: their commands are taken out of the files and executed.

Runs in a private network namespace, as all tests do: nothing leaves the machine. What installs the program is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.exits import Exit

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"

LISTED = "Hikvision"
"""Who made the covered camera of the example site."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout as the jobs have it, with `camcensus` on the path; simulated devices are ended in any case."""
    shutil.copytree(EXAMPLES, tmp_path / "docs" / "examples")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "camcensus"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scanner "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield tmp_path
    execute(["camcensus simulate down"], tmp_path)


def execute(commands: list[str], folder: Path) -> list[int]:
    """The exit codes of the commands, as the shell of a CI job runs them."""
    codes = []
    for command in commands:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        codes.append(done.returncode)
        print(command, done.returncode, done.stdout[-2000:], done.stderr[-2000:], sep="\n")
    return codes


def of_ours(commands: list[str]) -> list[str]:
    return [command for command in commands if command.startswith("camcensus")]


def read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / name).read_text("utf-8"))
    return loaded


def failures(path: Path) -> int:
    return int(ET.parse(path).getroot().attrib["failures"])


def judge_without_what_is_known(folder: Path) -> int:
    """The same run without the baseline: the gate is no formality."""
    return execute(["camcensus judge scan --fail-on covered,suspected --out again"], folder)[0]


@pytest.mark.slow
def test_the_github_workflow_passes_what_is_known_and_writes_what_dashboards_read(site: Path) -> None:
    workflow = read("github-workflow.yml")
    steps = workflow["jobs"]["gate"]["steps"]
    commands = of_ours([step["run"] for step in steps if "run" in step])
    assert [step["uses"].split("@")[0] for step in steps if "uses" in step][-1] == "github/codeql-action/upload-sarif"
    assert len(commands) == 4
    assert execute(commands, site) == [0, 0, 0, 0]
    for step in steps:
        for path in (step.get("with", {}).get("path"), step.get("with", {}).get("sarif_file")):
            assert path is None or (site / path).exists(), path
    assert failures(site / "scan" / "report.junit.xml") == 0
    assert json.loads((site / "scan" / "report.sarif").read_text())["runs"][0]["results"] == []
    assert LISTED in (site / "scan" / "report.html").read_text("utf-8"), "the report itself stays whole"
    assert judge_without_what_is_known(site) == Exit.COVERED


@pytest.mark.slow
def test_the_gitlab_pipeline_asks_in_one_job_and_judges_in_another(site: Path) -> None:
    pipeline = read("gitlab-ci.yml")
    assert pipeline["stages"] == ["sense", "judge"]
    assert execute(of_ours(pipeline["sense"]["script"]), site) == [0, 0, 0]
    assert [path.name for path in (site / "scan").iterdir()] == ["record.jsonl"]
    assert execute(of_ours(pipeline["judge"]["script"]), site) == [0, 0]
    assert (site / pipeline["judge"]["artifacts"]["reports"]["junit"]).exists()
    assert pipeline["judge"]["allow_failure"] == {"exit_codes": [Exit.SUSPECTED.value]}
    assert judge_without_what_is_known(site) == Exit.COVERED
