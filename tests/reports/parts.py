"""The parts that sample reports are made of: lists, a run, evidence, findings, attempts."""

from __future__ import annotations

import hashlib

from scanner.model import Attempt, Evidence, Finding, Outcome, PolicyInfo, RunInfo, Status

STARTED = 1_795_428_300.0  # 2026-11-23 10:05:00 UTC

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd()"
ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202eevil\r\n\u2028</script><!--"

NDAA = PolicyInfo(
    "us-ndaa-889",
    "NDAA for fiscal year 2019, section 889",
    "United States Congress",
    "procurement-and-use-ban",
    "Public Law 115-232, section 889(f)(3)",
    "2026-11-20",
    "It binds United States agencies and their contractors. It says nothing of devices elsewhere.",
)
FCC = PolicyInfo(
    "us-fcc-covered",
    "FCC Covered List",
    "Federal Communications Commission",
    "import-market-ban",
    "47 CFR 1.50002",
    "2026-11-18",
    "It forbids new authorisations. It does not order the removal of what is installed.",
)

RUN = RunInfo(
    id="20261123T100500Z-5f2c",
    version="0.1.0",
    started=STARTED,
    ended=STARTED + 412.5,
    command="camcensus scan 10.20.0.0/22 --interface eth0 --interface eth1",
    pace="normal",
    interfaces=("eth0", "eth1"),
    scope=("10.20.0.0/22",),
    excluded=("10.20.0.1", "10.20.3.0/26"),
    authorised_by="Ministry of Interior, order 114/2026",
    fingerprints=hashlib.sha256(b"then").hexdigest(),
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def proof(says: str, name: str, value: str, strength: str = "strong", **other: object) -> Evidence:
    weights = {"decisive": 0.95, "strong": 0.7, "good": 0.5, "supportive": 0.3, "weak": 0.1}
    plain: dict[str, object] = {
        "says": says,
        "group": name.split(".")[0],
        "fingerprint": f"{says.split('=')[-1].lower()}-{name.replace('.', '-')}",
        "strength": strength,
        "weight": weights[strength],
        "field": name,
        "value": value,
        "request": "",
        "address": None,
        "port": None,
        "digest": digest(value),
        "reason": "The maker's own protocol; no other maker was seen to answer it.",
        "reference": "labelled observations, 2026-11",
    }
    return Evidence(**{**plain, **other})  # type: ignore[arg-type]


def finding(policy: PolicyInfo, status: Status, reason: str, **other: object) -> Finding:
    plain: dict[str, object] = {
        "list": policy.id,
        "title": policy.title,
        "status": status,
        "kind": policy.kind,
        "reference": policy.reference,
        "since": None,
        "statement": "none",
        "entity": None,
        "reason": reason,
    }
    return Finding(**{**plain, **other})  # type: ignore[arg-type]


def covered_by(policy: PolicyInfo, entity: str, since: str, statement: str = "named") -> Finding:
    return finding(
        policy,
        Status.COVERED,
        f"The maker is {entity}, which the list names.",
        since=since,
        statement=statement,
        entity=entity,
        would_change="A label or an invoice that shows another manufacturer.",
        check_by_hand="Read the model plate on the underside of the housing.",
    )


def tried(address: str, *steps: tuple[str, int | None, Outcome, str]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            by, address, port, outcome, detail, STARTED + 5 + n, 0.02, 1, 1 if port else 0, 0 if port else 1, 90, 412
        )
        for n, (by, port, outcome, detail) in enumerate(steps)
    )
