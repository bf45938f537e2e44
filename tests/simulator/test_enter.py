"""The entering script runs a command inside a namespace and passes on its exit code and its failure."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from simulator import enter
from simulator.namespaces import call_in, new_namespace, run_ip

pytestmark = pytest.mark.lab


def run(places: str, *command: str, pass_fds=()):
    argv = [sys.executable, "-I", enter.__file__, places, *command]
    return subprocess.run(argv, pass_fds=pass_fds, capture_output=True, text=True, check=False)


def test_the_command_stands_inside(lan):
    space = new_namespace()
    try:
        call_in(space, lambda: run_ip(["link add inside0 type veth peer name inside1"]))
        done = run(str(space), "ip", "link", "show", "inside0", pass_fds=(space,))
        assert "inside0" in done.stdout
        assert run(str(space), "sh", "-c", "exit 7", pass_fds=(space,)).returncode == 7
    finally:
        os.close(space)


def test_what_is_no_namespace_is_refused_in_words(tmp_path):
    with (tmp_path / "file").open("w") as file:
        done = run(str(file.fileno()), "true", pass_fds=(file.fileno(),))
    assert done.returncode != 0
    assert "cannot be entered" in done.stderr
