"""Turns a run record into a Report: unite, dissect, match, judge, apply the lists, account for the coverage. Pure.

The same record, fingerprints and policies give the same Report, whatever the order of the observations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from scanner.acquisition import find_date
from scanner.agreement import Agreement
from scanner.coverage import Tally, account_for
from scanner.crowds import doubt_crowd
from scanner.devices import Cluster, cluster_order, unite_hosts
from scanner.dissect import Dissector
from scanner.findings import ListJudge
from scanner.fingerprint import Library
from scanner.gathering import Gathering
from scanner.holdings import HeldRecord, Holdings
from scanner.identify import judge_expanded
from scanner.makers import Makers
from scanner.model import Attempt, Device, Ledger, Observation, Outcome, Report, Setting, Status, replace
from scanner.policy import overall_status
from scanner.policy_list import Policy
from scanner.record import Record
from scanner.sentence import say, say_count
from scanner.shelf import Shelf
from scanner.shelved_devices import HELD_WHOLE, ShelvedDevices
from scanner.way_out import account_for_way_out, choose_settings, describe_way_out, read_settings

NAMES: Final = frozenset(
    {
        *("mdns.hostname", "onvif.hostname", "onvif-wsd.name", "dhcp.hostname"),
        *("upnp-xml.friendly-name", "name.hostname"),
    }
)
"""Observations that name a device as its owner does."""

_NAME_FIELDS: Final = frozenset(name.partition(".")[2] for name in NAMES)

NAMES_CAP: Final = 8
"""Names shown of one device."""

ATTEMPTS_SHOWN: Final = 100
"""Attempts listed of one device: one that is asked over both families has some fifty. The record has them all, and
where there are more, the device's card says how many."""


def compile_report(
    record: Record,
    library: Library,
    makers: Makers,
    policies: Sequence[Policy],
    *,
    as_of: date | None = None,
    acquired: Mapping[str, date] | None = None,
) -> Report:
    """Judge a record that is in memory. `as_of` defaults to the day the run began.

    `acquired` says when units were bought or installed, by MAC, serial number or address (see scanner/acquisition.py).
    """
    means = Means(library, makers, tuple(policies), as_of, acquired or {})
    return compile_holdings(HeldRecord(record), means, Shelf())


@dataclass(frozen=True, slots=True)
class Means:
    """What a record is judged by."""

    library: Library
    makers: Makers
    policies: tuple[Policy, ...]
    as_of: date | None = None
    acquired: Mapping[str, date] = field(default_factory=dict)


def compile_holdings(holdings: Holdings, means: Means, shelf: Shelf) -> Report:
    """Judge a record device by device: what one of them said is let go of before the next one's turn."""
    gathered = Gathering(holdings, Dissector(), shelf)
    record = holdings.frame()
    day = means.as_of or datetime.fromtimestamp(record.run.started, UTC).date()
    lists = ListJudge(means.policies, means.makers, day)
    devices, order = _Devices(shelf), list[tuple[int, int, str]]()
    tally, account = Tally(), _Account()
    for hosts in gathered.kin:
        said = {host: gathered.expand(host) for host in hosts}
        for cluster in unite_hosts(said, gathered.survey, Agreement(means.library)):
            device = _compile_device(cluster, gathered, means, lists)
            order.append(cluster_order(cluster))
            devices.add(device)
            tally.add(device)
            account.add(device)
    coverage = account_for(record, tally, gathered.failures)
    return Report(
        run=replace(record.run, ended=record.ended.at) if record.ended is not None else record.run,
        coverage=replace(coverage, notes=(*coverage.notes, *account_for_way_out(account.settings))),
        devices=devices.close(sorted(range(len(order)), key=order.__getitem__)),
        policies=tuple(policy.info for policy in means.policies),
        fingerprints=means.library.digest,
        counts={status.value: account.counts[status] for status in Status},
        names=_display_names(account.names, means.makers),
        as_of=day.isoformat(),
    )


