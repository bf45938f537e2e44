"""What the command line calls: an estate goes up once, is listed, and goes down with nothing else touched."""

from __future__ import annotations

import asyncio
import json
import os
import stat

import pytest

from simulator import api
from simulator.estate import build_estate
from simulator.namespaces import LabError


@pytest.fixture(autouse=True)
def own_runtime_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    yield
    api.down()


def test_up_list_down(tmp_path):
    assert api.list_devices() is None
    running = api.up("demo")
    assert (running.estate, running.mode) == ("demo", "loopback")
    assert api.list_devices() == running
    assert {one["address"] for one in running.devices} >= {"127.77.0.21", "127.168.1.64"}
    with pytest.raises(LabError, match=f"up already .process {running.pid}.: end it with"):
        api.up("demo")
    assert api.down() == running
    assert api.list_devices() is None
    assert api.down() is None
    assert not (tmp_path / "camcensus" / "simulator.json").exists()


def test_the_state_is_private(tmp_path):
    api.up("demo")
    assert stat.S_IMODE((tmp_path / "camcensus").stat().st_mode) == 0o700


def test_a_reused_process_number_is_not_ours(tmp_path):
    api.up("demo")
    file = tmp_path / "camcensus" / "simulator.json"
    mine = api.list_devices()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": os.getpid()}))
    assert api.list_devices() is None
    assert api.down() is None  # and this process is still here
    file.write_text(json.dumps({**json.loads(json.dumps(_state(mine)))}))
    assert api.down().pid == mine.pid


def _state(running):
    return {
        "pid": running.pid,
        "born": api._born(running.pid),
        "estate": running.estate,
        "mode": running.mode,
        "devices": list(running.devices),
        "scanner_namespace": "",
        "notes": [],
    }


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "camcensus").mkdir(mode=0o777)
    (tmp_path / "camcensus").chmod(0o777)
    with pytest.raises(LabError, match="open to others"):
        api.list_devices()
    (tmp_path / "camcensus").chmod(0o700)


def test_what_does_not_come_up_says_why():
    with pytest.raises(ValueError, match="no estate 'nowhere'"):
        api.up("nowhere")


@pytest.mark.lab
def test_up_in_a_lab(lan):
    running = api.up("demo", "own")
    assert running.scanner_namespace.startswith(f"/proc/{running.pid}/fd/")


async def test_play_on_loopback_in_this_process():
    estate = build_estate("10.66.0.0/24", {"silent": 1, "ezviz": 1})
    async with api.play_on_loopback(estate) as devices:
        camera = next(one for one in devices if one.persona.id == "ezviz")
        assert camera.address.startswith("127.66.0.")
        _, writer = await asyncio.open_connection(camera.address, camera.ports[8000])
        writer.close()
        await writer.wait_closed()
    assert camera.ledger.connections == 1


@pytest.mark.lab
def test_can_make_lab(lan):
    assert api.can_make_lab() is None
