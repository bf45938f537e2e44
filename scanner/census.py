"""Turns a run record into a Report: unite, dissect, match, judge, apply the lists, account for the coverage. Pure.

The same record, fingerprints and policies give the same Report, whatever the order of the observations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from scanner.acquisition import find_date
from scanner.agreement import Agreement
from scanner.coverage import account_for
from scanner.crowds import doubt_crowd
from scanner.devices import STATED, STATING, Cluster, observation_order, unite
from scanner.dissect import Dissector
from scanner.findings import ListJudge
from scanner.fingerprint import Library
from scanner.identify import expand_each, judge_expanded
from scanner.makers import Makers
from scanner.model import (
    Attempt,
    Device,
    Ledger,
    Observation,
    Outcome,
    PolicyInfo,
    Report,
    Status,
)
from scanner.policy import overall_status
from scanner.policy_list import Policy
from scanner.record import Record
from scanner.way_out import account_for_way_out, describe_way_out, read_settings

NAMES: Final = (
    "mdns.hostname",
    "onvif.hostname",
    "onvif-wsd.name",
    "dhcp.hostname",
    "upnp-xml.friendly-name",
    "name.hostname",
)
"""Observations that name a device as its owner does."""

NAMES_CAP: Final = 8
"""Names shown of one device."""

PROBLEMS_SHOWN: Final = 40
"""Attempts listed of one device; the record has them all."""


def compile_report(
    record: Record,
    library: Library,
    makers: Makers,
    policies: Sequence[Policy],
    *,
    as_of: date | None = None,
    acquired: Mapping[str, date] | None = None,
) -> Report:
    """Judge a record. `as_of` defaults to the day the run began.

    `acquired` says when units were bought or installed, by MAC, serial number or address (see scanner/acquisition.py).
    """
    day = as_of or datetime.fromtimestamp(record.run.started, UTC).date()
    attempts = _attempts_by_address(record.attempts)
    dissector = Dissector()
    clusters = unite(add_statements(record.observations, dissector), Agreement(library, dissector))
    lists = ListJudge(policies, makers, day)
    devices = tuple(
        _compile_device(_expand(cluster, dissector), attempts, library, lists, acquired or {}) for cluster in clusters
    )
    coverage = account_for(record, devices)
    counts = Counter(device.status.value for device in devices)
    return Report(
        run=replace(record.run, ended=record.ended.at) if record.ended is not None else record.run,
        coverage=replace(
            coverage, notes=(*coverage.notes, *account_for_way_out(device.settings for device in devices))
        ),
        devices=devices,
        policies=tuple(_policy_info(policy) for policy in policies),
        fingerprints=library.digest,
        counts={status.value: counts.get(status.value, 0) for status in Status},
        names=_display_names(devices, makers),
        as_of=day.isoformat(),
    )


def add_statements(observations: Iterable[Observation], dissector: Dissector) -> Iterator[Observation]:
    """Each observation once, with what it states of the hardware's identity: all that uniting asks for.

    Everything else that follows is dissected for one device at a time. It is three times as much as was heard, and of
    a large site it would not fit into memory.
    """
    for seen in dict.fromkeys(observations):
        yield seen
        if seen.protocol in STATING:
            yield from (item for item in dissector(seen) if item.name in STATED)


def _expand(cluster: Cluster, dissector: Dissector) -> Cluster:
    """The cluster with everything that follows from its observations, in their own order."""
    whole = sorted(expand_each(cluster.observations, dissector), key=observation_order)
    return replace(cluster, observations=tuple(whole))


def _display_names(devices: Sequence[Device], makers: Makers) -> dict[str, str]:
    """How people write the makers and brands of these devices; an id that the makers file lacks is left out."""
    ids = {
        name
        for who in (device.identity for device in devices)
        for name in (who.maker, who.brand, *(maker for conflict in who.conflicts for maker in conflict.makers))
        if name
    }
    known = {name: makers.name(name) for name in sorted(ids)}
    names = {name: makers.brand_name(name) if text == name else text for name, text in known.items()}
    return {name: text for name, text in names.items() if text != name}


def _attempts_by_address(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    held: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        held.setdefault(attempt.address, []).append(attempt)
    return held


def _compile_device(
    cluster: Cluster,
    attempts: Mapping[str, Sequence[Attempt]],
    library: Library,
    lists: ListJudge,
    acquired: Mapping[str, date],
) -> Device:
    identity, held = judge_expanded(cluster.observations, library)
    identity = doubt_crowd(identity, cluster)
    bought = find_date(acquired, cluster.addresses, identity.serial)
    findings = lists.judge(identity, bought)
    settings = read_settings(held)
    own = [a for address in (*cluster.addresses.ipv4, *cluster.addresses.ipv6) for a in attempts.get(address, ())]
    return Device(
        id=cluster.id,
        addresses=cluster.addresses,
        identity=replace(identity, hints=(*identity.hints, *describe_way_out(settings))),
        status=overall_status(findings),
        findings=findings,
        ledger=_ledger(own),
        off_scope=bool(held) and all(seen.scope == "off" for seen in cluster.observations),
        names=_names(held),
        ports=tuple(sorted({int(o.value) for o in held if o.name == "tcp.open-port" and o.value.isdigit()})),
        channels=identity.channels if identity.kind == "recorder" else None,
        analogue=_analogue(held) if identity.kind == "recorder" else None,
        attempts=_worth_showing(own),
        settings=settings,
        acquired=bought.isoformat() if bought else None,
    )


def _analogue(observations: Sequence[Observation]) -> int | None:
    """The most inputs for coaxial cameras that an answer gives; None where none says."""
    told = [int(seen.value) for seen in observations if seen.field == "analogue-channels" and seen.value.isdigit()]
    return max(told, default=None)


def _ledger(attempts: Sequence[Attempt]) -> Ledger:
    return Ledger(
        packets=sum(a.packets for a in attempts),
        connections=sum(a.connections for a in attempts),
        requests=sum(a.requests for a in attempts),
        sent=sum(a.sent for a in attempts),
        received=sum(a.received for a in attempts),
    )


def _names(observations: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(sorted({o.value for o in observations if o.name in NAMES and o.value})[:NAMES_CAP])


def _worth_showing(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    ordered = sorted(attempts, key=lambda a: (a.outcome is Outcome.ANSWERED, a.by, a.address, a.port or 0, a.at))
    return tuple(ordered[:PROBLEMS_SHOWN])


def _policy_info(policy: Policy) -> PolicyInfo:
    return policy.info
