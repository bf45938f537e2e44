"""Reports built by hand: every kind of device a renderer must tell rightly, hostile texts among them."""

from __future__ import annotations

from scanner.model import (
    Addresses,
    Conflict,
    Coverage,
    Device,
    Identity,
    Ledger,
    Note,
    Outcome,
    Report,
    Standing,
    Status,
    SweepResult,
    replace,
)
from tests.reports.parts import (
    ESCAPES,
    FCC,
    FORMULA,
    NDAA,
    RUN,
    SCRIPT,
    STARTED,
    covered_by,
    digest,
    finding,
    proof,
    tried,
)


def hikvision_camera() -> Device:
    at = "10.20.0.64"
    return Device(
        id="mac-44-19-b6-00-12-34",
        addresses=Addresses((at,), ("fe80::4619:b6ff:fe00:1234",), ("44:19:b6:00:12:34",)),
        identity=Identity(
            maker="hikvision",
            brand="hikvision",
            model="DS-2CD2143G0-I",
            firmware="V5.5.83 build 190220",
            serial="DS-2CD2143G0-I20190300AAWRD00000000",
            kind="camera",
            standing=Standing.IDENTIFIED,
            confidence=0.99,
            evidence=(
                proof(
                    "maker=hikvision",
                    "sadp.device-fields",
                    "DeviceDescription=DS-2CD2143G0-I\nDeviceSN=DS-2CD2143G0-I20190300AAWRD00000000\nActivated=true",
                    "decisive",
                    request="inquiry",
                    address=at,
                    port=37020,
                ),
                proof(
                    "maker=hikvision",
                    "http.server-header",
                    "App-webs/",
                    request="GET /",
                    address=at,
                    port=80,
                    reason="Server header of the maker's web server; re-badged units send it as well.",
                ),
                proof(
                    "maker=hikvision",
                    "mac.oui",
                    "44:19:b6",
                    "supportive",
                    address=at,
                    reason="Block registered to the maker. A block alone never identifies.",
                    reference="IEEE registry, 2026-11",
                ),
            ),
        ),
        status=Status.COVERED,
        findings=(
            covered_by(NDAA, "Hangzhou Hikvision Digital Technology Company", "2018-08-13"),
            covered_by(FCC, "Hangzhou Hikvision Digital Technology Company", "2021-03-12"),
        ),
        ledger=Ledger(3, 5, 7, 1_204, 18_311),
        names=("Hyrja kryesore",),
        ports=(80, 554, 8000),
        attempts=tried(
            at,
            ("sadp", None, Outcome.ANSWERED, "one answer"),
            ("http_banner", 80, Outcome.ANSWERED, "200 OK"),
            ("rtsp_options", 554, Outcome.ANSWERED, "RTSP/1.0 200 OK"),
            ("tls_certificate", 443, Outcome.REFUSED, "connection refused"),
        ),
    )


def dahua_recorder() -> Device:
    at = "10.20.1.108"
    return Device(
        id="mac-3c-ef-8c-00-aa-01",
        addresses=Addresses((at,), (), ("3c:ef:8c:00:aa:01",)),
        identity=Identity(
            maker="dahua",
            brand="dahua",
            model="DHI-NVR5432-4KS2",
            firmware="4.001.0000000.3",
            serial="4C0139EPAZ00000",
            kind="recorder",
            standing=Standing.IDENTIFIED,
            confidence=0.99,
            evidence=(
                proof(
                    "maker=dahua",
                    "dhdiscover.device-fields",
                    "DeviceClass=NVR\nDeviceType=DHI-NVR5432-4KS2\nVendor=Dahua\nRemoteVideoInput=32",
                    "decisive",
                    request="client.searchDevice",
                    address=at,
                    port=37810,
                ),
            ),
            hints=(
                "32 channels are configured. Cameras on its own switch ports have addresses that cannot be reached.",
            ),
        ),
        status=Status.COVERED,
        findings=(
            covered_by(NDAA, "Dahua Technology Company", "2018-08-13"),
            covered_by(FCC, "Dahua Technology Company", "2021-03-12"),
        ),
        ledger=Ledger(2, 3, 4, 640, 9_100),
        names=("NVR-Kati-2",),
        ports=(80, 443, 554, 37777),
        channels=32,
        attempts=tried(at, ("dhdiscover", None, Outcome.ANSWERED, ""), ("http_banner", 80, Outcome.ANSWERED, "200")),
    )


