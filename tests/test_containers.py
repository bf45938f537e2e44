"""The compose file, really built and run: its own engine in this test run's private network, no registry, no way out.

Needs root, dockerd, docker-compose and the folder that `tools/container_parts` makes. Without them the same estate is
still tested in network namespaces (tests/simulator/test_lab.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = Path(os.environ.get("CAMCENSUS_CONTAINER_PARTS", ROOT / "build/container"))
CONTEXT = ("scanner", "probes", "fingerprints", "policies", "reports", "simulator")
FILES = ("Dockerfile", ".dockerignore", "docker-compose.yml", "pyproject.toml", "README.md", "LICENSE")

pytestmark = [pytest.mark.container, pytest.mark.slow]


def why_not() -> str:
    if os.geteuid() != 0 or Path("/proc/self/uid_map").read_text().split()[2] == "1":
        return "a container engine needs root; the simulated estate is tested in network namespaces instead"
    for program in ("dockerd", "docker", "docker-compose"):
        if shutil.which(program) is None:
            return f"{program} is not installed; the simulated estate is tested in network namespaces instead"
    if not (PARTS / "base.tar").is_file() or not list(PARTS.glob("wheels/*.whl")):
        return f"{PARTS} is missing: run tools/container_parts; the estate is tested in network namespaces instead"
    return ""


@pytest.fixture(scope="module")
def engine(request, tmp_path_factory) -> Iterator[dict[str, str]]:
    """A dockerd of our own; gives the environment that docker and docker-compose need to find it."""
    if reason := why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("engine")
    host = f"unix://{folder}/docker.sock"
    places = ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid"]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(["dockerd", "--host", host, *places], stdout=log, stderr=log)
        environment = os.environ | {"DOCKER_HOST": host, "DOCKER_CONFIG": str(folder), "DOCKER_BUILDKIT": "0"}
        try:
            wait_for_engine(environment, daemon, folder / "log")
            yield environment
        finally:
            daemon.terminate()
            daemon.wait(60)


def wait_for_engine(environment: dict[str, str], daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while subprocess.run(["docker", "info"], env=environment, capture_output=True, check=False).returncode:
        if daemon.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"dockerd did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def run(command: list[str], environment: dict[str, str], folder: Path, allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode in allowed, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def estate(engine, tmp_path_factory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The estate, built from the parts without any network, and up."""
    folder = tmp_path_factory.mktemp("context")
    for name in CONTEXT:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(PARTS / "wheels", folder / "wheels", ignore=shutil.ignore_patterns("camcensus-*"))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "wheels", "."]
    run(build, dict(os.environ), folder)
    run(["docker", "import", str(PARTS / "base.tar"), "camcensus-base"], engine, folder)
    environment = engine | {"BASE_IMAGE": "camcensus-base", "BUILD_NETWORK": "none"}
    run(["docker-compose", "--profile", "scan", "build", "scanner"], environment, folder)
    try:
        run(["docker-compose", "up", "-d", "--no-build"], environment, folder)
        yield folder, environment
    finally:
        run(["docker-compose", "--profile", "scan", "down", "-v", "-t", "2"], environment, folder)


def test_a_scan_from_beside_the_devices_finds_them_all(estate):
    folder, environment = estate
    command = ["docker-compose", "--profile", "scan", "run", "--rm", "-T", "scanner"]
    run(command, environment, folder, allowed=(0, 10, 11, 12))
    report = json.loads((folder / "camcensus-out/report/report.json").read_text())
    makers = {device["addresses"]["ipv4"][0]: device["maker"] for device in report["devices"]}
    macs = {mac for device in report["devices"] for mac in device["addresses"]["mac"]}
    for last, maker in ((21, "hikvision"), (30, "hikvision"), (41, "hikvision"), (62, "dahua"), (71, "dahua")):
        assert makers[f"172.28.77.{last}"] == maker
    assert makers["172.28.77.110"] == "axis"
    assert makers["172.28.77.200"] not in {"hikvision", "dahua"}
    assert "44:19:b6:00:00:15" in macs


def test_multicast_crosses_between_containers(estate):
    """An `internal` network would drop it without a word."""
    folder, environment = estate
    code = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3);"
        "s.sendto(b'<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>', ('239.255.255.250', 37020));"
        "print(s.recvfrom(9999)[0].decode())"
    )
    entry = ["--entrypoint", "/opt/camcensus/bin/python", "scanner", "-c", code]
    said = run(["docker-compose", "--profile", "scan", "run", "--rm", "-T", *entry], environment, folder)
    assert "<ProbeMatch>" in said