class _Devices:
    """Devices in memory, and on the shelf when they become very many."""

    def __init__(self, shelf: Shelf) -> None:
        self._held: list[Device] = []
        self._shelf: Final = shelf
        self._shelved: ShelvedDevices | None = None

    def add(self, device: Device) -> None:
        if self._shelved is None:
            self._held.append(device)
            if len(self._held) <= HELD_WHOLE:
                return
            self._shelved = ShelvedDevices(self._shelf)
            for held in self._held:
                self._shelved.add(held)
            self._held.clear()
        else:
            self._shelved.add(device)

    def close(self, order: Sequence[int]) -> Sequence[Device]:
        """All of them, in this order."""
        if self._shelved is None:
            return tuple([self._held[place] for place in order])
        self._shelved.sort(order)
        return self._shelved


@dataclass(slots=True)
class _Account:
    """What the report says of the devices together, apart from the coverage."""

    counts: Counter[Status] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)
    settings: list[tuple[Setting, ...]] = field(default_factory=list)
    _alike: dict[tuple[tuple[str, str], ...], tuple[Setting, ...]] = field(default_factory=dict)

    def add(self, device: Device) -> None:
        """Count a device. Of its settings what many have alike is held once: kind and value."""
        self.counts[device.status] += 1
        who = device.identity
        self.names.update(
            name for name in (who.maker, who.brand, *(maker for one in who.conflicts for maker in one.makers)) if name
        )
        told = tuple([(one.kind, one.value) for one in device.settings])
        self.settings.append(self._alike.setdefault(told, tuple([Setting(*one, "") for one in told])))


def _display_names(ids: Collection[str], makers: Makers) -> dict[str, str]:
    """How people write the makers and brands with these ids; an id that the makers file lacks is left out."""
    known = {name: makers.name(name) for name in sorted(ids)}
    names = {name: makers.brand_name(name) if text == name else text for name, text in known.items()}
    return {name: text for name, text in names.items() if text != name}


def _compile_device(cluster: Cluster, gathered: Gathering, means: Means, lists: ListJudge) -> Device:
    identity, held = judge_expanded(cluster.observations, means.library)
    identity = doubt_crowd(identity, cluster)
    bought = find_date(means.acquired, cluster.addresses, identity.serial)
    findings = lists.judge(identity, bought)
    told = read_settings(held)
    settings = choose_settings(told)
    names = _names(held)
    own = [a for address in (*cluster.addresses.ipv4, *cluster.addresses.ipv6) for a in gathered.attempts(address)]
    return Device(
        id=cluster.id,
        addresses=cluster.addresses,
        identity=replace(
            identity,
            hints=(
                *identity.hints,
                *describe_way_out(settings),
                *_say_unsettled(len(told) - len(settings)),
                *_say_unnamed(names),
                *_say_unlisted(own),
            ),
        ),
        status=overall_status(findings),
        findings=findings,
        ledger=_ledger(own),
        off_scope=bool(held) and all(seen.scope == "off" for seen in cluster.observations),
        names=tuple(names[:NAMES_CAP]),
        ports=tuple(
            sorted({int(o.value) for o in held if o.field == "open-port" and o.protocol == "tcp" and o.value.isdigit()})
        ),
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


def _names(observations: Sequence[Observation]) -> list[str]:
    return sorted({o.value for o in observations if o.field in _NAME_FIELDS and o.name in NAMES and o.value})


def _worth_showing(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    ordered = sorted(attempts, key=lambda a: (a.outcome is Outcome.ANSWERED, a.by, a.address, a.port or 0, a.at))
    return tuple(ordered[:ATTEMPTS_SHOWN])


def _say_unsettled(settings: int) -> Iterator[str]:
    if settings:
        yield say("Further settings, in the record alone: {n}", n=settings)


def _say_unnamed(names: Sequence[str]) -> Iterator[str]:
    if len(names) > NAMES_CAP:
        yield say("Further names it gives itself, in the record alone: {n}", n=len(names) - NAMES_CAP)


def _say_unlisted(attempts: Sequence[Attempt]) -> Iterator[str]:
    if len(attempts) > ATTEMPTS_SHOWN:
        yield say_count(
            "{n} further question to it stands in the record alone.",
            "{n} further questions to it stand in the record alone.",
            len(attempts) - ATTEMPTS_SHOWN,
        )