def lorex_rebadge() -> Device:
    at = "10.20.1.77"
    return Device(
        id="serial-nd031904000000",
        addresses=Addresses((at,), (), ("00:1f:54:00:00:09",)),
        identity=Identity(
            maker="dahua",
            brand="lorex",
            model="LNB8921B",
            firmware="2.800.00LR000.0.R",
            serial="ND031904000000",
            kind="camera",
            standing=Standing.IDENTIFIED,
            confidence=0.93,
            evidence=(
                proof("brand=lorex", "http.title", "Lorex", "good", request="GET /", address=at, port=80),
                proof(
                    "maker=dahua",
                    "onvif-wsd.scopes",
                    "onvif://www.onvif.org/name/Lorex onvif://www.onvif.org/hardware/LNB8921B",
                    "good",
                    request="Probe",
                    address=at,
                    port=3702,
                ),
                proof(
                    "maker=dahua",
                    "rtsp.raw",
                    'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="Login to 6F0000000000"\r\n',
                    request="DESCRIBE",
                    address=at,
                    port=554,
                ),
            ),
        ),
        status=Status.COVERED,
        findings=(
            covered_by(NDAA, "Dahua Technology Company", "2018-08-13", "rebadge"),
            finding(FCC, Status.SUSPECTED, "The list names Dahua; whether it reaches this brand is not settled."),
        ),
        ledger=Ledger(2, 4, 6, 900, 12_000),
        ports=(80, 554),
    )


def axis_camera() -> Device:
    at = "10.20.0.21"
    return Device(
        id="mac-ac-cc-8e-00-00-21",
        addresses=Addresses((at,), (), ("ac:cc:8e:00:00:21",)),
        identity=Identity(
            maker="axis",
            brand="axis",
            model="P3245-LV",
            firmware="10.12.213",
            serial="ACCC8E000021",
            kind="camera",
            standing=Standing.IDENTIFIED,
            confidence=0.97,
            evidence=(
                proof(
                    "maker=axis",
                    "mdns.service",
                    "axis-accc8e000021._axis-video._tcp.local.",
                    request="browse",
                    address=at,
                ),
            ),
        ),
        status=Status.NOT_COVERED,
        findings=(
            finding(NDAA, Status.NOT_COVERED, "The list does not name Axis Communications."),
            finding(FCC, Status.NOT_COVERED, "The list does not name Axis Communications."),
        ),
        ledger=Ledger(1, 2, 3, 400, 5_000),
        ports=(80, 443, 554),
    )


def printer() -> Device:
    at = "10.20.0.9"
    return Device(
        id="mac-00-1b-a9-00-00-09",
        addresses=Addresses((at,), (), ("00:1b:a9:00:00:09",)),
        identity=Identity(None, None, "HL-L5100DN", None, None, "printer", Standing.UNRECOGNISED, 0.0),
        status=Status.NOT_COVERED,
        findings=(
            finding(NDAA, Status.NOT_COVERED, "It answered as a printer, and nothing of a listed maker matched."),
        ),
        ledger=Ledger(1, 2, 2, 210, 3_300),
        ports=(80, 631),
    )


def silent_host() -> Device:
    at = "10.20.2.200"
    return Device(
        id="mac-00-11-22-00-00-c8",
        addresses=Addresses((at,), (), ("00:11:22:00:00:c8",)),
        identity=Identity(
            None,
            None,
            None,
            None,
            None,
            None,
            Standing.UNDETERMINED,
            0.0,
            hints=("An open port 37777 or a label would settle it.",),
        ),
        status=Status.UNDETERMINED,
        findings=(
            finding(
                NDAA,
                Status.UNDETERMINED,
                "It answered ARP and nothing else.",
                would_change="Any answer on a service port.",
                check_by_hand="Follow the cable from the switch port.",
            ),
        ),
        ledger=Ledger(2, 10, 0, 0, 0),
        attempts=tried(at, ("http_banner", 80, Outcome.SILENT, ""), ("rtsp_options", 554, Outcome.SILENT, "")),
    )


