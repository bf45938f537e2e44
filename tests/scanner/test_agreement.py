"""Two hosts that state one identity are one device only if nothing else they say contradicts it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scanner import agreement as subject
from scanner.agreement import Agreement
from scanner.devices import unite
from scanner.fingerprint import Weights
from scanner.fingerprint_files import load_library
from scanner.identify import expand_each
from scanner.judging import Maker
from scanner.model import Match, Observation

SERIAL = "DS-2CD2386G2-IU20240311AAWRF00000001"
SADP = f"<ProbeMatch><DeviceSN>{SERIAL}</DeviceSN><DeviceDescription>DS-2CD2386G2-IU</DeviceDescription></ProbeMatch>"
DAHUA = '{"method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceType":"IPC-HDW5442T","Vendor":"Dahua"}}}'


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return Agreement(load_library())


def said(host: int, *answers: tuple[str, str]) -> list[Observation]:
    address, mac = f"10.0.0.{host}", f"02:00:00:00:00:{host:02x}"
    return [
        Observation(name.partition(".")[0], "raw", value, address=address, mac=mac, digest=f"{host}{value}"[:64])
        for name, value in answers
    ]


def devices(agreement: Agreement, *observations: Observation) -> list[tuple[str, ...]]:
    return [cluster.addresses.ipv4 for cluster in unite(expand_each(observations), agreement)]


def test_a_recorder_on_two_cards_is_one_device(agreement: Agreement) -> None:
    held = [*said(5, ("sadp.raw", SADP)), *said(6, ("sadp.raw", SADP))]
    assert devices(agreement, *held) == [("10.0.0.5", "10.0.0.6")]


@pytest.mark.parametrize("liar", [4, 6], ids=["found first", "found last"])
def test_a_liar_with_anothers_serial_number_takes_its_contradictions_home(agreement: Agreement, liar: int) -> None:
    """Else a copied serial number would clear the camera it was copied from."""
    lies = said(liar, ("sadp.raw", SADP), ("dhdiscover.raw", DAHUA))
    assert sorted(devices(agreement, *said(5, ("sadp.raw", SADP)), *lies)) == sorted(
        [("10.0.0.5",), (f"10.0.0.{liar}",)]
    )


def test_two_cards_of_a_recorder_find_each_other_beside_a_liar(agreement: Agreement) -> None:
    lies = said(4, ("sadp.raw", SADP), ("dhdiscover.raw", DAHUA))
    held = [*lies, *said(5, ("sadp.raw", SADP)), *said(6, ("sadp.raw", SADP))]
    assert devices(agreement, *held) == [("10.0.0.4",), ("10.0.0.5", "10.0.0.6")]


def test_a_host_is_never_taken_for_one_that_is_gone(agreement: Agreement) -> None:
    """Lists of observations come and go, and a new one gets the place in memory of an old one."""
    for _ in range(20):
        for other, agrees in ((DAHUA, False), (SADP, True)):
            name = "dhdiscover.raw" if other == DAHUA else "sadp.raw"
            one, two = list(expand_each(said(5, ("sadp.raw", SADP)))), list(expand_each(said(6, (name, other))))
            assert agreement(one, two) is agrees


def test_each_host_is_judged_once(agreement: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight claimants of one serial number are compared in pairs, and judging one takes a millisecond."""
    judged: list[int] = []

    def judge(matches: Sequence[Match], weights: Weights) -> Maker:
        judged.append(len(matches))
        return real(matches, weights)

    real = subject.judge_maker
    monkeypatch.setattr(subject, "judge_maker", judge)
    own = subject.Agreement(agreement.library)
    one, two, three = (expand_each(said(host, ("sadp.raw", SADP))) for host in (4, 5, 6))
    assert own(one, two)
    assert own(one, three)
    assert own(two, three)
    assert len(judged) == 3
