"""What is shipped: the wheel holds exactly the tracked files of the packages, and works installed alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scanner", "probes", "fingerprints", "policies", "reports", "simulator")
OFFLINE = ("test_scope.py", "test_record.py", "test_judging.py", "test_identify.py", "test_census.py", "test_policy.py")
"""Tests of the thinking half that are run against the wheel; they read every data file that is shipped."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked as an installer would, in a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run_alone(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel and the dependencies, and without the checkout (-S reads no .pth file)."""
    path = os.pathsep.join((str(installed), sysconfig.get_path("purelib")))
    environment = {"PYTHONPATH": path, "PATH": os.environ["PATH"], "HOME": str(cwd), "CAMCENSUS_INSTALLED": "1"}
    command = [sys.executable, "-S", "-P", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def test_the_wheel_holds_the_tracked_files_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shipped == set(listed.stdout.splitlines())


def test_the_command_runs_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    where = run_alone(installed, "-c", "import scanner; print(scanner.__file__)", cwd=tmp_path)
    assert where.stdout.strip().startswith(str(installed)), where.stderr
    done = run_alone(installed, "-m", "scanner", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "scan" in done.stdout
    listed = run_alone(installed, "-m", "scanner", "policies", "list", cwd=tmp_path)
    assert "us-ndaa-889" in listed.stdout, listed.stderr


def test_the_offline_tests_pass_against_the_wheel(installed: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    for name in OFFLINE:
        shutil.copy(ROOT / "tests" / "scanner" / name, tests)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = run_alone(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