def liar() -> Device:
    at = "10.20.2.13"
    return Device(
        id="mac-02-00-00-00-00-13",
        addresses=Addresses((at,), (), ("02:00:00:00:00:13",)),
        identity=Identity(
            None,
            None,
            None,
            None,
            None,
            None,
            Standing.UNDETERMINED,
            0.0,
            evidence=(
                proof("maker=hikvision", "http.server-header", "App-webs/", request="GET /", address=at, port=80),
                proof("maker=dahua", "http.body", "<title>WEB SERVICE</title>", request="GET /", address=at, port=80),
            ),
            conflicts=(
                Conflict(
                    ("dahua", "hikvision"),
                    "Evidence of two makers in the same answer; one of them is not true.",
                    ("dahua-http-body", "hikvision-http-server-header"),
                ),
            ),
        ),
        status=Status.UNDETERMINED,
        findings=(finding(NDAA, Status.UNDETERMINED, "Its answers contradict each other."),),
        ledger=Ledger(2, 4, 6, 880, 40_000),
        ports=(80,),
    )


def suspect() -> Device:
    at = "10.20.3.90"
    return Device(
        id="mac-28-57-be-00-00-5a",
        addresses=Addresses((at,), (), ("28:57:be:00:00:5a",)),
        identity=Identity(
            "hikvision",
            None,
            None,
            None,
            None,
            "camera",
            Standing.SUSPECTED,
            0.62,
            evidence=(
                proof(
                    "maker=hikvision", "rtsp.server-header", "HIKRTSP", "good", request="OPTIONS", address=at, port=554
                ),
            ),
        ),
        status=Status.SUSPECTED,
        findings=(
            finding(
                NDAA,
                Status.SUSPECTED,
                "One group of signals points to Hikvision; a second independent one is missing.",
                since="2018-08-13",
                would_change="An answer to the maker's discovery protocol, or the model plate.",
                check_by_hand="Read the model plate.",
            ),
        ),
        ledger=Ledger(2, 6, 6, 700, 2_000),
        ports=(554,),
    )


def hostile() -> Device:
    """A device whose every text attacks the reader."""
    at = "10.20.2.66"
    return Device(
        id="mac-02-66-66-00-00-01",
        addresses=Addresses((at,), (), ("02:66:66:00:00:01",)),
        identity=Identity(
            None,
            None,
            SCRIPT,
            ESCAPES,
            FORMULA,
            "camera",
            Standing.UNRECOGNISED,
            0.0,
            evidence=(
                proof("model=?", "http.title", SCRIPT + ESCAPES, "weak", request="GET /", address=at, port=80),
                proof("serial=?", "http.realm", FORMULA + "|`*_[x](javascript:alert(1))", "weak", address=at, port=80),
            ),
            hints=(f"It calls itself {SCRIPT}.",),
        ),
        status=Status.NOT_COVERED,
        findings=(finding(NDAA, Status.NOT_COVERED, f"Nothing of a listed maker matched {ESCAPES}."),),
        ledger=Ledger(1, 1, 1, 90, 65_536),
        names=(SCRIPT, FORMULA, ESCAPES, "x;=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "]]>", "${alert(1)}{{7*7}}"),
        ports=(80,),
    )


def off_scope() -> Device:
    return Device(
        id="mac-44-19-b6-00-ff-01",
        addresses=Addresses(("192.168.1.64",), (), ("44:19:b6:00:ff:01",)),
        identity=Identity(
            "hikvision",
            "hikvision",
            "DS-2DE4225IW-DE",
            None,
            None,
            "camera",
            Standing.IDENTIFIED,
            0.95,
            evidence=(
                proof(
                    "maker=hikvision",
                    "sadp.answer",
                    "ProbeMatch",
                    "decisive",
                    request="inquiry",
                    address="192.168.1.64",
                    port=37020,
                ),
            ),
        ),
        status=Status.COVERED,
        findings=(covered_by(NDAA, "Hangzhou Hikvision Digital Technology Company", "2018-08-13"),),
        ledger=Ledger(),
        off_scope=True,
    )


DEVICES = (
    hikvision_camera(),
    dahua_recorder(),
    lorex_rebadge(),
    axis_camera(),
    printer(),
    silent_host(),
    liar(),
    suspect(),
    hostile(),
    off_scope(),
)

