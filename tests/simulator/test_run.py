"""The playing process says what it plays, obeys SIGTERM, and writes its ledgers at the end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

from simulator.run import main


def start(tmp_path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "simulator.run", "demo", *more, "--ledgers", str(tmp_path / "ledgers.json")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_on_loopback(tmp_path):
    state = tmp_path / "state.json"
    with start(tmp_path, "--loopback", "--state", str(state)) as child:
        first = child.stdout.readline()
        assert first == "127.77.0.1\t2c:91:ab:00:00:01\trouter\n"
        told = {one["address"]: one for one in json.loads(state.read_text())["devices"]}
        assert told["127.77.0.30"]["truth"]["maker"] == "hikvision"
        port = told["127.77.0.200"]["shifted_ports"].get("80", 80)
        with urllib.request.urlopen(f"http://127.77.0.200:{port}/", timeout=5) as page:
            assert page.headers["Server"] == "nginx/1.22.1"
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
    ledgers = json.loads((tmp_path / "ledgers.json").read_text())["devices"]
    assert ledgers["127.77.0.200"]["requests"] == 1
    assert ledgers["127.77.0.30"]["requests"] == 0


def test_an_unknown_estate_is_one_sentence_and_exit_code_2(capsys):
    assert main(["nowhere"]) == 2
    assert "there is no estate 'nowhere'" in capsys.readouterr().err


def test_an_unknown_interface_is_one_sentence_and_exit_code_2(capsys):
    assert main(["--here", "axis", "--interface", "nosuch0"]) == 2
    assert "nosuch0 has no IPv4 address" in capsys.readouterr().err
