"""What other tools saw becomes one sealed record, judged like any other and never called complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.commands.import_files import import_files
from scanner.commands.judge import Verdict, judge, make_report
from scanner.exits import Exit
from scanner.importing.files import ImportRefused
from scanner.record import read_raw, read_record

LEASES = b"1795457971 44:19:b6:00:00:01 10.0.0.5 cam-7 *\n"
NMAP = b"""<?xml version="1.0"?><nmaprun><host><status state="up"/><address addr="10.0.0.5" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="80"><state state="open"/>
<script id="http-server-header" output="App-webs/"/></port></ports></host></nmaprun>"""


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    (tmp_path / "dnsmasq.leases").write_bytes(LEASES)
    (tmp_path / "scan.xml").write_bytes(NMAP)
    return [tmp_path / "dnsmasq.leases", tmp_path / "scan.xml"]


def test_several_files_become_one_sealed_record(sources: list[Path], tmp_path: Path) -> None:
    assert import_files(sources, tmp_path / "run") == Exit.CLEAN
    record = read_record(tmp_path / "run" / "record.jsonl")
    assert record.sealed
    assert (record.run.source, record.run.scope) == ("import", ())
    assert {seen.by for seen in record.observations} == {"dhcp-leases", "nmap"}
    for seen in record.observations:
        assert read_raw(Path(record.path), record.raw[seen.digest])


def test_an_imported_record_is_judged_and_never_complete(
    sources: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import_files(sources, tmp_path / "run")
    assert judge(tmp_path / "run", None, Verdict(fail_on="uncertain")) == Exit.UNCERTAIN
    report = make_report(tmp_path / "run" / "record.jsonl", (), None)
    (device,) = report.devices
    assert device.addresses.mac == ("44:19:b6:00:00:01",)
    assert device.names == ("cam-7",)
    assert "silence proves nothing" in capsys.readouterr().out


def test_the_same_fact_of_two_files_stands_once(sources: list[Path], tmp_path: Path) -> None:
    import_files([*sources, sources[0]], tmp_path / "run")
    observations = read_record(tmp_path / "run" / "record.jsonl").observations
    assert len(observations) == len(set(observations))


def test_a_file_that_cannot_be_read_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        import_files([tmp_path / "nosuch"], tmp_path / "run")
    assert not (tmp_path / "run").exists()