COVERAGE = Coverage(
    complete=False,
    sealed=True,
    asked=957,
    answered=9,
    silent=942,
    excluded=65,
    failed=6,
    sweeps=(
        SweepResult("arp", "eth0", Outcome.ANSWERED, "", 957, 9, 1_905, 0, "", STARTED, 2.4),
        SweepResult(
            "arp",
            "eth1",
            Outcome.BROKEN,
            "the interface went down",
            0,
            0,
            0,
            0,
            "Hosts that answer nothing else are missing.",
            STARTED,
            0.0,
        ),
        SweepResult("sadp", "eth0", Outcome.ANSWERED, "", 1, 2, 2, 0, "", STARTED + 3, 4.0),
        SweepResult("sadp", "eth1", Outcome.SILENT, "", 1, 0, 2, 0, "", STARTED + 3, 4.0),
        SweepResult("dhdiscover", "eth0", Outcome.ANSWERED, "", 1, 1, 2, 0, "", STARTED + 3, 4.0),
        SweepResult("wsd", "eth0", Outcome.ANSWERED, "", 1, 3, 6, 14, "", STARTED + 3, 4.0),
        SweepResult(
            "mdns",
            "eth1",
            Outcome.SKIPPED,
            "no multicast route",
            0,
            0,
            0,
            0,
            "Cameras that only announce a name are missing.",
            STARTED,
            0.0,
        ),
    ),
    gaps=(
        "Six addresses could not be asked: the kernel's neighbour table was full.",
        "The arp sweep did not run on eth1: the interface went down. Hosts that answer nothing else are missing.",
        "The wsd sweep on eth0 lost 14 answers before they could be read; hosts may be missing.",
        "The mdns sweep did not run on eth1: no multicast route. Cameras that only announce a name are missing.",
        "1 recorder may hide up to 32 channels: cameras on its own ports or on coaxial cable have no address here.",
        "1 device answered from outside the scope: seen on the wire and not contacted.",
    ),
    notes=(Note("eth1", "The interface went down 41 seconds into the run.", STARTED + 41),),
    hidden_channels=32,
    hidden_behind=1,
)

NAMES = {"hikvision": "Hikvision", "dahua": "Dahua", "lorex": "Lorex", "axis": "Axis Communications"}


def make_report(devices: tuple[Device, ...] = DEVICES, coverage: Coverage = COVERAGE, **other: object) -> Report:
    plain: dict[str, object] = {
        "run": RUN,
        "coverage": coverage,
        "devices": devices,
        "policies": (NDAA, FCC),
        "fingerprints": digest("fingerprints"),
        "names": NAMES,
    }
    return Report(**{**plain, **other})  # type: ignore[arg-type]


def complete_coverage() -> Coverage:
    return replace(
        COVERAGE,
        complete=True,
        failed=0,
        silent=948,
        sweeps=tuple(s for s in COVERAGE.sweeps if s.interface == "eth0"),
        gaps=(),
        notes=(),
        hidden_channels=0,
        hidden_behind=0,
    )


def clean_report() -> Report:
    """Nothing listed, everything seen: the only case in which "none found" may be said."""
    return make_report((axis_camera(), printer()), complete_coverage())


def empty_report() -> Report:
    return make_report((), complete_coverage())


def crowd(count: int) -> Report:
    """A large estate: one device in ten listed, one in ten silent, the others somebody else's."""
    makers = (hikvision_camera(), silent_host(), axis_camera(), axis_camera(), printer(), *(axis_camera(),) * 5)
    devices = tuple(_member(makers[n % 10], n) for n in range(count))
    hostile_one = (hostile(),) if count > 10 else ()
    return make_report(devices[: count - len(hostile_one)] + hostile_one)


def _member(model: Device, number: int) -> Device:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    mac = f"02:00:{number >> 24 & 255:02x}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    evidence = tuple(
        replace(e, address=address if e.address else None, digest=digest(f"{e.digest}{number}"))
        for e in model.identity.evidence
    )
    serial = f"{model.identity.serial}-{number:06}" if model.identity.serial else None
    return replace(
        model,
        id=f"mac-{mac.replace(':', '-')}",
        addresses=Addresses((address,), (), (mac,)),
        identity=replace(model.identity, evidence=evidence, serial=serial),
        attempts=tuple(replace(a, address=address) for a in model.attempts),
    )
