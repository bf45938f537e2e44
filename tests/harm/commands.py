"""Every command of the program, and how it is run among devices that lie; a command that is not here fails a test.

Each command says what it may touch; whether it touched more is for test_scope.py to say.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final

from tests.harm.runs import (
    EXCLUDED,
    OUTSIDE,
    ROOT,
    SCOPE,
    TRIPWIRE,
    Place,
    Run,
    scan_words,
)

LIARS: Final = (
    "elsewhere-location", "elsewhere-script", "elsewhere-refresh", "elsewhere-services", "elsewhere-claims",
    "wsd-tricks", "ssdp-elsewhere", "ssdp-tricks", "mdns-elsewhere", "rtsp-foreign-addresses", "sadp-for-others",
    "arp-strangers", "arp-for-everything", "flood-neighbours", "wsd-thousand-addresses", "http-redirect-to-commands",
)  # fmt: skip
"""From 10.66.0.10 on: whoever names, redirects to or claims to be another host."""

HONEST: Final = ("hikvision-camera-new", "axis")

SILENT: Final = 3
"""The place of what sends nothing, made when place 0 is gone: for a while after a scan the kernel looks after the
neighbours it left, in frames that nobody could tell from the next command's."""

BROADCASTS: Final = {"eth0": "10.66.1.255"}

LOGIN: Final = f"10.66.0.{10 + LIARS.index('elsewhere-services')}"
"""The device that the auditor has a login for names services on other hosts."""

USER, PASSWORD = "auditor", "Zx81-Spectrum"


@dataclass(frozen=True)
class Command:
    """One command: at which place and how it is run, and what it may touch."""

    at: int
    run: Callable[[Place], Run]
    scope: tuple[str, ...] = (SCOPE,)
    excluded: str = EXCLUDED


def interrupted(here: Place) -> Run:
    """A scan that is ended by Ctrl-C in its midst."""
    out = here.folder / "interrupted"
    with here.listen() as wire:
        process = here.start("scan", *scan_words("eth0", "fast", out))
        deadline = time.monotonic() + 60
        path = out / "record.jsonl"
        while time.monotonic() < deadline and not (path.exists() and path.read_bytes().count(b"\n") > 60):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    return Run(process.returncode, said, complained, out, here.lab.counts(), wire)


def resumed(here: Place) -> Run:
    out = here.folder / "resumed"
    return here.run("scan", "--resume", str(here.folder / "interrupted"), "--out", str(out), out=out)


def with_a_login(here: Place) -> Run:
    """Everything that is asked for by name, with a login for one device and one for a host outside the scope."""
    logins = here.folder / "logins.json"
    logins.write_text(json.dumps({address: {"user": USER, "password": PASSWORD} for address in (LOGIN, TRIPWIRE)}))
    logins.chmod(0o600)
    return here.scan(
        "fast", "--credentials", str(logins), "--probe", "onvif-information", "--probe", "onvif-credentials",
        name="with-a-login",
    )  # fmt: skip


def by_nmap(here: Place) -> Run:
    """The second opinion, of a host that names services elsewhere and of an honest one."""
    out = here.folder / "nmap"
    words = ("--interface", "eth0", "--pace", "fast", "--out", str(out), "--probe", "nmap-opinion")
    return here.run("scan", *NMAP_SCOPE, *words, out=out)


NMAP_SCOPE: Final = (f"10.66.0.{10 + LIARS.index('wsd-tricks')}/32", f"10.66.0.{10 + len(LIARS)}/32")


def routed(here: Place) -> Run:
    """A few addresses of a network in which this machine has no address."""
    out = here.folder / "routed"
    words = ("--interface", "eth0", "--pace", "fast", "--routed", "--out", str(out))
    return here.run("scan", ROUTED, "--exclude", "10.68.0.250", *words, out=out)


ROUTED: Final = "10.68.0.248/30"


def by_ipv6(here: Place) -> Run:
    """Link-local addresses as well, but for those of whoever must hear nothing."""
    out = here.folder / "ipv6"
    words = ("--interface", "eth0", "--pace", "fast", "--out", str(out))
    shut = [word for address in OUTSIDE for word in ("--exclude", link_local(here, address))]
    return here.run("scan", "10.66.0.8/29", "fe80::/64", *shut, *words, out=out)


def link_local(here: Place, address: str) -> str:
    """The IPv6 address of a device."""
    mac = next(device.mac for device in here.lab.devices if device.address == address)
    raw = bytes.fromhex(mac.replace(":", ""))
    return str(IPv6Address(b"\xfe\x80" + bytes(6) + bytes([raw[0] ^ 2]) + raw[1:3] + b"\xff\xfe" + raw[3:]))


def demonstrated(here: Place, *words: str) -> Run:
    """The demonstration: it plays its estate on this machine, in namespaces of its own or on loopback, and scans it."""
    out = here.folder / "-".join(("demo", *words))
    return here.run("demo", *words, "--out", str(out), out=out)


