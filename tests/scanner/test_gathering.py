"""Looking at a record host by host gives the devices that looking at all of it at once gives."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.agreement import Agreement
from scanner.devices import CROWD, PROXY_ADDRESSES, Cluster, cluster_order, unite, unite_hosts
from scanner.dissect import Dissector
from scanner.fingerprint_files import load_library
from scanner.gathering import Gathering
from scanner.holdings import HeldRecord
from scanner.identify import expand_each
from scanner.model import Attempt, Observation, Outcome, RunInfo, replace
from scanner.record import Record
from scanner.shelf import Shelf

LIBRARY = load_library()
RUN = RunInfo("r1", "0.1.0", 1.0, None, "", "normal", (), ("10.0.0.0/24",), (), "")
SERIALS = ("DS-2CD2386G2-IU20240311AAWRF00000001", "DS-7608NI-K20820190101CCRR123456789WCVU")
DAHUA = '{"method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceType":"IPC-HDW5442T","Vendor":"Dahua"}}}'


def sadp(serial: str) -> str:
    return (
        f"<ProbeMatch><DeviceSN>{serial}</DeviceSN><DeviceDescription>DS-2CD2386G2-IU</DeviceDescription></ProbeMatch>"
    )


def gather(observations: Sequence[Observation], attempts: Sequence[Attempt] = ()) -> Gathering:
    record = Record("r", RUN, tuple(observations), tuple(attempts), (), (), None, True, {})
    return Gathering(HeldRecord(record), Dissector(), Shelf())


def by_kin(observations: Sequence[Observation]) -> tuple[Cluster, ...]:
    gathered = gather(observations)
    clusters = [
        cluster
        for hosts in gathered.kin
        for cluster in unite_hosts({host: gathered.expand(host) for host in hosts}, gathered.survey, Agreement(LIBRARY))
    ]
    once = [replace(c, observations=tuple(dict.fromkeys(c.observations))) for c in clusters]
    return tuple(sorted(once, key=cluster_order))


def at_once(observations: Sequence[Observation]) -> tuple[Cluster, ...]:
    return unite(expand_each(observations), Agreement(LIBRARY))


SEEN = st.builds(
    lambda kind, value, address, mac, scope: Observation(
        kind.partition(".")[0], kind.partition(".")[2], value, address=address, mac=mac, scope=scope, digest=value[:9]
    ),
    st.sampled_from(("sadp.raw", "http.raw", "dhdiscover.raw", "onvif-wsd.endpoint")),
    st.sampled_from((*map(sadp, SERIALS), DAHUA, "urn:uuid:12345678")),
    st.sampled_from((None, *(f"10.0.0.{n}" for n in range(1, PROXY_ADDRESSES + 4)), "fe80::1")),
    st.sampled_from((None, None, "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03")),
    st.sampled_from(("in", "in", "off")),
)


@given(st.lists(SEEN, max_size=30))
def test_kin_by_kin_gives_what_all_at_once_gives(observations: list[Observation]) -> None:
    assert by_kin(observations) == at_once(observations)


def test_a_crowd_without_cards_is_one_entry() -> None:
    crowd = [Observation("sadp", "raw", sadp(f"SN-{n:09}"), address=f"10.9.{n // 256}.{n % 256}", scope="off")
             for n in range(CROWD + 1)]  # fmt: skip
    random.Random(1).shuffle(crowd)
    assert by_kin(crowd) == at_once(crowd)
    assert len(by_kin(crowd)) == 1


def test_attempts_are_found_by_address_in_their_order() -> None:
    tried = [Attempt("a", f"10.0.0.{n % 2}", n, Outcome.BROKEN if n == 3 else Outcome.SILENT, "why") for n in range(5)]
    gathered = gather([Observation("mac", "mac", "x", address="10.0.0.1")], tried)
    assert [attempt.port for attempt in gathered.attempts("10.0.0.0")] == [0, 2, 4]
    assert list(gathered.attempts("10.0.0.9")) == []
    assert gathered.failures.hosts == {"10.0.0.1"}
    assert dict(gathered.failures.reasons) == {("a", "why"): 1}


def test_what_states_an_identity_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Dissector.read

    def note(self: Dissector, seen: Observation) -> object:
        read.append(seen.name)
        return real(self, seen)

    monkeypatch.setattr(Dissector, "read", note)
    gathered = gather([Observation("sadp", "raw", sadp(SERIALS[0]), address="10.0.0.1")])
    ((host,),) = gathered.kin
    assert {seen.name for seen in gathered.expand(host)} >= {"sadp.raw", "sadp.serial", "serial.value"}
    assert read == ["sadp.raw"]