def simulated(here: Place) -> Run:
    """An estate on loopback: played, listed, scanned there, and ended."""
    out = here.folder / "simulated"
    scan = ("scan", *PLAYED, "--pace", "fast", "--out", str(out))
    with here.listen() as wire:
        done = {}
        try:
            for words in (("simulate", "up"), ("simulate", "list"), scan):
                done[words] = here.finish(here.start(*words))
        finally:
            done["simulate", "down"] = here.finish(here.start("simulate", "down"))
    wrong = {words: one for words, one in done.items() if one.returncode and words != scan}
    assert not wrong, wrong
    assert all(address in done["simulate", "list"].stdout for address in PLAYED)
    return Run(done[scan].returncode, done[scan].stdout, done[scan].stderr, out, here.lab.counts(), wire)


PLAYED: Final = ("127.77.0.15", "127.77.0.22", "127.77.0.61")
"""Some of the devices of the estate `demo`, where they stand on loopback."""


def silent(*words: str) -> Command:
    """A command that sends nothing at all. OUT: the folder of place 0; RUN: the scan in it, which was run before."""

    def run(here: Place) -> Run:
        out = str(here.folder)
        return here.run(*(word.replace("RUN", f"{out}/scan").replace("OUT", out) for word in words))

    return Command(SILENT, run, scope=())


def imported(here: Place) -> Run:
    """What nmap saw of a host of the scope and of one outside it."""
    seen = here.folder / "nmap.xml"
    hosts = "".join(
        f'<host><status state="up"/><address addr="{address}" addrtype="ipv4"/><ports><port protocol="tcp" portid="80">'
        '<state state="open"/></port></ports></host>'
        for address in (LOGIN, TRIPWIRE)
    )
    seen.write_text(f'<nmaprun scanner="nmap" start="1" version="7.95">{hosts}</nmaprun>', "utf-8")
    return here.run("import", str(seen), "--out", str(here.folder / "imported"))


def on_paper(here: Place) -> Run:
    """A tender held against the scan."""
    paper = here.folder / "tender.csv"
    paper.write_text("Manufacturer,Model,Quantity\nHikvision,DS-2CD2143G2-I,4\nAxis,M3065-V,2\n", "utf-8")
    return here.run("check-list", str(paper), "--run", str(here.folder / "scan"))


DATA: Final = ROOT / "tests" / "data"

COMMANDS: Final = {
    "doctor": silent("doctor", "--interface", "eth0"),
    "plan": silent("plan", SCOPE, "--exclude", EXCLUDED, "--interface", "eth0"),
    "scan": Command(0, lambda here: here.scan("fast", name="scan")),
    "judge": silent("judge", "RUN", "--out", "RUN/again", "--fail-on", "none"),
    "report": silent("report", "RUN", "markdown"),
    "explain": silent("explain", "RUN", "10.66.0.10"),
    "diff": silent("diff", "RUN", "RUN"),
    "check-list": Command(SILENT, on_paper, scope=()),
    "bundle": silent("bundle", "RUN", "OUT/evidence.zip"),
    "verify": silent("verify", "OUT/evidence.zip"),
    "anonymise": silent("anonymise", "RUN", "OUT/shared.jsonl"),
    "identify": silent("identify", str(DATA / "observations" / "own.jsonl")),
    "import": Command(SILENT, imported, scope=()),
    "schedule": silent("schedule", "print", SCOPE, "--interface", "eth0"),
    "fingerprints check": silent("fingerprints", "check", str(ROOT / "fingerprints" / "axis.yaml")),
    "fingerprints list": silent("fingerprints", "list", "--maker", "axis"),
    "fingerprints show": silent("fingerprints", "show", "axis-http-realm-serial"),
    "fingerprints new": silent("fingerprints", "new", "http", "server-header", "App-webs/", "--maker", "hikvision"),
    "policies check": silent("policies", "check", str(ROOT / "policies" / "us-ndaa-889.yaml")),
    "policies list": silent("policies", "list"),
    "policies show": silent("policies", "show", "us-ndaa-889"),
    "demo": Command(1, demonstrated, scope=()),
    "demo on loopback": Command(1, lambda here: demonstrated(here, "--loopback"), scope=()),
    "simulate": Command(1, simulated, scope=()),
    "sense": Command(
        2,
        lambda here: here.run("sense", *scan_words("eth0", "120", here.folder / "sensed"), out=here.folder / "sensed"),
    ),
    "interrupted": Command(1, interrupted),
    "resumed": Command(1, resumed),
    "with a login": Command(1, with_a_login),
    "nmap": Command(2, by_nmap, NMAP_SCOPE, ""),
    "routed": Command(0, routed, (ROUTED,), "10.68.0.250"),
    "ipv6": Command(1, by_ipv6, ("10.66.0.8/29", "fe80::/64"), ""),
}
"""In the order in which they are run: what is judged must have been sensed."""
